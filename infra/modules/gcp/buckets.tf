# The bucket in Google's cloud.
#
# Two locks, and the later end counts. The bucket's retention policy is the default lock, from an object's creation on; with
# is_locked nobody can take it away: https://docs.cloud.google.com/storage/docs/bucket-lock
# A retention of the object's own is how the keeper extends: https://docs.cloud.google.com/storage/docs/object-lock
#
# No versions: what is retained "can only be deleted or replaced once" its time is over (bucket-lock), so that there is never
# a version to fall back to, and for long a bucket could not have both. What is not retained any more was let go.
resource "google_storage_bucket" "this" {
  name                        = var.bucket
  project                     = var.project
  location                    = var.region
  storage_class               = "STANDARD"
  uniform_bucket_level_access = true # no access lists
  public_access_prevention    = "enforced"
  enable_object_retention     = true
  force_destroy               = var.lock == "unlocked"

  retention_policy {
    retention_period = var.lock_days * 24 * 60 * 60
    is_locked        = var.lock == "locked"
  }

  # Off: what was erased would be kept for a week more. What must not be lost is locked.
  soft_delete_policy {
    retention_duration_seconds = 0
  }

  versioning {
    enabled = false
  }

  # Google's own keys: who destroys a key of one's own destroys what no lock can protect; an intruder's key makes ransom of it.
  # https://docs.cloud.google.com/storage/docs/encryption/enforce-encryption-types
  encryption {
    google_managed_encryption_enforcement_config {
      restriction_mode = "NotRestricted"
    }
    customer_managed_encryption_enforcement_config {
      restriction_mode = "FullyRestricted"
    }
    customer_supplied_encryption_enforcement_config {
      restriction_mode = "FullyRestricted"
    }
  }

  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }
    condition {
      age = 1
    }
  }
}

# Once locked, every plan fails that would take the bucket away, put another in its place, or unlock it: an answer that was
# mistaken ends nothing. To give it up on purpose: RUNBOOK.md, Leaving.
resource "terraform_data" "locked" {
  count            = var.lock == "locked" ? 1 : 0
  triggers_replace = google_storage_bucket.this.id # not known where another one will be made, whatever the reason
  lifecycle {
    prevent_destroy = true
  }
}

# Who asked for what, refusals included. Names of objects tell times and receivers, and no contents.
# https://docs.cloud.google.com/storage/docs/audit-logging
resource "google_project_iam_audit_config" "storage" {
  project = var.project
  service = "storage.googleapis.com"
  audit_log_config {
    log_type = "ADMIN_READ"
  }
  audit_log_config {
    log_type = "DATA_READ"
  }
  audit_log_config {
    log_type = "DATA_WRITE"
  }
}

resource "google_logging_project_bucket_config" "default" {
  project        = var.project
  location       = "global"
  bucket_id      = "_Default"
  retention_days = var.log_days
}
