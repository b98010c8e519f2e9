variable "name" {
  description = "The name of this deployment: what is made is named after it."
  type        = string
  default     = "outlast"
  nullable    = false
}

variable "bucket" {
  description = "The bucket's name, unique in all of S3."
  type        = string
  nullable    = false
}

variable "region" {
  description = "Where the bucket must be. It has to be the provider's own region."
  type        = string
  nullable    = false
}

variable "lock" {
  description = "\"locked\", or \"unlocked\" for trying out: then the owner can delete everything."
  type        = string
  default     = "locked"
  nullable    = false
}

variable "lock_days" {
  description = "For how many days an object is locked when it is created: 8 to 14, or 1 to 14 while unlocked."
  type        = number
  default     = 14
  nullable    = false
}

variable "log_days" {
  description = "For how many days logs are kept."
  type        = number
  default     = 90
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

variable "google_audience" {
  description = "What Google's tokens must be made out to: federation.aws.audience of the receivers there."
  type        = string
  default     = "sts.amazonaws.com"
  nullable    = false
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

variable "azure" {
  description = "The tenant, and the principal ids of the managed identities of capture, reconcile and verify there. Null until Azure's state is applied."
  type = object({
    tenant     = string
    audience   = string # what its tokens are made out to: the application that stands for this repository there
    principals = map(string)
  })
  default = null
  validation {
    condition     = var.azure == null ? true : length(setsubtract(keys(var.azure.principals), ["capture", "reconcile", "verify"])) == 0
    error_message = "azure.principals has capture, reconcile and verify, and nothing else."
  }
}

variable "operators" {
  description = "The ARNs of the people's or jobs' roles that may become keeper, reconcile (init, verify at the desk) or restore, by role."
  type        = map(list(string))
  default     = {}
  nullable    = false
  validation {
    condition     = length(setsubtract(keys(var.operators), ["keeper", "reconcile", "restore"])) == 0
    error_message = "operators may become keeper, reconcile and restore; nobody becomes capture by hand."
  }
  validation {
    condition     = alltrue(flatten([for arns in values(var.operators) : [for arn in arns : can(regex("^arn:aws:iam::[0-9]{12}:(role|user)/[^*]+$", arn))]]))
    error_message = "An operator is one role or user: neither a whole account nor a pattern."
  }
}

variable "token_audiences" {
  description = "What this account's own tokens may be made out to: Google's provider with https: in front, and api://AzureADTokenExchange."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "email" {
  description = "Who is told of alarms. The address gets a message that asks for a confirmation."
  type        = string
  nullable    = false
}

variable "budget" {
  description = "Dollars a month above which the address is told, at 80 % and as soon as the forecast says so."
  type        = number
  default     = 50
  nullable    = false
}
