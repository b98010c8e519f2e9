# Who of the other two clouds may act here: a token of one issuer, one subject and one audience. No application has a secret.
# https://learn.microsoft.com/entra/workload-id/workload-identity-federation
locals {
  trust = merge(
    { for role, id in var.google : "${role}-google" => { role = role, issuer = "https://accounts.google.com", subject = id } },
    { for role, arn in try(var.aws.roles, {}) : "${role}-aws" => { role = role, issuer = var.aws.issuer, subject = arn } },
  )
}

resource "azurerm_federated_identity_credential" "this" {
  for_each                  = local.trust
  name                      = each.key
  user_assigned_identity_id = azurerm_user_assigned_identity.this["${each.value.role}-peers"].id
  issuer                    = each.value.issuer
  subject                   = each.value.subject
  audience                  = ["api://AzureADTokenExchange"]
}
