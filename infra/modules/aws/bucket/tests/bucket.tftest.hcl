# What holds for every bucket, whatever its settings. The policy is read as S3 reads it: as JSON.
mock_provider "aws" {
  mock_resource "aws_s3_bucket" {
    defaults = { region = "eu-central-1" }
  }
}

variables {
  name   = "outlast-example"
  region = "eu-central-1"
}

run "locked" {
  command = plan

  assert {
    condition     = aws_s3_bucket.this.object_lock_enabled && aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled"
    error_message = "A bucket without Object Lock and versions locks nothing."
  }
  assert {
    condition     = aws_s3_bucket_object_lock_configuration.this.rule[0].default_retention[0].mode == "COMPLIANCE"
    error_message = "Only compliance mode holds against the account's own administrators."
  }
  assert {
    condition     = aws_s3_bucket_object_lock_configuration.this.rule[0].default_retention[0].days == 14
    error_message = "The default lock is 14 days."
  }
  assert {
    condition     = !aws_s3_bucket.this.force_destroy
    error_message = "A locked bucket must not go with its state."
  }
  assert {
    condition     = length(terraform_data.locked) == 1
    error_message = "No plan may take a locked bucket away, put another in its place, or unlock it."
  }
  assert {
    condition = alltrue([
      for b in concat(aws_s3_bucket_public_access_block.this, aws_s3_bucket_public_access_block.logs) :
      b.block_public_acls && b.block_public_policy && b.ignore_public_acls && b.restrict_public_buckets
    ]) && length(aws_s3_bucket_public_access_block.this) == 1
    error_message = "Public access is blocked in every way."
  }
  assert {
    condition     = one(aws_s3_bucket_server_side_encryption_configuration.this[0].rule).apply_server_side_encryption_by_default[0].sse_algorithm == "AES256"
    error_message = "Encryption at rest is with Amazon's keys: a key of one's own can be deleted, and the bucket with it."
  }
  assert {
    condition = alltrue([
      for r in aws_s3_bucket_lifecycle_configuration.this[0].rule :
      length(r.expiration) == 0 && length(r.transition) == 0 && r.noncurrent_version_expiration[0].noncurrent_days >= 15
    ])
    error_message = "Nothing current expires, and what was hidden outlives every lock."
  }
  assert {
    condition     = length(aws_s3_bucket_logging.this) == 1
    error_message = "Access is logged."
  }
}

run "policy" {
  command = plan

  assert {
    condition = anytrue([
      for s in jsondecode(aws_s3_bucket_policy.this.policy).Statement :
      s.Effect == "Deny" && s.Principal == "*" && s.Action == "s3:PutObject" && s.Resource == "arn:aws:s3:::outlast-example/*" &&
      try(s.Condition, null) == { Null = { "s3:if-none-match" = "true" } }
    ])
    error_message = "Create-only: a put without If-None-Match is refused, to everybody and for every key."
  }
  assert {
    condition = alltrue([
      for bucket in concat([aws_s3_bucket_policy.this], aws_s3_bucket_policy.logs) : anytrue([
        for s in jsondecode(bucket.policy).Statement :
        s.Effect == "Deny" && s.Principal == "*" && s.Action == "s3:*" && length(s.Resource) == 2 &&
        try(s.Condition, null) == { Bool = { "aws:SecureTransport" = "false" } }
      ])
    ])
    error_message = "TLS only, in every bucket."
  }
  assert {
    condition = toset([
      for s in jsondecode(aws_s3_bucket_policy.this.policy).Statement : s.Sid if s.Effect == "Deny"
    ]) == toset(["TLSOnly", "TLS12", "CreateOnly", "ShortLocks", "NoCustomerKeys", "NoOtherEncryption", "NoReKeying", "NoHolds", "NoRemoval"])
    error_message = "A denial is missing, or one is new and has no test."
  }
  assert {
    condition     = alltrue([for s in jsondecode(aws_s3_bucket_policy.this.policy).Statement : s.Effect == "Deny"])
    error_message = "The bucket's policy only refuses: rights are given by roles."
  }
  assert {
    condition = anytrue([
      for s in jsondecode(aws_s3_bucket_policy.this.policy).Statement :
      length(setsubtract(["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"], flatten([s.Action]))) == 0 && !can(s.Condition)
    ])
    error_message = "Nobody deletes."
  }
  assert {
    condition = anytrue([
      for s in jsondecode(aws_s3_bucket_policy.this.policy).Statement : s.Action == "s3:PutObjectRetention" &&
      try(s.Condition, null) == { NumericGreaterThan = { "s3:object-lock-remaining-retention-days" = "15" } }
    ])
    error_message = "No lock reaches further than 15 days."
  }
  assert {
    condition = alltrue([
      for s in jsondecode(aws_s3_bucket_policy.this.policy).Statement :
      !can(s.Condition.StringNotEqualsIfExists) && (!can(s.Condition.StringNotEquals) || can(s.Condition.Null))
    ])
    error_message = "A denial on what a header is not also hits requests without the header, Outlast's own among them."
  }
}

# Trying out says what it is: governance, and everything goes with `terraform destroy`.
run "unlocked" {
  command = plan
  variables {
    lock = "unlocked"
  }
  assert {
    condition     = aws_s3_bucket_object_lock_configuration.this.rule[0].default_retention[0].mode == "GOVERNANCE" && aws_s3_bucket.this.force_destroy && length(terraform_data.locked) == 0
    error_message = "The unlocked mode must be removable: that is what it is for."
  }
  assert {
    condition     = contains([for s in jsondecode(aws_s3_bucket_policy.this.policy).Statement : s.Sid], "CreateOnly")
    error_message = "Unlocked buckets are create-only too: what is tried out is what will run."
  }
}

run "no_third_mode" {
  command = plan
  variables {
    lock = "governance"
  }
  expect_failures = [var.lock]
}

run "no_long_locks" {
  command = plan
  variables {
    lock_days = 30
  }
  expect_failures = [var.lock_days]
}

run "locks_outlast_a_week" { # in which keep comes by once
  command = plan
  variables {
    lock_days = 7
  }
  expect_failures = [var.lock_days]
}

run "short_locks_for_trying_out" {
  command = plan
  variables {
    lock      = "unlocked"
    lock_days = 1
  }
}

run "elsewhere" { # S3 says where the bucket lies, whatever the provider is set to
  command = apply
  variables {
    region = "us-east-1"
  }
  expect_failures = [aws_s3_bucket.this]
}

run "hidden_versions_outlive_locks" {
  command = plan
  variables {
    superseded_days = 7
  }
  expect_failures = [var.superseded_days]
}

run "unknown_lack" {
  command = plan
  variables {
    lacks = ["locks"]
  }
  expect_failures = [var.lacks]
}
