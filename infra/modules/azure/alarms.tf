# Alarms on what the functions and the storage log. The words are those that shared/capture, shared/replica and shared/task
# write: a line of JSON in a trace's message, with what it is about in msg. Where good news is counted, missing news is the alarm: a function that does not
# run at all is seen too.
resource "azurerm_log_analytics_workspace" "this" {
  name                = var.name
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  retention_in_days   = var.log_days
}

resource "azurerm_application_insights" "this" {
  name                = var.name
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  workspace_id        = azurerm_log_analytics_workspace.this.id
  application_type    = "other"
  retention_in_days   = var.log_days
}

# Who asked for what, refusals included. Names of blobs tell times and receivers, and no contents.
resource "azurerm_monitor_diagnostic_setting" "storage" {
  name                       = "access"
  target_resource_id         = "${azurerm_storage_account.this.id}/blobServices/default"
  log_analytics_workspace_id = azurerm_log_analytics_workspace.this.id
  enabled_log {
    category = "StorageRead"
  }
  enabled_log {
    category = "StorageWrite"
  }
  enabled_log {
    category = "StorageDelete"
  }
}

resource "azurerm_monitor_action_group" "this" {
  name                = var.name
  resource_group_name = azurerm_resource_group.this.name
  short_name          = "outlast"
  email_receiver {
    name          = "operator"
    email_address = var.email
  }
}

locals {
  lines   = "AppTraces | extend line = parse_json(Message)"
  removal = "DeleteBlob|DeleteContainer|DeleteBlobVersion|UndeleteBlob|DeleteBlobImmutabilityPolicy|SetBlobLegalHold"

  bad = {
    below-quorum = {
      query = "${local.lines} | where line.msg == 'webhook' and line.status == 503"
      says  = "A webhook was answered 503: too few buckets held it, or the receiver was full. The CRM will try again; see \"batch\" lines for which bucket, and why."
    }
    damage = {
      query = "${local.lines} | where line.msg in ('reconcile', 'verify') and line.outcome == 'damage'"
      says  = "Reconcile or verify met objects that are not what they should be: \"finding\" lines say which, in which bucket."
    }
    removal = {
      query = "StorageBlobLogs | where OperationName matches regex '^(${local.removal})$'"
      says  = "Somebody tried to delete from the account, or to take a lock off. Outlast never does."
    }
    lock-change = {
      query = "StorageBlobLogs | where OperationName == 'SetBlobImmutabilityPolicy' and RequesterObjectId !in (${join(", ", [for id in concat(["nobody"], values(local.members["keeper"])) : "'${id}'"])})"
      says  = "Somebody who is not the keeper touched a lock."
    }
  }

  good = {
    for name, alarm in merge(
      {
        equal = {
          query = "${local.lines} | where line.msg == 'reconcile' and line.outcome == 'ok'"
          hours = 1
          says  = "For an hour no run of reconcile ended with equal buckets: a copy is missing, a bucket is out of reach, or reconcile does not run."
        }
        verified = {
          query = "${local.lines} | where line.msg == 'verify'"
          hours = 48
          says  = "Verify has not run for two days."
        }
        kept = {
          # While locks can be lifted, which is for trying out, no run can be content.
          query = "${local.lines} | where line.msg == 'keep'${var.lock == "locked" ? " and line.outcome == 'ok'" : ""}"
          hours = 24
          says  = "For a day no run of keep ended well: locks are no longer extended, and the first end within a week. Run `outlast keep` elsewhere."
        }
      },
      {
        for source, hours in var.sources : "source-${source}" => {
          query = "${local.lines} | where line.msg == 'webhook' and line.source == '${source}' and line.status == 200"
          hours = hours
          says  = "No webhook of ${source} was stored for ${hours} hours: see whether the CRM still sends, and what this receiver answers."
        } if hours > 0
      },
    ) : name => alarm if var.functions
  }

  windows = { 1 = "PT1H", 2 = "PT2H", 3 = "PT3H", 4 = "PT4H", 5 = "PT5H", 6 = "PT6H", 24 = "P1D", 48 = "P2D" }
}

resource "azurerm_monitor_scheduled_query_rules_alert_v2" "bad" {
  for_each             = local.bad
  name                 = "${var.name}-${each.key}"
  description          = each.value.says
  resource_group_name  = azurerm_resource_group.this.name
  location             = azurerm_resource_group.this.location
  scopes               = [azurerm_log_analytics_workspace.this.id]
  severity             = 1
  evaluation_frequency = "PT5M"
  window_duration      = "PT5M"

  skip_query_validation = true # the tables of a new workspace are there from their first line on

  criteria {
    query                   = each.value.query
    time_aggregation_method = "Count"
    operator                = "GreaterThan"
    threshold               = 0
  }
  action {
    action_groups = [azurerm_monitor_action_group.this.id]
  }
}

resource "azurerm_monitor_scheduled_query_rules_alert_v2" "good" {
  for_each             = local.good
  name                 = "${var.name}-${each.key}"
  description          = each.value.says
  resource_group_name  = azurerm_resource_group.this.name
  location             = azurerm_resource_group.this.location
  scopes               = [azurerm_log_analytics_workspace.this.id]
  severity             = 2
  evaluation_frequency = "PT1H"
  window_duration      = local.windows[each.value.hours]

  skip_query_validation = true # as above

  criteria {
    query                   = each.value.query
    time_aggregation_method = "Count"
    operator                = "LessThan"
    threshold               = 1
  }
  action {
    action_groups = [azurerm_monitor_action_group.this.id]
  }
}

# What protects the account is changed through Azure's management, which has a log of its own.
# https://learn.microsoft.com/azure/role-based-access-control/permissions/storage
resource "azurerm_monitor_activity_log_alert" "settings" {
  for_each = {
    account         = "Microsoft.Storage/storageAccounts/write"
    account-removal = "Microsoft.Storage/storageAccounts/delete" # "removal" is that of blobs
    keys            = "Microsoft.Storage/storageAccounts/listKeys/action"
    blobs           = "Microsoft.Storage/storageAccounts/blobServices/write"
    rights          = "Microsoft.Authorization/roleAssignments/write"
    roles           = "Microsoft.Authorization/roleDefinitions/write"
    trust           = "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write"
  }
  name                = "${var.name}-${each.key}"
  description         = "Somebody changed what protects the account, the roles or the trust. A deployment does; anybody else should not."
  resource_group_name = azurerm_resource_group.this.name
  location            = "global"
  scopes              = [azurerm_resource_group.this.id]
  criteria {
    category       = "Administrative"
    operation_name = each.value
  }
  action {
    action_group_id = azurerm_monitor_action_group.this.id
  }
}

resource "azurerm_consumption_budget_resource_group" "this" {
  name              = var.name
  resource_group_id = azurerm_resource_group.this.id
  amount            = var.budget
  time_grain        = "Monthly"
  time_period {
    start_date = "${var.budget_from}T00:00:00Z"
  }
  dynamic "notification" {
    for_each = { Actual = 80, Forecasted = 100 }
    content {
      threshold_type = notification.key
      threshold      = notification.value
      operator       = "GreaterThan"
      contact_emails = [var.email]
    }
  }
}
