# One bucket of the repository. Object Lock needs versions; a version can be hidden by a newer one or by a delete marker,
# and stays readable by its id: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
resource "aws_s3_bucket" "this" {
  bucket              = var.name
  object_lock_enabled = true
  force_destroy       = var.lock == "unlocked"

  lifecycle {
    postcondition { # what S3 says, not what the provider was set to
      condition     = self.region == var.region
      error_message = "The bucket lies in ${self.region}, and must be in ${var.region}: data is stored where it may not."
    }
  }
}

# Once locked, every plan fails that would take the bucket away, put another in its place, or unlock it: an answer that was
# mistaken ends nothing. To give it up on purpose: RUNBOOK.md, Leaving.
resource "terraform_data" "locked" {
  count            = var.lock == "locked" ? 1 : 0
  triggers_replace = aws_s3_bucket.this.id # not known where another one will be made, whatever the reason
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_object_lock_configuration" "this" {
  bucket = aws_s3_bucket_versioning.this.bucket
  rule {
    default_retention {
      mode = var.lock == "locked" ? "COMPLIANCE" : "GOVERNANCE"
      days = var.lock_days
    }
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  count                   = contains(var.lacks, "public-access-block") ? 0 : 1
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  count  = contains(var.lacks, "ownership") ? 0 : 1
  bucket = aws_s3_bucket.this.id
  rule {
    object_ownership = "BucketOwnerEnforced" # no access lists; what others create is the bucket's
  }
}

# Amazon's own keys: who deletes a key of one's own deletes what no lock can protect. What counts is encrypted before it arrives.
resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  count  = contains(var.lacks, "encryption") ? 0 : 1
  bucket = aws_s3_bucket.this.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

# Nothing that is current ever expires. A hidden version goes when its lock is over and there was time to notice.
resource "aws_s3_bucket_lifecycle_configuration" "this" {
  count  = contains(var.lacks, "lifecycle") ? 0 : 1
  bucket = aws_s3_bucket_versioning.this.bucket
  rule {
    id     = "superseded"
    status = "Enabled"
    filter {}
    noncurrent_version_expiration {
      noncurrent_days = var.superseded_days
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}
