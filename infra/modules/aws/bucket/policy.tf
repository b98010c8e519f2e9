# What the bucket itself refuses, to every identity alike. Rights are given by roles, and never here.
locals {
  arn     = "arn:aws:s3:::${var.name}"
  objects = "${local.arn}/*"

  # Whoever may write must create: what exists is answered with 412. Copies cannot carry the condition, and uploads in parts
  # are refused with their first request; Outlast sends each object in one.
  # https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
  create_only = {
    Sid       = "CreateOnly"
    Effect    = "Deny"
    Principal = "*"
    Action    = "s3:PutObject"
    Resource  = local.objects
    Condition = { Null = { "s3:if-none-match" = "true" } }
  }

  tls_only = [
    {
      Sid       = "TLSOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [local.arn, local.objects]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    },
    {
      Sid       = "TLS12"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [local.arn, local.objects]
      Condition = { NumericLessThan = { "s3:TlsVersion" = "1.2" } }
    },
  ]

  # An intruder's key makes ransom of a backup: neither at writing (SSE-C, a KMS key) nor afterwards.
  # https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
  amazons_keys = [
    {
      Sid       = "NoCustomerKeys"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:PutObject"
      Resource  = local.objects
      Condition = { Null = { "s3:x-amz-server-side-encryption-customer-algorithm" = "false" } }
    },
    {
      Sid       = "NoOtherEncryption"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:PutObject"
      Resource  = local.objects
      Condition = { # both: a negated operator alone also matches where the header is absent, as it is in what Outlast sends
        StringNotEquals = { "s3:x-amz-server-side-encryption" = "AES256" }
        Null            = { "s3:x-amz-server-side-encryption" = "false" }
      }
    },
    {
      Sid       = "NoReKeying"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:UpdateObjectEncryption"
      Resource  = local.objects
    },
  ]

  # Longer locks would be a way to make storage unpayable, and erasure impossible.
  # https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html#object-lock-managing-retention-limits
  short_locks = {
    Sid       = "ShortLocks"
    Effect    = "Deny"
    Principal = "*"
    Action    = "s3:PutObjectRetention"
    Resource  = local.objects
    Condition = { NumericGreaterThan = { "s3:object-lock-remaining-retention-days" = tostring(var.keep_days) } }
  }

  # A hold has no end: what is under one can be erased for nobody.
  no_holds = {
    Sid       = "NoHolds"
    Effect    = "Deny"
    Principal = "*"
    Action    = "s3:PutObjectLegalHold"
    Resource  = local.objects
  }

  # Lifecycle rules are S3's own doing, which no policy denies. Whoever may change this policy may take it away: that rings
  # an alarm, and compliance locks hold without it.
  no_removal = {
    Sid       = "NoRemoval"
    Effect    = "Deny"
    Principal = "*"
    Action    = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:BypassGovernanceRetention", "s3:DeleteBucket"]
    Resource  = [local.arn, local.objects]
  }

  statements = concat(
    [for s in local.tls_only : s if !contains(var.lacks, "tls")],
    [for s in [local.create_only, local.short_locks] : s if !contains(var.lacks, "condition-keys")],
    [for s in local.amazons_keys : s if !contains(var.lacks, "encryption")],
    [local.no_holds],
    [for s in [local.no_removal] : s if var.lock == "locked"],
  )
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id
  policy = jsonencode({ Version = "2012-10-17", Statement = local.statements })
}
