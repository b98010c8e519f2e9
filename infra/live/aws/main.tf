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

  # As the descriptor knows what runs here. Another name comes with another key: a rotation.
  receiver = coalesce(lookup(local.own, "receiver", ""), "aws")
  sealer   = coalesce(lookup(local.own, "sealer", ""), "aws")

  # Hours of silence, where the CRM calls this cloud.
  sources = { for source, hours in local.answers.sources : source => lookup(hours, "aws", 0) }

  # Lambda's address is known after the first deployment. Capture starts without it, and refuses only what is signed with it.
  public_url = coalesce(lookup(local.own, "public_url", ""), "https://not-yet.invalid")
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
  lock      = local.own.lock
  lock_days = local.answers.lock_days
  sources   = local.sources
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

  precondition {
    condition     = length(setsubtract(flatten([for hours in values(local.answers.sources) : keys(hours)]), keys(local.told))) == 0
    error_message = "A source's hours of silence stand under another name than aws, gcp or azure: nobody would hear of it."
  }
}

output "for_the_receivers" {
  description = "What outlast.yaml needs to know, how the descriptor calls what runs here, and where the secrets go."
  value = {
    bucket   = module.outlast.bucket
    receiver = local.receiver
    sealer   = local.sealer
    secrets  = module.outlast.secrets
  }
}

output "trusts" {
  description = "Whose functions may act here: empty until the other clouds have told of themselves."
  value       = module.outlast.trusts
}

output "exports" {
  description = "What serverless.yml reads from the environment, as lines for a shell: (source <(terraform output -raw exports) && osls deploy …), in brackets, since the program outlast reads such variables too."
  value = join("", [
    for variable, value in merge(
      { for function, role in module.outlast.lambda_roles : "OUTLAST_${upper(function)}_ROLE" => role },
      { for function in keys(local.travellers) : "OUTLAST_${upper(function)}_AZURE_CLIENT" => try(local.told.azure.clients[function], "") },
      {
        OUTLAST_NAME                    = local.answers.name
        OUTLAST_RECEIVER_NAME           = local.receiver
        OUTLAST_SEALER_NAME             = local.sealer
        OUTLAST_PUBLIC_URL              = local.public_url
        OUTLAST_KEEP_BUCKET             = module.outlast.bucket # the keeper is told of its own cloud's, and of no other
        OUTLAST_FEDERATION_GCP_PROVIDER = try(local.told.gcp.providers.aws, "")
        OUTLAST_FEDERATION_AZURE_TENANT = try(local.told.azure.tenant, "")
      },
    ) : "export ${variable}='${value}'\n"
  ])
}
