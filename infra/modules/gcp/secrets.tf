# The places of the secrets; their values never pass through Terraform, whose state would keep them:
#   gcloud secrets versions add outlast-receiver-key --data-file=receiver.pem
locals {
  capture_secrets = merge(
    { "receiver-key" = "OUTLAST_RECEIVER_KEY" },
    { for source in keys(var.sources) : "source-${source}" => "OUTLAST_SOURCE_${replace(upper(source), "-", "_")}_SECRETS" },
  )
  sealer_secrets = { "sealer-key" = "OUTLAST_SEALER_KEY" }
}

resource "google_secret_manager_secret" "this" {
  for_each  = merge(local.capture_secrets, local.sealer_secrets)
  project   = var.project
  secret_id = "${var.name}-${each.key}"
  replication {
    user_managed {
      replicas {
        location = var.region
      }
    }
  }
}

resource "google_secret_manager_secret_iam_member" "capture" {
  for_each  = local.capture_secrets
  project   = var.project
  secret_id = google_secret_manager_secret.this[each.key].secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.function["capture"].member
}

resource "google_secret_manager_secret_iam_member" "sealer" {
  for_each  = toset(["reconcile", "verify", "keep"])
  project   = var.project
  secret_id = google_secret_manager_secret.this["sealer-key"].secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.function[each.key].member
}
