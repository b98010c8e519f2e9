# Who tried to remove something, or to change a lock, whether he succeeded or not. Creates and reads stay out: a trail costs by
# the event, and those are in the access logs. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
locals {
  removals     = ["DeleteObject", "DeleteObjects", "DeleteObjectVersion", "DeleteBucket"]
  lock_changes = ["PutObjectRetention", "PutObjectLegalHold", "PutBucketObjectLockConfiguration", "PutObjectLockConfiguration"]

  # Services of which every call that writes is told of, each with its reason: what an identity may do, who can become one, what runs
  # as one, and what records it. A list of calls would lack those that Amazon adds. Of S3 these are the calls on buckets, not on
  # objects; of the logs all but CreateLogStream, which functions make all the time.
  settings = {
    iam            = "an identity, its rights, its keys, or whose tokens it trusts"
    s3             = "a bucket: its policy, lock, versions, lifecycle, or who may read it"
    cloudtrail     = "the trail that records all this"
    logs           = "what is logged, and for how long"
    monitoring     = "an alarm"
    sns            = "whom the alarms tell"
    secretsmanager = "a key or a source's secret"
    lambda         = "the code or the settings of a function, and so what acts in its name"
  }

  trail_arn = "arn:aws:cloudtrail:${var.region}:${data.aws_caller_identity.this.account_id}:trail/${var.name}"
}

resource "aws_s3_bucket" "trail" {
  bucket        = "${var.bucket}-trail"
  force_destroy = var.lock == "unlocked"
}

resource "aws_s3_bucket_public_access_block" "trail" {
  bucket                  = aws_s3_bucket.trail.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_lifecycle_configuration" "trail" {
  bucket = aws_s3_bucket.trail.id
  rule {
    id     = "old"
    status = "Enabled"
    filter {}
    expiration {
      days = 400 # a year, and some time to ask about it
    }
  }
}

resource "aws_s3_bucket_policy" "trail" {
  bucket = aws_s3_bucket.trail.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { Service = "cloudtrail.amazonaws.com" }
        Action    = ["s3:GetBucketAcl"]
        Resource  = "arn:aws:s3:::${var.bucket}-trail"
        Condition = { StringEquals = { "aws:SourceArn" = local.trail_arn } }
      },
      {
        Effect    = "Allow"
        Principal = { Service = "cloudtrail.amazonaws.com" }
        Action    = ["s3:PutObject"]
        Resource  = "arn:aws:s3:::${var.bucket}-trail/AWSLogs/${data.aws_caller_identity.this.account_id}/*"
        Condition = { StringEquals = { "aws:SourceArn" = local.trail_arn, "s3:x-amz-acl" = "bucket-owner-full-control" } }
      },
      {
        Sid       = "TLSOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = ["arn:aws:s3:::${var.bucket}-trail", "arn:aws:s3:::${var.bucket}-trail/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_cloudwatch_log_group" "trail" {
  name              = "/${var.name}/trail"
  retention_in_days = var.log_days
}

resource "aws_iam_role" "trail" {
  name = "${var.name}-trail"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "cloudtrail.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceArn" = local.trail_arn } }
    }]
  })
}

resource "aws_iam_role_policy" "trail" {
  name = "log"
  role = aws_iam_role.trail.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "${aws_cloudwatch_log_group.trail.arn}:log-stream:*"
    }]
  })
}

resource "aws_cloudtrail" "this" {
  name                          = var.name
  s3_bucket_name                = aws_s3_bucket_policy.trail.bucket
  enable_log_file_validation    = true
  include_global_service_events = true # roles are changed in the global service
  is_multi_region_trail         = true
  cloud_watch_logs_group_arn    = "${aws_cloudwatch_log_group.trail.arn}:*"
  cloud_watch_logs_role_arn     = aws_iam_role.trail.arn

  advanced_event_selector {
    name = "removals and locks of objects"
    field_selector {
      field  = "eventCategory"
      equals = ["Data"]
    }
    field_selector {
      field  = "resources.type"
      equals = ["AWS::S3::Object"]
    }
    field_selector {
      field       = "resources.ARN"
      starts_with = ["${local.bucket_arn}/"]
    }
    field_selector {
      field  = "eventName"
      equals = concat(local.removals, local.lock_changes)
    }
  }

  advanced_event_selector {
    name = "settings"
    field_selector {
      field  = "eventCategory"
      equals = ["Management"]
    }
    field_selector {
      field  = "readOnly"
      equals = ["false"]
    }
  }
}
