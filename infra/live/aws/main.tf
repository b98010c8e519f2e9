# Amazon's third of a deployment: a state, a provider and credentials of its own. The state holds no secrets; keep it where the
# other two clouds' administrators have no access: https://developer.hashicorp.com/terraform/language/backend
terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = {
      source  = "registry.terraform.io/hashicorp/aws"
      version = "~> 5.100"
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
  own     = local.answers.aws
  told    = { for cloud in ["aws", "gcp", "azure"] : cloud => try(yamldecode(file("${path.module}/${var.told}/${cloud}.yaml")), {}) }
}

provider "aws" {
  region              = local.own.region
  allowed_account_ids = [local.own.account] # not into another account by another account's credentials
}

module "outlast" {
  source    = "../../modules/aws"
  name      = local.answers.name
  bucket    = local.own.bucket
  region    = local.own.region
  lock      = local.answers.lock
  lock_days = local.answers.lock_days
  sources   = local.answers.sources
  operators = local.own.operators
  email     = local.answers.email
  budget    = local.answers.budget

  google = try(local.told.gcp.subjects, {})
  azure = can(local.told.azure.subjects) ? {
    tenant     = local.told.azure.tenant
    audience   = local.answers.azure.audience
    principals = local.told.azure.subjects
  } : null
  token_audiences = concat(
    [for provider in [try(local.told.gcp.providers.aws, "")] : "https:${provider}" if provider != ""],
    can(local.told.azure.tenant) ? ["api://AzureADTokenExchange"] : [],
  )
}

# What of the functions goes to the other two clouds. The keeper stays in its own.
locals {
  travellers = { for function, role in module.outlast.lambda_roles : function => role if function != "keep" }
}

output "told" {
  description = "For ../told/aws.yaml: what the other two clouds need to know."
  value       = yamlencode({ lambda = local.travellers, roles = module.outlast.roles })
}

output "for_the_receivers" {
  description = "What outlast.yaml and serverless.yml need to know."
  value       = { bucket = module.outlast.bucket, roles = module.outlast.lambda_roles, secrets = module.outlast.secrets }
}

output "trusts" {
  description = "Whose functions may act here: empty until the other clouds have told of themselves."
  value       = module.outlast.trusts
}

output "lambda_environment" {
  description = "What the functions of serverless.yml are told, by function: how they reach the other two clouds, and what keep keeps (OUTLAST_KEEP_BUCKET)."
  value = merge({ keep = { OUTLAST_BUCKETS = module.outlast.bucket } }, {
    for function, role in local.travellers : function => {
      for variable, value in {
        OUTLAST_RECEIVER_NAME           = "aws"
        OUTLAST_SEALER_NAME             = "aws"
        OUTLAST_FEDERATION_FROM         = "aws"
        OUTLAST_FEDERATION_SUBJECT      = role
        OUTLAST_FEDERATION_GCP_PROVIDER = try(local.told.gcp.providers.aws, "")
        OUTLAST_FEDERATION_AZURE_TENANT = try(local.told.azure.tenant, "")
        OUTLAST_FEDERATION_AZURE_CLIENT = try(local.told.azure.clients[function], "")
      } : variable => value if value != ""
    }
  })
}
