# Who asked for what: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html. Names of objects tell times and receivers,
# and no contents. The logs' bucket holds no backup: it has no lock, and what is old in it goes.
locals {
  logs = contains(var.lacks, "access-logs") ? 0 : 1
}

resource "aws_s3_bucket" "logs" {
  count         = local.logs
  bucket        = "${var.name}-logs"
  force_destroy = var.lock == "unlocked"
}

resource "aws_s3_bucket_public_access_block" "logs" {
  count                   = local.logs
  bucket                  = aws_s3_bucket.logs[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_lifecycle_configuration" "logs" {
  count  = local.logs
  bucket = aws_s3_bucket.logs[0].id
  rule {
    id     = "old"
    status = "Enabled"
    filter {}
    expiration {
      days = var.log_days
    }
  }
}

data "aws_caller_identity" "this" {
  count = local.logs
}

resource "aws_s3_bucket_policy" "logs" {
  count  = local.logs
  bucket = aws_s3_bucket.logs[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Logs"
        Effect    = "Allow"
        Principal = { Service = "logging.s3.amazonaws.com" }
        Action    = "s3:PutObject"
        Resource  = "arn:aws:s3:::${var.name}-logs/access/*"
        Condition = {
          ArnEquals    = { "aws:SourceArn" = local.arn }
          StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.this[0].account_id }
        }
      },
      {
        Sid       = "TLSOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = ["arn:aws:s3:::${var.name}-logs", "arn:aws:s3:::${var.name}-logs/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_s3_bucket_logging" "this" {
  count         = local.logs
  bucket        = aws_s3_bucket.this.id
  target_bucket = aws_s3_bucket_policy.logs[0].bucket
  target_prefix = "access/"
}
