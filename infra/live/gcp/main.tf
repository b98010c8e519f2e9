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

locals {
  answers = yamldecode(file("${path.module}/${var.answers}"))
  own     = local.answers.gcp
  told    = { for cloud in ["aws", "gcp", "azure"] : cloud => try(yamldecode(file("${path.module}/${var.told}/${cloud}.yaml")), {}) }

  # As the descriptor knows what runs here. Another name comes with another key: a rotation.
  receiver = coalesce(lookup(local.own, "receiver", ""), "gcp")
  sealer   = coalesce(lookup(local.own, "sealer", ""), "gcp")

  # Hours of silence, where the CRM calls this cloud.
  sources = { for source, hours in local.answers.sources : source => lookup(hours, "gcp", 0) }
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
  lock            = local.own.lock
  lock_days       = local.answers.lock_days
  sources         = local.sources
  operators       = local.own.operators
  archive         = local.own.archive == "" ? "" : "${path.module}/${local.own.archive}"
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
  environment = merge({ keep = { OUTLAST_CONFIG = "outlast.yaml", OUTLAST_SEALER_NAME = local.sealer } }, {
    for function, role in { capture = "capture", reconcile = "reconcile", verify = "restore" } : function => {
      for variable, value in {
        OUTLAST_CONFIG                  = "outlast.yaml"
        OUTLAST_RECEIVER_NAME           = local.receiver
        OUTLAST_SEALER_NAME             = local.sealer
        OUTLAST_PUBLIC_URL              = lookup(local.own, "public_url", "") # empty: what Google calls the function
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
  description = "For ../told/gcp.yaml: what the other two clouds need to know."
  value       = yamlencode({ subjects = module.outlast.subjects, providers = module.outlast.providers })

  precondition {
    condition     = length(setsubtract(flatten([for hours in values(local.answers.sources) : keys(hours)]), keys(local.told))) == 0
    error_message = "A source's hours of silence stand under another name than aws, gcp or azure: nobody would hear of it."
  }
}

output "for_the_receivers" {
  description = "What outlast.yaml and the CRMs need to know, how the descriptor calls what runs here, and where the secrets go."
  value = {
    bucket   = module.outlast.bucket
    url      = coalesce(lookup(local.own, "public_url", ""), module.outlast.url)
    receiver = local.receiver
    sealer   = local.sealer
    secrets  = module.outlast.secrets
  }
}

output "trusts" {
  description = "Whose functions may act here: empty until the other clouds have told of themselves."
  value       = module.outlast.trusts
}
