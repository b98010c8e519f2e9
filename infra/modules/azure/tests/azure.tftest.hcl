# What holds for the account, for every identity and for every trust.
mock_provider "azurerm" {
  mock_resource "azurerm_resource_group" {
    defaults = { id = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/outlast" }
  }
  mock_resource "azurerm_storage_account" {
    defaults = {
      id                    = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/outlast/providers/Microsoft.Storage/storageAccounts/outlastexample"
      primary_blob_endpoint = "https://outlastexample.blob.core.windows.net/"
    }
  }
  mock_resource "azurerm_storage_container" {
    defaults = { id = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/outlast/providers/Microsoft.Storage/storageAccounts/outlastexample/blobServices/default/containers/outlast" }
  }
  mock_resource "azurerm_user_assigned_identity" {
    defaults = {
      id           = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/outlast/providers/Microsoft.ManagedIdentity/userAssignedIdentities/mocked"
      principal_id = "aaaaaaaa-2222-3333-4444-555555555555"
      client_id    = "bbbbbbbb-2222-3333-4444-555555555555"
    }
  }
  mock_resource "azurerm_role_definition" {
    defaults = { role_definition_resource_id = "/subscriptions/11111111-2222-3333-4444-555555555555/providers/Microsoft.Authorization/roleDefinitions/cccccccc-2222-3333-4444-555555555555" }
  }
  mock_resource "azurerm_key_vault" {
    defaults = {
      id        = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/outlast/providers/Microsoft.KeyVault/vaults/mocked"
      vault_uri = "https://mocked.vault.azure.net/"
    }
  }
  mock_resource "azurerm_service_plan" {
    defaults = { id = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/outlast/providers/Microsoft.Web/serverFarms/mocked" }
  }
  mock_resource "azurerm_log_analytics_workspace" {
    defaults = { id = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/outlast/providers/Microsoft.OperationalInsights/workspaces/mocked" }
  }
  mock_resource "azurerm_monitor_action_group" {
    defaults = { id = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/outlast/providers/Microsoft.Insights/actionGroups/mocked" }
  }
  mock_data "azurerm_client_config" {
    defaults = { tenant_id = "11111111-2222-3333-4444-555555555555" }
  }
}

# Each app's account is its own one: told apart here, as the provider would.
override_resource {
  target = azurerm_storage_account.functions["capture"]
  values = { id = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/outlast/providers/Microsoft.Storage/storageAccounts/outlastexamplefncap" }
}

variables {
  account     = "outlastexample"
  region      = "germanywestcentral"
  email       = "operator@example.com"
  budget_from = "2026-12-01"
  lock        = "unlocked" # what is applied here is taken down again; what is locked is planned
  sources     = { acme = 6, shop = 0 }
  google      = { capture = "104000000000000000001", reconcile = "104000000000000000002" }
  aws = {
    issuer = "https://11111111-2222-3333-4444-555555555555.tokens.sts.global.api.aws"
    roles = {
      capture   = "arn:aws:iam::111122223333:role/outlast-lambda-capture"
      reconcile = "arn:aws:iam::111122223333:role/outlast-lambda-reconcile"
      verify    = "arn:aws:iam::111122223333:role/outlast-lambda-verify"
    }
  }
  operators = { keeper = ["dddddddd-2222-3333-4444-555555555555"], restore = ["eeeeeeee-2222-3333-4444-555555555555"] }
}

run "locked" {
  command = plan
  variables {
    lock = "locked"
  }

  assert {
    condition     = strcontains(azurerm_monitor_scheduled_query_rules_alert_v2.good["kept"].criteria[0].query, "line.outcome == 'ok'")
    error_message = "A run of keep that did not end well is counted as one that did."
  }
  assert {
    condition     = length(terraform_data.locked) == 1
    error_message = "No plan may take a locked account away, put another in its place, or unlock it."
  }
  assert {
    condition     = azurerm_storage_account.this.immutability_policy[0].state == "Locked" && azurerm_storage_account.this.immutability_policy[0].period_since_creation_in_days == 14
    error_message = "The default lock is 14 days, and locked."
  }
  assert {
    condition     = azurerm_storage_account.this.blob_properties[0].versioning_enabled && !azurerm_storage_account.this.immutability_policy[0].allow_protected_append_writes
    error_message = "Version-level immutability needs versions, and lets nobody append."
  }
  assert {
    condition     = length(azurerm_storage_account.this.blob_properties[0].delete_retention_policy) == 0 && length(azurerm_storage_account.this.blob_properties[0].container_delete_retention_policy) == 0
    error_message = "Azure's soft delete would keep what was erased."
  }
  assert {
    condition = alltrue([
      for a in concat([azurerm_storage_account.this], values(azurerm_storage_account.functions)) :
      a.https_traffic_only_enabled && a.min_tls_version == "TLS1_2" && !a.allow_nested_items_to_be_public && !a.shared_access_key_enabled
    ])
    error_message = "TLS only, nothing public, and no key that does everything."
  }
  assert {
    condition     = alltrue([for c in concat([azurerm_storage_container.this], values(azurerm_storage_container.archive)) : c.container_access_type == "private"])
    error_message = "A container is public."
  }
  assert {
    condition = alltrue([
      for r in azurerm_storage_management_policy.this.rule : length(r.actions[0].base_blob) == 0 && r.actions[0].version[0].delete_after_days_since_creation >= 15
    ])
    error_message = "A lifecycle rule removes what is current, or what is hidden before it can be repaired."
  }
  assert {
    condition     = length(azurerm_storage_account.this.customer_managed_key) == 0
    error_message = "Only Azure's own keys."
  }
}

run "region" {
  command = apply

  assert { # Azure's own definition "Allowed locations"
    condition = (
      azurerm_resource_group_policy_assignment.region.policy_definition_id == "/providers/Microsoft.Authorization/policyDefinitions/e56962a6-4747-49cd-b67b-bf8b01975c4c" &&
      jsondecode(azurerm_resource_group_policy_assignment.region.parameters) == { listOfAllowedLocations = { value = ["germanywestcentral", "global"] } } &&
      azurerm_resource_group_policy_assignment.region.resource_group_id == azurerm_resource_group.this.id
    )
    error_message = "Data stays in the region: nothing may be made elsewhere in the group."
  }
}

run "identities" {
  command = apply

  assert {
    condition = alltrue(flatten([
      for r in values(azurerm_role_definition.this) : [
        for p in r.permissions : length(p.actions) == 0 && alltrue([for a in p.data_actions : !can(regex("delete|[*]|blobs/write|move|manageOwnership|tags", a))])
      ]
    ]))
    error_message = "An identity may delete or overwrite, or has a wildcard."
  }
  assert {
    condition = { for k, r in azurerm_role_definition.this : k => toset([for a in r.permissions[0].data_actions : trimprefix(a, "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/")]) } == {
      create = toset(["add/action"])
      read   = toset(["read"])
      keep   = toset(["read", "immutableStorage/runAsSuperUser/action"])
    }
    error_message = "A role has another right than its own."
  }
  assert {
    condition = alltrue([
      for k, a in azurerm_role_assignment.create :
      a.condition == "(!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action'}) OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringStartsWith 'log/'))"
      if startswith(k, "capture-")
    ]) && length([for k, a in azurerm_role_assignment.create : k if startswith(k, "capture-")]) == 2
    error_message = "Capture creates under log/ and nowhere else."
  }
  assert {
    condition = alltrue([
      for k, a in azurerm_role_assignment.create :
      a.condition == "(!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action'}) OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringStartsWith 'report/'))"
      if startswith(k, "report-")
    ]) && toset([for k, a in azurerm_role_assignment.create : k if startswith(k, "report-")]) == toset(["report-verify-app", "report-verify-peers", "report-keep-app"])
    error_message = "Verify and keep create under report/ and nowhere else."
  }
  assert {
    condition     = alltrue([for a in values(azurerm_role_assignment.create) : a.condition_version == "2.0" && strcontains(a.condition, "StringStartsWith")])
    error_message = "Somebody creates everywhere."
  }
  assert {
    condition     = toset([for a in values(azurerm_role_assignment.keep) : a.principal_id]) == toset([azurerm_user_assigned_identity.this["keep-app"].principal_id, "dddddddd-2222-3333-4444-555555555555"])
    error_message = "The keepers are the function here and the operators' one, used for nothing else."
  }
  assert {
    condition = alltrue([
      for a in concat(values(azurerm_role_assignment.create), values(azurerm_role_assignment.read), values(azurerm_role_assignment.keep)) :
      a.scope == azurerm_storage_container.this.id && a.role_definition_name != "Storage Blob Data Owner"
    ])
    error_message = "A right reaches further than the repository's container."
  }
  assert {
    condition     = alltrue([for app, a in azurerm_role_assignment.runtime : a.scope == azurerm_storage_account.functions[app].id]) && azurerm_role_assignment.runtime["capture"].scope != azurerm_role_assignment.runtime["reconcile"].scope
    error_message = "An app gets a right on another app's code, or on the repository's account."
  }
  assert {
    condition     = toset([for a in values(azurerm_storage_account.functions) : a.name]) == toset(["outlastexamplefncap", "outlastexamplefnrec", "outlastexamplefnver", "outlastexamplefnkee"])
    error_message = "Apps share an account for their code."
  }
  assert {
    condition     = toset(keys(azurerm_role_assignment.secrets)) == toset(["capture", "reconcile", "verify", "keep"]) && alltrue([for app, a in azurerm_role_assignment.secrets : a.principal_id == azurerm_function_app_flex_consumption.this[app].identity[0].principal_id && a.role_definition_name == "Key Vault Secrets User"])
    error_message = "References to Key Vault are resolved by the system-assigned identity: it, and no other one, reads the app's own vault."
  }
}

run "federation" {
  command = apply

  assert {
    condition     = alltrue([for c in values(azurerm_federated_identity_credential.this) : c.audience == tolist(["api://AzureADTokenExchange"]) && c.subject != "" && !strcontains(c.subject, "*")])
    error_message = "A trust does not pin audience and subject."
  }
  assert {
    condition = { for k, c in azurerm_federated_identity_credential.this : k => "${c.issuer} ${c.subject}" } == {
      capture-google   = "https://accounts.google.com 104000000000000000001"
      reconcile-google = "https://accounts.google.com 104000000000000000002"
      capture-aws      = "https://11111111-2222-3333-4444-555555555555.tokens.sts.global.api.aws arn:aws:iam::111122223333:role/outlast-lambda-capture"
      reconcile-aws    = "https://11111111-2222-3333-4444-555555555555.tokens.sts.global.api.aws arn:aws:iam::111122223333:role/outlast-lambda-reconcile"
      verify-aws       = "https://11111111-2222-3333-4444-555555555555.tokens.sts.global.api.aws arn:aws:iam::111122223333:role/outlast-lambda-verify"
    }
    error_message = "A trust is missing, or names another issuer or subject."
  }
}

run "functions" {
  command = apply

  assert {
    condition = alltrue([
      for f in values(azurerm_function_app_flex_consumption.this) : f.https_only && f.storage_authentication_type == "UserAssignedIdentity" && !f.webdeploy_publish_basic_authentication_enabled
    ])
    error_message = "TLS only, and no stored key."
  }
  assert {
    condition = (
      !contains(keys(azurerm_function_app_flex_consumption.this["reconcile"].app_settings), "OUTLAST_RECEIVER_KEY") &&
      !contains(keys(azurerm_function_app_flex_consumption.this["capture"].app_settings), "OUTLAST_SEALER_KEY") &&
      alltrue([for k, v in azurerm_function_app_flex_consumption.this["capture"].app_settings : startswith(v, "@Microsoft.KeyVault(") if can(regex("_(KEY|SECRETS)$", k))])
    )
    error_message = "Each app has its own secrets, from the vault."
  }
  assert {
    condition = alltrue([
      for app, f in azurerm_function_app_flex_consumption.this :
      setsubtract(["capture", "ready", "reconcile", "verify", "keep"], [for s in keys(f.app_settings) : split(".", s)[1] if startswith(s, "AzureWebJobs.")]) == toset(app == "capture" ? ["capture", "ready"] : [app])
    ])
    error_message = "An app runs what is not its own."
  }
  assert {
    condition     = { for app, f in azurerm_function_app_flex_consumption.this : app => f.identity[0].type } == { capture = "SystemAssigned, UserAssigned", reconcile = "SystemAssigned, UserAssigned", verify = "SystemAssigned, UserAssigned", keep = "SystemAssigned, UserAssigned" }
    error_message = "An app with secrets needs an identity of its own for them, and no other app gets one."
  }
  assert {
    condition     = { for app, f in azurerm_function_app_flex_consumption.this : app => f.app_settings["OUTLAST_BUCKETS"] if can(f.app_settings["OUTLAST_BUCKETS"]) } == { keep = "azblob://outlast?storage_account=outlastexample" }
    error_message = "The keeper knows the bucket of its own cloud, and no other one."
  }
}

run "alarms" {
  command = apply

  assert {
    condition = toset(concat(keys(azurerm_monitor_scheduled_query_rules_alert_v2.bad), keys(azurerm_monitor_scheduled_query_rules_alert_v2.good), keys(azurerm_monitor_activity_log_alert.settings))) == toset([
      "below-quorum", "damage", "removal", "lock-change", "equal", "verified", "kept", "source-acme",
      "account", "account-removal", "keys", "blobs", "rights", "roles", "trust",
    ])
    error_message = "An alarm is missing, or one is new and has no test. A source of 0 hours has none."
  }
  assert {
    condition = alltrue(concat(
      [for a in concat(values(azurerm_monitor_scheduled_query_rules_alert_v2.bad), values(azurerm_monitor_scheduled_query_rules_alert_v2.good)) : a.action[0].action_groups == tolist([azurerm_monitor_action_group.this.id]) && a.enabled != false],
      [for a in values(azurerm_monitor_activity_log_alert.settings) : [for to in a.action : to.action_group_id] == [azurerm_monitor_action_group.this.id] && a.enabled != false],
    )) && azurerm_monitor_action_group.this.email_receiver[0].email_address == "operator@example.com"
    error_message = "An alarm that tells nobody."
  }
  assert {
    condition     = alltrue([for a in concat(values(azurerm_monitor_scheduled_query_rules_alert_v2.bad), values(azurerm_monitor_scheduled_query_rules_alert_v2.good)) : a.skip_query_validation])
    error_message = "A new workspace has no table of blobs yet: Azure would refuse what asks it."
  }
  assert {
    condition     = alltrue([for a in values(azurerm_monitor_scheduled_query_rules_alert_v2.good) : a.criteria[0].operator == "LessThan" && a.criteria[0].threshold == 1])
    error_message = "Where good news is counted, its absence is the alarm."
  }
  assert {
    condition     = { for k, a in azurerm_monitor_scheduled_query_rules_alert_v2.good : k => a.window_duration } == { equal = "PT1H", verified = "P2D", kept = "P1D", source-acme = "PT6H" }
    error_message = "Good news is waited for longer, or shorter, than was answered."
  }
  assert {
    condition     = alltrue([for a in values(azurerm_monitor_scheduled_query_rules_alert_v2.bad) : a.evaluation_frequency == "PT5M" && a.window_duration == "PT5M" && a.criteria[0].operator == "GreaterThan" && a.criteria[0].threshold == 0])
    error_message = "One bad line is enough."
  }
  # One operation of each kind that lifts a protection, gives a right, or lets somebody in.
  assert {
    condition = toset([for a in values(azurerm_monitor_activity_log_alert.settings) : one(a.criteria).operation_name]) == toset([
      "Microsoft.Storage/storageAccounts/write", "Microsoft.Storage/storageAccounts/delete", "Microsoft.Storage/storageAccounts/listKeys/action",
      "Microsoft.Storage/storageAccounts/blobServices/write", "Microsoft.Authorization/roleAssignments/write",
      "Microsoft.Authorization/roleDefinitions/write", "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write",
    ]) && alltrue([for a in values(azurerm_monitor_activity_log_alert.settings) : a.scopes == toset([azurerm_resource_group.this.id])])
    error_message = "A change of what protects the account, of a role or of a trust rings no alarm."
  }
  assert {
    condition     = strcontains(azurerm_monitor_scheduled_query_rules_alert_v2.bad["lock-change"].criteria[0].query, "'dddddddd-2222-3333-4444-555555555555'") && strcontains(azurerm_monitor_scheduled_query_rules_alert_v2.bad["lock-change"].criteria[0].query, "'${azurerm_user_assigned_identity.this["keep-app"].principal_id}'")
    error_message = "A keeper would ring the alarm on locks that it is there to extend."
  }
  assert {
    condition     = azurerm_log_analytics_workspace.this.retention_in_days == 90 && azurerm_application_insights.this.retention_in_days == 90
    error_message = "Logs are kept for a stated time."
  }
  assert {
    condition     = toset([for l in azurerm_monitor_diagnostic_setting.storage.enabled_log : l.category]) == toset(["StorageRead", "StorageWrite", "StorageDelete"]) && azurerm_monitor_diagnostic_setting.storage.target_resource_id == "${azurerm_storage_account.this.id}/blobServices/default"
    error_message = "What the alarms watch for is not recorded."
  }
}

run "budget" {
  command = apply

  assert {
    condition     = azurerm_consumption_budget_resource_group.this.amount == 50 && azurerm_consumption_budget_resource_group.this.time_grain == "Monthly" && azurerm_consumption_budget_resource_group.this.resource_group_id == azurerm_resource_group.this.id
    error_message = "What a month may cost is another sum than was answered."
  }
  assert {
    condition = { for n in azurerm_consumption_budget_resource_group.this.notification : n.threshold_type => "${n.operator} ${n.threshold} ${join(" ", n.contact_emails)}" if n.enabled != false } == {
      Actual = "GreaterThan 80 operator@example.com", Forecasted = "GreaterThan 100 operator@example.com"
    }
    error_message = "Nobody is told at 80 % and of the forecast."
  }
}

run "alone" { # the first apply: nobody else is known yet
  command = apply
  variables {
    aws       = null
    google    = {}
    operators = { reconcile = ["ffffffff-2222-3333-4444-555555555555"], restore = ["ffffffff-2222-3333-4444-555555555555"] }
    functions = false
  }
  assert {
    condition     = length(terraform_data.locked) == 0 && length(azurerm_federated_identity_credential.this) == 0 && length(azurerm_function_app_flex_consumption.this) == 0 && length(azurerm_role_assignment.keep) == 0
    error_message = "Nobody is trusted before he is known, and nothing is made of what was not given."
  }
  assert {
    condition = (
      toset(keys(azurerm_role_assignment.create)) == toset(["capture-peers", "reconcile-peers", "ffffffff-2222-3333-4444-555555555555", "report-verify-peers"]) &&
      toset(keys(azurerm_role_assignment.read)) == toset(["reconcile-peers", "verify-peers", "ffffffff-2222-3333-4444-555555555555"])
    )
    error_message = "A right is kept by its place in a list: when somebody comes before it, it ends and begins at once, and may be lost."
  }
  assert {
    condition     = azurerm_storage_account.this.immutability_policy[0].state == "Unlocked"
    error_message = "Azure wants every policy to begin unlocked."
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

run "an_address_is_no_subject" {
  command = plan
  variables {
    google = { capture = "capture@example.iam.gserviceaccount.com" }
  }
  expect_failures = [var.google]
}
