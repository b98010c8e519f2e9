variable "project" {
  description = "The project's id. Nothing else should live in it: its administrators are this bucket's."
  type        = string
  nullable    = false
}

variable "name" {
  description = "The name of this deployment: what is made is named after it. At most 14 characters, since service accounts have short names."
  type        = string
  default     = "outlast"
  nullable    = false
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,13}$", var.name))
    error_message = "name is 3 to 14 lower-case letters, digits and dashes."
  }
}

variable "bucket" {
  description = "The bucket's name, unique in all of Cloud Storage."
  type        = string
  nullable    = false
}

variable "region" {
  description = "Where the bucket and the functions are, such as europe-west3."
  type        = string
  nullable    = false
}

variable "lock" {
  description = <<-E
    "locked": the bucket's retention can never be shortened or taken away, and the bucket goes only when it is empty. There is no way back.
    "unlocked": for trying out only. Whoever may change the bucket takes the retention off, and it goes with `terraform destroy`.
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
  description = "For how many days an object is retained when it is created."
  type        = number
  default     = 14
  nullable    = false
  validation {
    condition     = var.lock_days >= (var.lock == "locked" ? 8 : 1) && var.lock_days <= 14
    error_message = "lock_days is 8 to 14, or 1 to 14 while unlocked: `outlast keep` sees each object once a week, and what is locked for longer cannot be erased when somebody asks for it."
  }
}

variable "log_days" {
  description = "For how many days logs are kept."
  type        = number
  default     = 90
  nullable    = false
}

variable "organization" {
  description = "Whether the project belongs to an organization. Without one, Google lets nobody set the policies of policies.tf."
  type        = bool
  nullable    = false
}

variable "sources" {
  description = "The configured sources, each with the hours after which its silence is an alarm: 1 to 24, 0 for never."
  type        = map(number)
  nullable    = false
  validation {
    condition     = alltrue([for hours in var.sources : hours == 0 || (hours >= 1 && hours <= 24 && hours == floor(hours))])
    error_message = "A source's hours of silence are a whole number from 1 to 24, or 0 for no alarm."
  }
}

variable "aws" {
  description = "The issuer of Amazon's account, and the ARNs of the roles that capture, reconcile and verify run as there. Null until Amazon's state is applied."
  type = object({
    issuer = string      # `aws iam get-outbound-web-identity-federation-info`
    roles  = map(string) # capture = "arn:aws:iam::111122223333:role/outlast-lambda-capture"
  })
  default = null
  validation {
    condition     = var.aws == null ? true : can(regex("^https://[^/]+[.]tokens[.]sts[.]global[.]api[.]aws$", var.aws.issuer)) && length(setsubtract(keys(var.aws.roles), ["capture", "reconcile", "verify"])) == 0
    error_message = "aws has an issuer, https://….tokens.sts.global.api.aws, and roles for capture, reconcile and verify."
  }
}

variable "azure" {
  description = "The tenant, the audience of its tokens, and the principal ids of the managed identities of capture, reconcile and verify there. Null until Azure's state is applied."
  type = object({
    tenant     = string
    audience   = string
    principals = map(string)
  })
  default = null
  validation {
    condition     = var.azure == null ? true : length(setsubtract(keys(var.azure.principals), ["capture", "reconcile", "verify"])) == 0
    error_message = "azure.principals has capture, reconcile and verify, and nothing else."
  }
}

variable "operators" {
  description = "The people or jobs that may act as keeper, reconcile (init, verify at the desk) or restore, by role: user:…, group:… or serviceAccount:…."
  type        = map(list(string))
  default     = {}
  nullable    = false
  validation {
    condition     = length(setsubtract(keys(var.operators), ["keeper", "reconcile", "restore"])) == 0
    error_message = "operators may act as keeper, reconcile and restore; nobody acts as capture by hand."
  }
  validation {
    condition     = alltrue(flatten([for all in values(var.operators) : [for m in all : can(regex("^(user|group|serviceAccount):[^*]+$", m))]]))
    error_message = "An operator is a user:, a group: or a serviceAccount:, never everybody."
  }
}

variable "archive" {
  description = "The archive of functions/gcp that scripts/package builds; empty: no functions here, only the bucket."
  type        = string
  default     = ""
  nullable    = false
}

variable "environment" {
  description = "What the functions are told besides the configuration in the archive, by function and by the names of `outlast help config`. No secrets. Capture's OUTLAST_PUBLIC_URL is its own address unless it is here."
  type        = map(map(string))
  default     = {}
  nullable    = false
}

variable "email" {
  description = "Who is told of alarms."
  type        = string
  nullable    = false
}

variable "billing_account" {
  description = "The billing account, for the budget; \"none\" where nobody here may see it: then nobody is told what this costs."
  type        = string
  nullable    = false
  validation {
    condition     = can(regex("^([0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}|none)$", var.billing_account))
    error_message = "billing_account is what `gcloud billing accounts list` calls ACCOUNT_ID, or \"none\" for no budget."
  }
}

variable "budget" {
  description = "Units of the billing account's currency a month above which the address, and the account's administrators, are told, at 80 % and as soon as the forecast says so."
  type        = number
  default     = 50
  nullable    = false
}
