variable "name" {
  description = "The name of this deployment: what is made is named after it."
  type        = string
  default     = "outlast"
  nullable    = false
}

variable "account" {
  description = "The storage account's name, unique in all of Azure: 3 to 19 lower-case letters and digits."
  type        = string
  nullable    = false
  validation {
    condition     = can(regex("^[a-z0-9]{3,19}$", var.account))
    error_message = "account is 3 to 19 lower-case letters and digits: the functions' own account is named after it."
  }
}

variable "region" {
  description = "Where the account and the functions are, such as germanywestcentral."
  type        = string
  nullable    = false
}

variable "lock" {
  description = <<-E
    "locked": nobody deletes a blob's version or shortens its lock before it ends, and the account goes only when it is empty. There is no way back.
    "unlocked": for trying out only. Whoever may change the account takes the lock off. Azure wants every policy to begin so: apply once with
    "unlocked", then with "locked".
  E
  type        = string
  default     = "locked"
  nullable    = false
  validation {
    condition     = contains(["locked", "unlocked"], var.lock)
    error_message = "lock is \"locked\", or \"unlocked\" for trying out and for the first apply."
  }
}

variable "lock_days" {
  description = "For how many days a blob is locked when it is created."
  type        = number
  default     = 14
  nullable    = false
  validation {
    condition     = var.lock_days >= (var.lock == "locked" ? 8 : 1) && var.lock_days <= 14
    error_message = "lock_days is 8 to 14, or 1 to 14 while unlocked: `outlast keep` sees each object once a week, and what is locked for longer cannot be erased when somebody asks for it."
  }
}

variable "superseded_days" {
  description = "After how many days from its creation a version that another one hides may go. A lock that lasts longer counts."
  type        = number
  default     = 30
  nullable    = false
  validation {
    condition     = var.superseded_days >= 15
    error_message = "superseded_days is 15 or more: what was hidden must outlive the longest lock, so that verify can find and repair it."
  }
}

variable "log_days" {
  description = "For how many days logs are kept."
  type        = number
  default     = 90
  nullable    = false
}

variable "sources" {
  description = "The configured sources, each with the hours after which its silence is an alarm: 1 to 6 or 24, 0 for never."
  type        = map(number)
  nullable    = false
  validation {
    condition     = alltrue([for hours in var.sources : contains([0, 1, 2, 3, 4, 5, 6, 24], hours)])
    error_message = "A source's hours of silence are 1 to 6 or 24, the windows that Azure has, or 0 for no alarm."
  }
}

variable "aws" {
  description = "The issuer of Amazon's account, and the ARNs of the roles that capture, reconcile and verify run as there. Null until Amazon's state is applied."
  type = object({
    issuer = string # `aws iam get-outbound-web-identity-federation-info`
    roles  = map(string)
  })
  default = null
  validation {
    condition     = var.aws == null ? true : can(regex("^https://[^/]+[.]tokens[.]sts[.]global[.]api[.]aws$", var.aws.issuer)) && length(setsubtract(keys(var.aws.roles), ["capture", "reconcile", "verify"])) == 0
    error_message = "aws has an issuer, https://….tokens.sts.global.api.aws, and roles for capture, reconcile and verify."
  }
}

variable "google" {
  description = "The unique ids (numbers, not addresses) of the Google service accounts of capture, reconcile and verify there. Empty until Google's state is applied."
  type        = map(string)
  default     = {}
  nullable    = false
  validation {
    condition     = length(setsubtract(keys(var.google), ["capture", "reconcile", "verify"])) == 0 && alltrue([for id in var.google : can(regex("^[0-9]+$", id))])
    error_message = "google maps capture, reconcile and verify to unique ids, which are numbers: an address can be given to somebody else later."
  }
}

variable "operators" {
  description = "The object ids of the people, groups or jobs that may act as keeper, reconcile (init, verify at the desk) or restore, by role."
  type        = map(list(string))
  default     = {}
  nullable    = false
  validation {
    condition     = length(setsubtract(keys(var.operators), ["keeper", "reconcile", "restore"])) == 0
    error_message = "operators may act as keeper, reconcile and restore; nobody acts as capture by hand."
  }
}

variable "functions" {
  description = "Whether to make the functions here, and not only the account. What runs in them is published with dist/azure.zip."
  type        = bool
  default     = true
  nullable    = false
}

variable "environment" {
  description = "What the functions are told besides the configuration in the archive, by app (capture, reconcile, verify, keep) and by the names of `outlast help config`. No secrets."
  type        = map(map(string))
  default     = {}
  nullable    = false
}

variable "email" {
  description = "Who is told of alarms."
  type        = string
  nullable    = false
}

variable "budget" {
  description = "Units of the subscription's currency a month above which the address is told, at 80 % and as soon as the forecast says so."
  type        = number
  default     = 50
  nullable    = false
}

variable "budget_from" {
  description = "The first day of the month in which the budget begins, such as 2026-12-01."
  type        = string
  nullable    = false
  validation {
    condition     = can(regex("^[0-9]{4}-[0-9]{2}-01$", var.budget_from))
    error_message = "budget_from is the first day of a month, such as \"2026-12-01\", in quotes."
  }
}
