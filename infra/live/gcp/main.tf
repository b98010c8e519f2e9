# Google's third of a deployment: a state, a provider and credentials of its own. The state holds no secrets; keep it where the
# other two clouds' administrators have no access: https://developer.hashicorp.com/terraform/language/backend
terraform {
  required_version = ">= 1.9"
  required_providers {
    google = {
      source  = "registry.terraform.io/hashicorp/google"
      version = "~> 7.30"
    }
  }
}

variable "answers" {
  description = "The file with the answers."
  type        = string
  default     = "../answers.yaml"
}

variable "told" {
  description = "The folder with what the three clouds told of themselves."
  type        = string
  default     = "../told"
}

variable "archive" {
  description = "dist/gcp.zip, as scripts/package builds it; empty to make everything but the functions."
  type        = string
  default     = ""
}

locals {
  answers = yamldecode(file("${path.module}/${var.answers}"))
  own     = local.answers.gcp
  told    = { for cloud in ["aws", "gcp", "azure"] : cloud => try(yamldecode(file("${path.module}/${var.told}/${cloud}.yaml")), {}) }
}

provider "google" {
  project               = local.own.project
  region                = local.own.region
  billing_project       = local.own.project
  user_project_override = true # budgets and policies are counted to this project
}

module "outlast" {
  source          = "../../modules/gcp"
  name            = local.answers.name
  project         = local.own.project
  bucket          = local.own.bucket
  region          = local.own.region
  organization    = local.own.organization
  lock            = local.answers.lock
  lock_days       = local.answers.lock_days
  sources         = local.answers.sources
  operators       = local.own.operators
  archive         = var.archive
  email           = local.answers.email
  billing_account = local.own.billing_account
  budget          = local.answers.budget

  aws = can(local.told.aws.lambda) ? { issuer = local.answers.aws.issuer, roles = local.told.aws.lambda } : null
  azure = can(local.told.azure.subjects) ? {
    tenant     = local.told.azure.tenant
    audience   = local.answers.azure.audience
    principals = local.told.azure.subjects
  } : null

  # How this cloud's functions reach the other two: `outlast help config`, federation.
  environment = merge({ keep = { OUTLAST_CONFIG = "outlast.yaml" } }, {
    for function, role in { capture = "capture", reconcile = "reconcile", verify = "restore" } : function => {
      for variable, value in {
        OUTLAST_CONFIG                  = "outlast.yaml"
        OUTLAST_RECEIVER_NAME           = "gcp"
        OUTLAST_SEALER_NAME             = "gcp"
        OUTLAST_PUBLIC_URL              = try(local.told.gcp.url, "")
        OUTLAST_FEDERATION_FROM         = "gcp"
        OUTLAST_FEDERATION_SUBJECT      = try(local.told.gcp.subjects[function], "")
        OUTLAST_FEDERATION_AWS_ROLE     = try(local.told.aws.roles[role], "")
        OUTLAST_FEDERATION_AWS_REGION   = local.answers.aws.region
        OUTLAST_FEDERATION_AZURE_TENANT = try(local.told.azure.tenant, "")
        OUTLAST_FEDERATION_AZURE_CLIENT = try(local.told.azure.clients[function], "")
      } : variable => value if value != ""
    }
  })
}

output "told" {
  description = "For ../told/gcp.yaml: what the other two clouds, and this one's own functions, need to know."
  value       = yamlencode({ subjects = module.outlast.subjects, providers = module.outlast.providers, url = module.outlast.url })
}

output "for_the_receivers" {
  description = "What outlast.yaml needs to know, and where the secrets go."
  value       = { bucket = module.outlast.bucket, secrets = module.outlast.secrets }
}

output "trusts" {
  description = "Whose functions may act here: empty until the other clouds have told of themselves."
  value       = module.outlast.trusts
}
