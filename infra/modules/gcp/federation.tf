# Who of the other two clouds may act here: a token of one subject, for one audience. They act as themselves, without a service
# account in between: one request less, and one thing less to steal.
# https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-other-clouds
resource "google_iam_workload_identity_pool" "this" {
  project                   = var.project
  workload_identity_pool_id = "${var.name}-receivers"
  description               = "The receivers in Amazon's and Azure's clouds"
}

data "google_project" "this" {
  project_id = var.project
}

locals {
  pool = "projects/${data.google_project.this.number}/locations/global/workloadIdentityPools/${google_iam_workload_identity_pool.this.workload_identity_pool_id}"
}

# Amazon's own tokens of a role, https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_token_claims.html
resource "google_iam_workload_identity_pool_provider" "aws" {
  count                              = var.aws == null ? 0 : 1
  project                            = var.project
  workload_identity_pool_id          = google_iam_workload_identity_pool.this.workload_identity_pool_id
  workload_identity_pool_provider_id = "aws"
  attribute_mapping = {
    "google.subject" = "assertion.sub"
  }
  attribute_condition = "assertion.sub in [${join(", ", [for arn in values(var.aws.roles) : "'${arn}'"])}]"
  oidc {
    issuer_uri        = var.aws.issuer
    allowed_audiences = ["https://iam.googleapis.com/${local.pool}/providers/aws"]
  }
}

# Managed identities get tokens of version 1: https://learn.microsoft.com/entra/identity-platform/access-tokens
resource "google_iam_workload_identity_pool_provider" "azure" {
  count                              = var.azure == null ? 0 : 1
  project                            = var.project
  workload_identity_pool_id          = google_iam_workload_identity_pool.this.workload_identity_pool_id
  workload_identity_pool_provider_id = "azure"
  attribute_mapping = {
    "google.subject" = "assertion.sub"
  }
  attribute_condition = "assertion.sub in [${join(", ", [for id in values(var.azure.principals) : "'${id}'"])}]"
  oidc {
    issuer_uri        = "https://sts.windows.net/${var.azure.tenant}/"
    allowed_audiences = [var.azure.audience]
  }
}
