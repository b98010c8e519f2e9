# The receiver and the scheduled tasks: one archive, an entry point each. Nothing is made while `archive` is empty.
locals {
  functions = var.archive == "" ? {} : {
    capture   = { entry = "Capture", account = "capture", secrets = local.capture_secrets, timeout = 10, memory = "512Mi", concurrency = 80 }
    reconcile = { entry = "Reconcile", account = "reconcile", secrets = local.sealer_secrets, timeout = 600, memory = "512Mi", concurrency = 1 }
    verify    = { entry = "Verify", account = "verify", secrets = local.sealer_secrets, timeout = 600, memory = "512Mi", concurrency = 1 }
    keep      = { entry = "Keep", account = "keep", secrets = local.sealer_secrets, timeout = 600, memory = "512Mi", concurrency = 1 }
  }

  # Known before the service is, so that capture can be told of it when it first starts.
  # https://docs.cloud.google.com/run/docs/triggering/https-request#deterministic
  url = "https://${var.name}-capture-${data.google_project.this.number}.${var.region}.run.app"

  schedules = var.archive == "" ? {} : {
    reconcile = "*/20 * * * *" # "equal" is an alarm after an hour: three runs
    verify    = "17 3 * * *"   # "verified" is an alarm after two days
    keep      = "50 */6 * * *" # "kept" is an alarm after a day: four runs
  }
}

# Holds code, and no backup: no lock.
resource "google_storage_bucket" "source" {
  count                       = var.archive == "" ? 0 : 1
  name                        = "${var.bucket}-source"
  project                     = var.project
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true # code, and no backup
}

resource "google_storage_bucket_object" "archive" {
  count  = var.archive == "" ? 0 : 1
  bucket = google_storage_bucket.source[0].name
  name   = "${filesha256(var.archive)}.zip" # another name for other bytes: the function is built anew
  source = var.archive
}

resource "google_cloudfunctions2_function" "this" {
  for_each = local.functions
  project  = var.project
  location = var.region
  name     = "${var.name}-${each.key}"

  build_config {
    runtime         = "go126"
    entry_point     = each.value.entry
    service_account = google_service_account.build[0].id
    environment_variables = { # functions/gcp: without them gRPC and debug information come along
      GOFLAGS          = "-tags=disable_grpc_modules,grpcnotrace"
      GOOGLE_GOLDFLAGS = "-s -w"
    }
    source {
      storage_source {
        bucket = google_storage_bucket.source[0].name
        object = google_storage_bucket_object.archive[0].name
      }
    }
  }

  service_config {
    service_account_email            = google_service_account.function[each.value.account].email
    available_memory                 = each.value.memory
    timeout_seconds                  = each.value.timeout
    max_instance_count               = each.key == "capture" ? 20 : 1
    max_instance_request_concurrency = each.value.concurrency
    available_cpu                    = "1"
    ingress_settings                 = "ALLOW_ALL"

    # The metadata server's address spares the question whether there is one: shared/store/gcs.
    environment_variables = merge(
      { GCE_METADATA_HOST = "169.254.169.254" },
      each.key == "capture" ? { OUTLAST_PUBLIC_URL = local.url, GOMEMLIMIT = "400MiB" } : {},                          # of 512 for many requests at once
      each.key == "keep" ? { OUTLAST_BUCKETS = "gs://${google_storage_bucket.this.name}", OUTLAST_QUORUM = "1" } : {}, # it stays in its own cloud
      lookup(var.environment, each.value.account, {}),
    )

    dynamic "secret_environment_variables" {
      for_each = each.value.secrets
      content {
        key        = secret_environment_variables.value
        project_id = var.project
        secret     = google_secret_manager_secret.this[secret_environment_variables.key].secret_id
        version    = "latest"
      }
    }
  }

  depends_on = [google_project_iam_member.build, google_project_iam_member.build_reads]
}

# CRMs sign or carry a token; none has an identity of Google's. The tasks answer to the scheduler only.
resource "google_cloud_run_service_iam_member" "crms" {
  count    = var.archive == "" ? 0 : 1
  project  = var.project
  location = var.region
  service  = google_cloudfunctions2_function.this["capture"].name
  role     = "roles/run.invoker"
  member   = "allUsers"
}

resource "google_service_account" "scheduler" {
  project      = var.project
  account_id   = "${var.name}-scheduler"
  display_name = "Outlast: calls the tasks, and nothing else"
}

resource "google_cloud_run_service_iam_member" "scheduler" {
  for_each = local.schedules
  project  = var.project
  location = var.region
  service  = google_cloudfunctions2_function.this[each.key].name
  role     = "roles/run.invoker"
  member   = google_service_account.scheduler.member
}

resource "google_cloud_scheduler_job" "this" {
  for_each         = local.schedules
  project          = var.project
  region           = var.region
  name             = "${var.name}-${each.key}"
  schedule         = each.value
  time_zone        = "Etc/UTC"
  attempt_deadline = "660s" # above the functions' own time
  http_target {
    http_method = "POST"
    uri         = google_cloudfunctions2_function.this[each.key].service_config[0].uri
    oidc_token {
      service_account_email = google_service_account.scheduler.email
      audience              = google_cloudfunctions2_function.this[each.key].service_config[0].uri
    }
  }
}
