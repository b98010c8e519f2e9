# What the project refuses to every identity, its owners included, until somebody changes the policy. Only an organization can.
locals {
  policies = {
    # TLS only. https://docs.cloud.google.com/storage/docs/org-policy-constraints
    "storage.secureHttpTransport"          = []
    "storage.publicAccessPrevention"       = []
    "storage.uniformBucketLevelAccess"     = []
    "iam.disableServiceAccountKeyCreation" = [] # no stored keys
    "iam.disableServiceAccountKeyUpload"   = []
    "gcp.resourceLocations"                = ["in:${var.region}-locations"]
  }
}

resource "google_org_policy_policy" "this" {
  for_each = var.organization ? local.policies : {}
  name     = "projects/${var.project}/policies/${each.key}"
  parent   = "projects/${var.project}"
  spec {
    rules {
      enforce = length(each.value) == 0 ? "TRUE" : null
      dynamic "values" {
        for_each = length(each.value) == 0 ? [] : [each.value]
        content {
          allowed_values = values.value
        }
      }
    }
  }
}
