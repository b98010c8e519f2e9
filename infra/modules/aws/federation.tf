# Who may become a role: a token from the other two clouds, of one subject, for one audience. No key is kept anywhere.
locals {
  # Google needs no provider of one's own here. The names mislead: aud is the token's azp, which for a service account is its
  # unique id; oaud is the token's aud. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
  google_trust = {
    for function, id in var.google : function => {
      Effect    = "Allow"
      Principal = { Federated = "accounts.google.com" }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "accounts.google.com:aud"  = id
          "accounts.google.com:oaud" = var.google_audience
          "accounts.google.com:sub"  = id
        }
      }
    }
  }

  azure_issuer = var.azure == null ? "" : "sts.windows.net/${var.azure.tenant}/"
  azure_trust = {
    for function, id in try(var.azure.principals, {}) : function => {
      Effect    = "Allow"
      Principal = { Federated = "arn:aws:iam::${data.aws_caller_identity.this.account_id}:oidc-provider/${local.azure_issuer}" }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "${local.azure_issuer}:aud" = var.azure.audience
          "${local.azure_issuer}:sub" = id
        }
      }
    }
  }

  operator_trust = {
    for role, arns in var.operators : role => {
      Effect    = "Allow"
      Principal = { AWS = arns }
      Action    = "sts:AssumeRole"
    } if length(arns) > 0
  }

  trust = {
    for role in keys(local.rights) : role => concat(
      [for function, right in local.functions : local.google_trust[function] if right == role && contains(keys(local.google_trust), function)],
      [for function, right in local.functions : local.azure_trust[function] if right == role && contains(keys(local.azure_trust), function)],
      [for by in [local.operator_trust] : by[role] if contains(keys(by), role)],
    )
  }
}

# Entra ID's tokens of version 1, which managed identities get: https://learn.microsoft.com/entra/identity-platform/access-tokens
resource "aws_iam_openid_connect_provider" "azure" {
  count          = var.azure == null ? 0 : 1
  url            = "https://${local.azure_issuer}"
  client_id_list = [var.azure.audience]
}
