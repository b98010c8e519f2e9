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

  # Everybody who acts in a role: the functions here, those in the other two clouds, and people. Each by a name that stays whoever
  # else comes or goes: by its place in a list, a right would end under one place and begin under another at once, and may be lost.
  role_of = { capture = "capture", reconcile = "reconcile", verify = "restore", keep = "keeper" }
  acting = merge(concat(
    [{ for function, a in google_service_account.function : "${function}-own" => { function = function, member = a.member } }],
    [for cloud, all in { aws = try(var.aws.roles, {}), azure = try(var.azure.principals, {}) } : {
      for function, subject in all : "${function}-${cloud}" => { function = function, member = "principal://iam.googleapis.com/${local.pool}/subject/${subject}" }
    }],
  )...)
  members = {
    for role in ["capture", "reconcile", "keeper", "restore"] : role => merge(
      { for who, is in local.acting : who => is.member if local.role_of[is.function] == role },
      { for member in distinct(lookup(var.operators, role, [])) : member => member },
    )
  }
  creators = merge(concat(
    [for role in ["capture", "reconcile"] : { for who, member in local.members[role] : who => { role = role, member = member } }],
    [local.reporters],
  )...)
  # The functions that sign and report what they found; nobody else who verifies or keeps creates anything.
  reporters = { for who, is in local.acting : "report-${who}" => { role = "report", member = is.member } if contains(["verify", "keep"], is.function) }
  readers   = merge(local.members["reconcile"], local.members["restore"])
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
  for_each = local.members["keeper"]
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
