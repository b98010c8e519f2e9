# Who may do what. Nobody may delete, so nobody may overwrite either: in Cloud Storage that takes storage.objects.delete.
# https://docs.cloud.google.com/storage/docs/access-control/iam-permissions. The calls are those of shared/store/gcs.
locals {
  objects = "projects/_/buckets/${var.bucket}/objects"

  # Where each role may create; the others create nothing. Reconcile's places are those of batches, seals, descriptors, and
  # the page that says how to recover by hand.
  creates = {
    capture   = ["log/"]
    reconcile = ["log/", "seal/", "report/", "lost/", "repo/", "RECOVERY-"]
    report    = ["report/"]
  }
  under = {
    for role, prefixes in local.creates : role => join(" || ", [for p in prefixes : "resource.name.startsWith(\"${local.objects}/${p}\")"])
  }

  # Everybody who acts in a role: the functions here, those in the other two clouds, and people.
  role_of  = { capture = "capture", reconcile = "reconcile", verify = "restore", keep = "keeper" }
  subjects = [for all in [try(var.aws.roles, {}), try(var.azure.principals, {})] : { for function, subject in all : function => "principal://iam.googleapis.com/${local.pool}/subject/${subject}" }]
  members = {
    for role in ["capture", "reconcile", "keeper", "restore"] : role => concat(
      [for function, a in google_service_account.function : a.member if local.role_of[function] == role],
      flatten([for all in local.subjects : [for function, member in all : member if local.role_of[function] == role]]),
      lookup(var.operators, role, []),
    )
  }
  creators = merge(concat(
    [for role in ["capture", "reconcile"] : { for i, m in local.members[role] : "${role}-${i}" => { role = role, member = m } }],
    [{ for i, m in local.reporters : "report-${i}" => { role = "report", member = m } }],
  )...)
  # The functions that sign and report what they found; nobody else who verifies or keeps creates anything.
  reporters = concat(
    [for function, a in google_service_account.function : a.member if contains(["verify", "keep"], function)],
    flatten([for all in local.subjects : [for function, member in all : member if function == "verify"]]),
  )
  readers = merge([for role in ["reconcile", "restore"] : { for i, m in local.members[role] : "${role}-${i}" => m }]...)
  keepers = { for i, m in local.members["keeper"] : "keeper-${i}" => m }
}

resource "google_project_iam_custom_role" "create" {
  project     = var.project
  role_id     = "${replace(var.name, "-", "_")}_create"
  title       = "Outlast: create"
  permissions = ["storage.objects.create"]
}

resource "google_project_iam_custom_role" "read" {
  project     = var.project
  role_id     = "${replace(var.name, "-", "_")}_read"
  title       = "Outlast: list and read"
  permissions = ["storage.objects.get", "storage.objects.list"]
}

# To see a lock is to get the object's metadata, which takes the right to read it; to extend one takes the right to change its
# metadata as well. Without overrideUnlockedRetention nothing gets shorter. Google cannot say how far ahead.
resource "google_project_iam_custom_role" "keep" {
  project = var.project
  role_id = "${replace(var.name, "-", "_")}_keep"
  title   = "Outlast: extend locks"
  permissions = [
    "storage.objects.get", "storage.objects.list", "storage.objects.update", "storage.objects.setRetention",
  ]
}

resource "google_storage_bucket_iam_member" "create" {
  for_each = local.creators
  bucket   = google_storage_bucket.this.name
  role     = google_project_iam_custom_role.create.name
  member   = each.value.member
  condition {
    title      = "${each.value.role} creates here"
    expression = local.under[each.value.role]
  }
}

resource "google_storage_bucket_iam_member" "read" {
  for_each = local.readers
  bucket   = google_storage_bucket.this.name
  role     = google_project_iam_custom_role.read.name
  member   = each.value
}

resource "google_storage_bucket_iam_member" "keep" {
  for_each = local.keepers
  bucket   = google_storage_bucket.this.name
  role     = google_project_iam_custom_role.keep.name
  member   = each.value
}

# What the functions here run as. Their unique ids are the subjects that Amazon's and Azure's trust pins.
resource "google_service_account" "function" {
  for_each     = local.role_of
  project      = var.project
  account_id   = "${var.name}-${each.key}"
  display_name = "Outlast: ${each.key}"
}
