# What builds the functions: it logs, stores images, and reads the code. Without one of its own, Google takes the project's
# default account, which in a new project may not build, and in an old one may edit everything.
# https://docs.cloud.google.com/run/docs/configuring/services/build-service-account
resource "google_service_account" "build" {
  count        = var.archive == "" ? 0 : 1
  project      = var.project
  account_id   = "${var.name}-build"
  display_name = "Outlast: builds the functions, and nothing else"
}

resource "google_project_iam_member" "build" {
  for_each = var.archive == "" ? [] : toset(["roles/logging.logWriter", "roles/artifactregistry.writer"])
  project  = var.project
  role     = each.value
  member   = google_service_account.build[0].member
}

# Google copies the code to a bucket of its own making before it builds, which is not there before the first function is: so the
# right is the project's, and its condition names the two buckets. The repository's is neither.
resource "google_project_iam_member" "build_reads" {
  count   = var.archive == "" ? 0 : 1
  project = var.project
  role    = google_project_iam_custom_role.read.name
  member  = google_service_account.build[0].member
  condition {
    title = "the code, and nothing else"
    expression = join(" || ", [
      for bucket in ["gcf-v2-sources-${data.google_project.this.number}-${var.region}", google_storage_bucket.source[0].name] :
      "resource.name == \"projects/_/buckets/${bucket}\" || resource.name.startsWith(\"projects/_/buckets/${bucket}/\")"
    ])
  }
}
