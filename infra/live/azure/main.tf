# Azure's third of a deployment: a state, a provider and credentials of its own. The state holds no secrets; keep it where the
# other two clouds' administrators have no access: https://developer.hashicorp.com/terraform/language/backend
terraform {
  required_version = ">= 1.9"
  required_providers {
    azurerm = {
      source  = "registry.terraform.io/hashicorp/azurerm"
      version = "~> 5.2"
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
  own     = local.answers.azure
  told    = { for cloud in ["aws", "gcp", "azure"] : cloud => try(yamldecode(file("${path.module}/${var.told}/${cloud}.yaml")), {}) }

  # As the descriptor knows what runs here. Another name comes with another key: a rotation.
  receiver = coalesce(lookup(local.own, "receiver", ""), "azure")
  sealer   = coalesce(lookup(local.own, "sealer", ""), "azure")

  # Hours of silence, where the CRM calls this cloud.
  sources = { for source, hours in local.answers.sources : source => lookup(hours, "azure", 0) }
}

provider "azurerm" {
  subscription_id     = local.own.subscription
  storage_use_azuread = true # the accounts have no keys
  features {}
}

module "outlast" {
  source      = "../../modules/azure"
  name        = local.answers.name
  account     = local.own.account
  region      = local.own.region
  lock        = local.own.lock
  lock_days   = local.answers.lock_days
  sources     = local.sources
  operators   = local.own.operators
  email       = local.answers.email
  budget      = local.answers.budget
  budget_from = local.answers.budget_from

  aws    = can(local.told.aws.lambda) ? { issuer = local.answers.aws.issuer, roles = local.told.aws.lambda } : null
  google = try(local.told.gcp.subjects, {})

  # How this cloud's functions reach the other two: `outlast help config`, federation.
  environment = merge({ keep = { OUTLAST_CONFIG = "outlast.yaml", OUTLAST_SEALER_NAME = local.sealer } }, {
    for app, role in { capture = "capture", reconcile = "reconcile", verify = "restore" } : app => {
      for variable, value in {
        OUTLAST_CONFIG                  = "outlast.yaml"
        OUTLAST_RECEIVER_NAME           = local.receiver
        OUTLAST_SEALER_NAME             = local.sealer
        OUTLAST_PUBLIC_URL              = coalesce(lookup(local.own, "public_url", ""), try(local.told.azure.url, null), "https://not-yet.invalid")
        OUTLAST_FEDERATION_FROM         = "azure"
        OUTLAST_FEDERATION_SUBJECT      = try(local.told.azure.subjects[app], "")
        OUTLAST_FEDERATION_AWS_ROLE     = try(local.told.aws.roles[role], "")
        OUTLAST_FEDERATION_AWS_REGION   = local.answers.aws.region
        OUTLAST_FEDERATION_AWS_AUDIENCE = local.answers.azure.audience
        OUTLAST_FEDERATION_GCP_PROVIDER = try(local.told.gcp.providers.azure, "")
        OUTLAST_FEDERATION_GCP_AUDIENCE = local.answers.azure.audience
      } : variable => value if value != ""
    }
  })
}

output "told" {
  description = "For ../told/azure.yaml: what the other two clouds, and this one's own functions, need to know."
  value = yamlencode({
    tenant   = module.outlast.tenant
    subjects = module.outlast.subjects
    clients  = module.outlast.clients
    url      = module.outlast.url
  })

  precondition {
    condition     = length(setsubtract(flatten([for hours in values(local.answers.sources) : keys(hours)]), keys(local.told))) == 0
    error_message = "A source's hours of silence stand under another name than aws, gcp or azure: nobody would hear of it."
  }
}

output "for_the_receivers" {
  description = "What outlast.yaml and the CRMs need to know, how the descriptor calls what runs here, and where the secrets go."
  value = {
    bucket   = module.outlast.bucket
    url      = try(coalesce(lookup(local.own, "public_url", ""), module.outlast.url), null)
    receiver = local.receiver
    sealer   = local.sealer
    vaults   = module.outlast.vaults
  }
}

output "apps" {
  description = "The names of the four apps that dist/azure.zip is published to, by function."
  value       = module.outlast.apps
}

output "trusts" {
  description = "Whose functions may act here: empty until the other clouds have told of themselves."
  value       = module.outlast.trusts
}
