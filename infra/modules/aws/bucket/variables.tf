variable "name" {
  description = "The bucket's name. It stands in the repository's descriptor: moving to another name takes the next descriptor."
  type        = string
  nullable    = false
}

variable "region" {
  description = "Where the bucket must be. A bucket never moves: one that lies elsewhere, imported or from before the answer changed, is an error."
  type        = string
  nullable    = false
}

variable "lock" {
  description = <<-E
    "locked": nobody, not even the account's root user, deletes an object or shortens its lock before it ends (compliance mode).
    "unlocked": for trying out only. Whoever has s3:BypassGovernanceRetention deletes what he likes, and the bucket goes with `terraform destroy`.
  E
  type        = string
  default     = "locked"
  nullable    = false
  validation {
    condition     = contains(["locked", "unlocked"], var.lock)
    error_message = "lock is \"locked\", or \"unlocked\" for trying out."
  }
}

variable "lock_days" {
  description = "For how many days an object is locked when it is created. `outlast keep` extends by as many, up to keep_days."
  type        = number
  default     = 14
  nullable    = false
  validation {
    condition     = var.lock_days >= (var.lock == "locked" ? 8 : 1) && var.lock_days <= 14
    error_message = "lock_days is 8 to 14, or 1 to 14 while unlocked: `outlast keep` sees each object once a week, and what is locked for longer cannot be erased when somebody asks for it."
  }
}

variable "keep_days" {
  description = "How far ahead a lock may be extended, whoever does it. `outlast keep` extends by at most 15 days."
  type        = number
  default     = 15
  nullable    = false
}

variable "superseded_days" {
  description = "After how many days a version that another one, or a delete marker, hides may go: the time to notice and to repair."
  type        = number
  default     = 30
  nullable    = false
  validation {
    condition     = var.superseded_days >= 15
    error_message = "superseded_days is 15 or more: what was hidden must outlive the longest lock, so that verify can find and repair it."
  }
}

variable "log_days" {
  description = "For how many days access logs are kept."
  type        = number
  default     = 90
  nullable    = false
}

variable "lacks" {
  description = "What a store that speaks S3 and is not Amazon's does not know. Nothing that Amazon has is ever left out there."
  type        = set(string)
  default     = []
  nullable    = false
  validation {
    condition = length(setsubtract(var.lacks, [
      "access-logs", "condition-keys", "encryption", "lifecycle", "ownership", "public-access-block", "tls",
    ])) == 0
    error_message = "lacks names access-logs, condition-keys, encryption, lifecycle, ownership, public-access-block, tls, and nothing else."
  }
}
