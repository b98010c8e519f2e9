# The receiver and the scheduled tasks: one archive in two apps, since what shares an app shares its identity. The one has the
# receiver's key, the other the sealer's; functions that are not an app's own are off. What runs in them is published by
#   az functionapp deployment source config-zip --src dist/azure.zip --resource-group outlast --name …
# https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan
locals {
  apps = {
    for role, app in {
      capture   = { off = ["reconcile", "verify"], instances = 40 }
      reconcile = { off = ["capture", "ready"], instances = 40 } # timers run once, however many there are; 40 is Azure's least
    } : role => app if var.functions
  }
}

resource "azurerm_service_plan" "this" {
  for_each            = local.apps # Flex Consumption wants a plan for each app
  name                = "${var.name}-${each.key}"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  os_type             = "Linux"
  sku_name            = "FC1"
}

# Holds code and the runtime's own state, and no backup: no lock, and not the repository's account.
resource "azurerm_storage_account" "functions" {
  count                            = var.functions ? 1 : 0
  name                             = "${var.account}fn"
  resource_group_name              = azurerm_resource_group.this.name
  location                         = azurerm_resource_group.this.location
  account_kind                     = "StorageV2"
  account_tier                     = "Standard"
  account_replication_type         = "LRS"
  https_traffic_only_enabled       = true
  min_tls_version                  = "TLS1_2"
  allow_nested_items_to_be_public  = false
  shared_access_key_enabled        = false
  default_to_oauth_authentication  = true
  cross_tenant_replication_enabled = false
}

resource "azurerm_storage_container" "archive" {
  for_each              = local.apps
  name                  = each.key
  storage_account_id    = azurerm_storage_account.functions[0].id
  container_access_type = "private"
}

# What the runtime itself needs of its own account; of the repository's account it gets nothing.
# https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
resource "azurerm_role_assignment" "runtime" {
  for_each             = local.apps
  scope                = azurerm_storage_account.functions[0].id
  role_definition_name = "Storage Blob Data Owner"
  principal_id         = azurerm_user_assigned_identity.this["${each.key}-app"].principal_id
}

resource "azurerm_function_app_flex_consumption" "this" {
  for_each                          = local.apps
  name                              = "${var.name}-${var.account}-${each.key}"
  resource_group_name               = azurerm_resource_group.this.name
  location                          = azurerm_resource_group.this.location
  service_plan_id                   = azurerm_service_plan.this[each.key].id
  runtime_name                      = "custom"
  runtime_version                   = "1.0"
  storage_container_type            = "blobContainer"
  storage_container_endpoint        = "${azurerm_storage_account.functions[0].primary_blob_endpoint}${azurerm_storage_container.archive[each.key].name}"
  storage_authentication_type       = "UserAssignedIdentity"
  storage_user_assigned_identity_id = azurerm_user_assigned_identity.this["${each.key}-app"].id
  instance_memory_in_mb             = 512
  maximum_instance_count            = each.value.instances
  https_only                        = true

  # A password that publishes code would be a stored key.
  webdeploy_publish_basic_authentication_enabled = false

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.this["${each.key}-app"].id]
  }

  site_config {
    minimum_tls_version                    = "1.2"
    application_insights_connection_string = azurerm_application_insights.this.connection_string
  }

  app_settings = merge(
    {
      AZURE_CLIENT_ID                  = azurerm_user_assigned_identity.this["${each.key}-app"].client_id
      AzureWebJobsStorage__accountName = azurerm_storage_account.functions[0].name
      AzureWebJobsStorage__credential  = "managedidentity"
      AzureWebJobsStorage__clientId    = azurerm_user_assigned_identity.this["${each.key}-app"].client_id
    },
    { for function in each.value.off : "AzureWebJobs.${function}.Disabled" => "true" },
    {
      for variable, secret in local.secrets[each.key] :
      variable => "@Microsoft.KeyVault(SecretUri=${azurerm_key_vault.this[each.key].vault_uri}secrets/${secret}/)"
    },
    lookup(var.environment, each.key, {}),
  )

  lifecycle {
    ignore_changes = [app_settings["AzureWebJobsStorage"], app_settings["DEPLOYMENT_STORAGE_CONNECTION_STRING"]] # Azure puts them in
  }
}
