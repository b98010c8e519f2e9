# What holds for the bucket, for every identity and for every trust.
mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
  mock_resource "google_project_iam_custom_role" {
    defaults = { name = "projects/example/roles/mocked" }
  }
  mock_resource "google_service_account" {
    defaults = { member = "serviceAccount:mocked@example.iam.gserviceaccount.com" }
  }
}

variables {
  project         = "example"
  bucket          = "outlast-example"
  region          = "europe-west3"
  organization    = true
  lock            = "unlocked" # what is applied here is taken down again; what is locked is planned
  email           = "operator@example.com"
  billing_account = "012345-6789AB-CDEF01"
  sources         = { acme = 6, shop = 0 }
  archive         = "tests/gcp.tftest.hcl" # any file: nothing is uploaded
  aws = {
    issuer = "https://11111111-2222-3333-4444-555555555555.tokens.sts.global.api.aws"
    roles = {
      capture   = "arn:aws:iam::111122223333:role/outlast-lambda-capture"
      reconcile = "arn:aws:iam::111122223333:role/outlast-lambda-reconcile"
      verify    = "arn:aws:iam::111122223333:role/outlast-lambda-verify"
    }
  }
  azure = {
    tenant     = "11111111-2222-3333-4444-555555555555"
    audience   = "api://outlast"
    principals = { capture = "aaaaaaaa-2222-3333-4444-555555555555", reconcile = "bbbbbbbb-2222-3333-4444-555555555555", verify = "ffffffff-2222-3333-4444-555555555555" }
  }
  operators = { keeper = ["serviceAccount:keeper@example.iam.gserviceaccount.com"], restore = ["group:operators@example.com"] }
}

run "locked" {
  command = plan
  variables {
    lock = "locked"
  }

  assert {
    condition     = strcontains(google_logging_metric.this["kept"].filter, "jsonPayload.outcome=\"ok\"")
    error_message = "A run of keep that did not end well is counted as one that did."
  }
  assert {
    condition     = length(terraform_data.locked) == 1
    error_message = "No plan may take a locked bucket away, put another in its place, or unlock it."
  }
  assert {
    condition     = google_storage_bucket.this.retention_policy[0].is_locked && tonumber(google_storage_bucket.this.retention_policy[0].retention_period) == 14 * 86400
    error_message = "The default lock is 14 days, and locked."
  }
  assert {
    condition     = google_storage_bucket.this.enable_object_retention && !google_storage_bucket.this.versioning[0].enabled && !google_storage_bucket.this.force_destroy
    error_message = "The keeper extends by the objects' own retention; a locked bucket does not go with its state."
  }
  assert {
    condition     = google_storage_bucket.this.soft_delete_policy[0].retention_duration_seconds == 0
    error_message = "Google's soft delete would keep what was erased."
  }
  assert {
    condition     = alltrue([for b in concat([google_storage_bucket.this], google_storage_bucket.source) : b.public_access_prevention == "enforced" && b.uniform_bucket_level_access])
    error_message = "Nothing is public, and no access list gives what no role does."
  }
  assert {
    condition     = alltrue([for r in google_storage_bucket.this.lifecycle_rule : r.action[0].type == "AbortIncompleteMultipartUpload"])
    error_message = "A lifecycle rule removes objects."
  }
  assert {
    condition = (
      google_storage_bucket.this.encryption[0].customer_managed_encryption_enforcement_config[0].restriction_mode == "FullyRestricted" &&
      google_storage_bucket.this.encryption[0].customer_supplied_encryption_enforcement_config[0].restriction_mode == "FullyRestricted"
    )
    error_message = "Only Google's own keys: whoever brings a key takes the bucket hostage."
  }
  assert {
    condition     = google_org_policy_policy.this["storage.secureHttpTransport"].spec[0].rules[0].enforce == "TRUE" && google_org_policy_policy.this["iam.disableServiceAccountKeyCreation"].spec[0].rules[0].enforce == "TRUE"
    error_message = "TLS only, and no stored keys."
  }
  assert {
    condition     = google_org_policy_policy.this["gcp.resourceLocations"].spec[0].rules[0].values[0].allowed_values == tolist(["in:europe-west3-locations"])
    error_message = "Data stays in the region."
  }
}

run "identities" {
  command = apply

  assert {
    condition = alltrue(flatten([
      for r in [google_project_iam_custom_role.create, google_project_iam_custom_role.read, google_project_iam_custom_role.keep] : [
        for p in r.permissions : can(regex("^storage[.]objects[.][a-zA-Z]+$", p)) && !can(regex("delete|override|setIamPolicy|move", p))
      ]
    ]))
    error_message = "An identity may delete, overwrite or shorten a lock."
  }
  assert {
    condition     = toset(google_project_iam_custom_role.create.permissions) == toset(["storage.objects.create"])
    error_message = "To create is to create, and nothing else."
  }
  assert {
    condition     = toset(google_project_iam_custom_role.read.permissions) == toset(["storage.objects.get", "storage.objects.list"])
    error_message = "Restore lists and reads."
  }
  assert {
    condition = alltrue([
      for k, m in google_storage_bucket_iam_member.create :
      m.condition[0].expression == "resource.name.startsWith(\"projects/_/buckets/outlast-example/objects/log/\")" if startswith(k, "capture-")
    ]) && length([for k, m in google_storage_bucket_iam_member.create : k if startswith(k, "capture-")]) == 3
    error_message = "Capture creates under log/, from each of the three clouds, and nowhere else."
  }
  assert {
    condition = alltrue([
      for k, m in google_storage_bucket_iam_member.create :
      m.condition[0].expression == "resource.name.startsWith(\"projects/_/buckets/outlast-example/objects/report/\")" if startswith(k, "report-")
    ]) && length([for k, m in google_storage_bucket_iam_member.create : k if startswith(k, "report-")]) == 4
    error_message = "Verify from each of the three clouds, and keep here, create under report/ and nowhere else."
  }
  assert {
    condition     = alltrue([for m in google_storage_bucket_iam_member.create : !endswith(m.condition[0].expression, "objects/\")")])
    error_message = "Somebody creates everywhere."
  }
  assert {
    condition = toset(keys(google_storage_bucket_iam_member.read)) == toset(concat(
      [for who in setproduct(["reconcile", "verify"], ["own", "aws", "azure"]) : join("-", who)], ["group:operators@example.com"],
    ))
    error_message = "Whoever was there before the other clouds has another name now that they are known."
  }
  assert {
    condition     = toset([for m in google_storage_bucket_iam_member.keep : m.member]) == toset(["serviceAccount:mocked@example.iam.gserviceaccount.com", "serviceAccount:keeper@example.iam.gserviceaccount.com"])
    error_message = "The keepers are the function here and the operators' one, used for nothing else."
  }
  assert {
    condition = alltrue([
      for m in concat(values(google_storage_bucket_iam_member.create), values(google_storage_bucket_iam_member.read), values(google_storage_bucket_iam_member.keep)) :
      !contains(["allUsers", "allAuthenticatedUsers"], m.member) && !startswith(m.member, "principalSet:")
    ])
    error_message = "A right is given to more than one known identity."
  }
}

run "federation" {
  command = apply

  assert {
    condition     = google_iam_workload_identity_pool_provider.aws[0].oidc[0].allowed_audiences == tolist(["https://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/outlast-receivers/providers/aws"])
    error_message = "Amazon's tokens count for this provider only."
  }
  assert {
    condition     = google_iam_workload_identity_pool_provider.azure[0].oidc[0].allowed_audiences == tolist(["api://outlast"]) && google_iam_workload_identity_pool_provider.azure[0].oidc[0].issuer_uri == "https://sts.windows.net/11111111-2222-3333-4444-555555555555/"
    error_message = "Azure's tokens count for one audience, of one tenant."
  }
  assert {
    condition = (
      google_iam_workload_identity_pool_provider.aws[0].attribute_condition == "assertion.sub in ['arn:aws:iam::111122223333:role/outlast-lambda-capture', 'arn:aws:iam::111122223333:role/outlast-lambda-reconcile', 'arn:aws:iam::111122223333:role/outlast-lambda-verify']" &&
      google_iam_workload_identity_pool_provider.azure[0].attribute_condition == "assertion.sub in ['aaaaaaaa-2222-3333-4444-555555555555', 'bbbbbbbb-2222-3333-4444-555555555555', 'ffffffff-2222-3333-4444-555555555555']"
    )
    error_message = "Any identity of the other cloud would pass."
  }
  assert {
    condition     = contains([for m in google_storage_bucket_iam_member.read : m.member], "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/outlast-receivers/subject/bbbbbbbb-2222-3333-4444-555555555555")
    error_message = "Azure's reconcile cannot read."
  }
}

run "functions" {
  command = apply

  assert {
    condition     = { for k, f in google_cloudfunctions2_function.this : k => f.build_config[0].entry_point } == { capture = "Capture", reconcile = "Reconcile", verify = "Verify", keep = "Keep" }
    error_message = "An entry point of functions/gcp is missing."
  }
  assert {
    condition     = toset([for m in values(google_secret_manager_secret_iam_member.capture) : m.secret_id]) == toset(["outlast-receiver-key", "outlast-source-acme", "outlast-source-shop"])
    error_message = "Capture reads its own secrets, and not the sealer's."
  }
  assert {
    condition     = [for m in google_cloud_run_service_iam_member.crms : m.service] == ["outlast-capture"]
    error_message = "Only capture is called by everybody."
  }
  assert {
    condition     = google_cloudfunctions2_function.this["capture"].service_config[0].environment_variables["OUTLAST_PUBLIC_URL"] == "https://outlast-capture-123456789012.europe-west3.run.app" && output.url == "https://outlast-capture-123456789012.europe-west3.run.app"
    error_message = "Capture does not start without its address: it is told of it when it is made."
  }
  assert {
    condition     = alltrue([for f in values(google_cloudfunctions2_function.this) : f.build_config[0].service_account == google_service_account.build[0].id])
    error_message = "Without an account of its own a build runs as the project's default one."
  }
  assert {
    condition = (
      toset([for m in values(google_project_iam_member.build) : m.role]) == toset(["roles/logging.logWriter", "roles/artifactregistry.writer"]) &&
      google_project_iam_member.build_reads[0].role == google_project_iam_custom_role.read.name &&
      google_project_iam_member.build_reads[0].condition[0].expression == join(" || ", [
        "resource.name == \"projects/_/buckets/gcf-v2-sources-123456789012-europe-west3\"", "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-123456789012-europe-west3/\")",
        "resource.name == \"projects/_/buckets/outlast-example-source\"", "resource.name.startsWith(\"projects/_/buckets/outlast-example-source/\")",
      ])
    )
    error_message = "What builds the functions may more than log, store images and read the code."
  }
}

run "alarms" {
  command = apply

  assert {
    condition = toset(concat(keys(google_monitoring_alert_policy.bad), keys(google_monitoring_alert_policy.good))) == toset([
      "below-quorum", "damage-reconcile", "damage-verify", "removal", "lock-change", "settings", "equal", "verified", "kept", "source-acme"
    ])
    error_message = "An alarm is missing, or one is new and has no test. A source of 0 hours has none."
  }
  assert {
    condition     = alltrue([for p in concat(values(google_monitoring_alert_policy.bad), values(google_monitoring_alert_policy.good)) : p.notification_channels == tolist([google_monitoring_notification_channel.email.id])]) && google_monitoring_notification_channel.email.labels == tomap({ email_address = "operator@example.com" })
    error_message = "An alarm that tells nobody."
  }
  assert {
    condition = alltrue([
      for p in values(google_monitoring_alert_policy.bad) :
      length(p.conditions) == 1 && p.conditions[0].condition_matched_log[0].filter != "" && p.alert_strategy[0].notification_rate_limit[0].period == "300s"
    ])
    error_message = "Bad news is one line, and Google wants a limit to the messages about lines."
  }
  # One call at least of each kind that lifts a protection, gives a right, or trusts somebody.
  assert {
    condition = alltrue([
      for call in ["buckets\\.(update|patch|lockRetentionPolicy)", "setIamPermissions", "SetIamPolicy", "WorkloadIdentityPool", "UpdateRole"] :
      strcontains(google_monitoring_alert_policy.bad["settings"].conditions[0].condition_matched_log[0].filter, call)
    ])
    error_message = "A change of the bucket, of a role or of the trust rings no alarm."
  }
  assert {
    condition = alltrue([
      for alarm in ["removal", "lock-change", "settings"] : strcontains(
        google_monitoring_alert_policy.bad[alarm].conditions[0].condition_matched_log[0].filter,
        " AND (protoPayload.resourceName=\"projects/_/buckets/outlast-example\" OR protoPayload.resourceName:\"projects/_/buckets/outlast-example/\") AND ",
      )
    ])
    error_message = "What Terraform does to outlast-example-source at each release rings an alarm on the repository's bucket."
  }
  assert {
    condition     = strcontains(google_monitoring_alert_policy.bad["lock-change"].conditions[0].condition_matched_log[0].filter, "\"keeper@example.iam.gserviceaccount.com\"")
    error_message = "A keeper would ring the alarm on locks that it is there to extend."
  }
  assert {
    condition     = toset([for c in google_project_iam_audit_config.storage.audit_log_config : c.log_type]) == toset(["ADMIN_READ", "DATA_READ", "DATA_WRITE"]) && google_logging_project_bucket_config.default.retention_days == 90
    error_message = "What the alarms watch for is not recorded, or not kept for a stated time."
  }
  assert {
    condition = alltrue([
      for p in values(google_monitoring_alert_policy.good) :
      length(p.conditions[0].condition_absent) == 0 && can(regex("^[(]sum[(]increase[(].*[)] or vector[(]0[)][)] < 0[.]5$", p.conditions[0].condition_prometheus_query_language[0].query))
    ])
    error_message = "An alarm on absence waits for the first line, or rings when a revision is replaced."
  }
}

run "budget" {
  command = apply

  assert {
    condition     = google_billing_budget.this[0].billing_account == "012345-6789AB-CDEF01" && google_billing_budget.this[0].amount[0].specified_amount[0].units == "50" && google_billing_budget.this[0].budget_filter[0].projects == toset(["projects/123456789012"])
    error_message = "What a month may cost is another sum than was answered, or another project's."
  }
  assert {
    condition     = { for r in google_billing_budget.this[0].threshold_rules : r.spend_basis => r.threshold_percent } == { CURRENT_SPEND = 0.8, FORECASTED_SPEND = 1 }
    error_message = "Nobody is told at 80 % and of the forecast."
  }
  assert {
    condition     = google_billing_budget.this[0].all_updates_rule[0].monitoring_notification_channels == tolist([google_monitoring_notification_channel.email.id])
    error_message = "The address is not told."
  }
}

run "nobody_is_told_of_costs" { # said, and not forgotten
  command = apply
  variables {
    billing_account = "none"
  }
  assert {
    condition     = length(google_billing_budget.this) == 0
    error_message = "A budget of an account that there is none of."
  }
}

run "the_billing_account_is_asked_for" {
  command = plan
  variables {
    billing_account = ""
  }
  expect_failures = [var.billing_account]
}

run "keeper" {
  command = apply

  assert {
    condition     = { for k, f in google_cloudfunctions2_function.this : k => f.service_config[0].environment_variables["OUTLAST_BUCKETS"] if can(f.service_config[0].environment_variables["OUTLAST_BUCKETS"]) } == { keep = "gs://outlast-example" }
    error_message = "The keeper knows the bucket of its own cloud, and no other one."
  }
}

run "alone" { # the first apply: nobody else is known yet, and there is no archive
  command = apply
  variables {
    aws       = null
    azure     = null
    archive   = ""
    operators = { reconcile = ["user:operator@example.com"], restore = ["user:operator@example.com", "group:operators@example.com"] }
  }
  assert {
    condition     = length(google_iam_workload_identity_pool_provider.aws) + length(google_iam_workload_identity_pool_provider.azure) == 0
    error_message = "Nobody is trusted before he is known."
  }
  assert {
    condition     = length(terraform_data.locked) == 0 && length(google_cloudfunctions2_function.this) == 0 && length(google_service_account.build) == 0 && toset(keys(google_storage_bucket_iam_member.keep)) == toset(["keep-own"]) # the function's to be
    error_message = "Nothing is made of what was not given."
  }
  assert {
    condition = (
      toset(keys(google_storage_bucket_iam_member.create)) == toset(["capture-own", "reconcile-own", "user:operator@example.com", "report-verify-own", "report-keep-own"]) &&
      { for k, m in google_storage_bucket_iam_member.read : k => m.member if !endswith(k, "-own") } == { for m in ["user:operator@example.com", "group:operators@example.com"] : m => m }
    )
    error_message = "A right is kept by its place in a list: when somebody comes before it, it ends and begins at once, and may be lost."
  }
}

run "locks_outlast_a_week" { # in which keep comes by once
  command = plan
  variables {
    lock      = "locked"
    lock_days = 7
  }
  expect_failures = [var.lock_days]
}

run "a_foreign_issuer" {
  command = plan
  variables {
    aws = { issuer = "https://example.com", roles = {} }
  }
  expect_failures = [var.aws]
}

run "everybody_is_no_operator" {
  command = plan
  variables {
    operators = { restore = ["allUsers"] }
  }
  expect_failures = [var.operators]
}
