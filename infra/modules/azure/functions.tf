# The receiver and the scheduled tasks: one archive in four apps, since what shares an app shares its identity, its secrets and its
# code. Each app has an account of its own for code and state, so that who takes one over changes nothing in another. Functions
# that are not an app's own are off. What runs in them is published by
#   az functionapp deployment source config-zip --src dist/azure.zip --resource-group outlast --name …
# https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan
locals {
  own       = { capture = ["capture", "ready"], reconcile = ["reconcile"], verify = ["verify"], keep = ["keep"] }
  apps      = var.functions ? local.own : {}
  instances = 40 # Azure's least; timers run once, however many there are
}

resource "azurerm_service_plan" "this" {
  for_each            = local.apps # Flex Consumption wants a plan for each app
  name                = "${var.name}-${each.key}"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  os_type             = "Linux"
  sku_name            = "FC1"
}

# Hold code and the runtime's own state, and no backup: no lock, and not the repository's account.
resource "azurerm_storage_account" "functions" {
  for_each                         = local.apps
  name                             = "${var.account}fn${substr(each.key, 0, 3)}"
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
  name                  = "code"
  storage_account_id    = azurerm_storage_account.functions[each.key].id
  container_access_type = "private"
}

# What the runtime itself needs of its own account; of the repository's account it gets nothing.
# https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
resource "azurerm_role_assignment" "runtime" {
  for_each             = local.apps
  scope                = azurerm_storage_account.functions[each.key].id
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
  storage_container_endpoint        = "${azurerm_storage_account.functions[each.key].primary_blob_endpoint}${azurerm_storage_container.archive[each.key].name}"
  storage_authentication_type       = "UserAssignedIdentity"
  storage_user_assigned_identity_id = azurerm_user_assigned_identity.this["${each.key}-app"].id
  instance_memory_in_mb             = 512
  maximum_instance_count            = local.instances
  http_concurrency                  = 80 # so that deliveries group
  https_only                        = true

  # A password that publishes code would be a stored key.
  webdeploy_publish_basic_authentication_enabled = false

  # Azure resolves references to Key Vault by an app's system-assigned identity, unless it is told otherwise, which this resource
  # cannot: so an app with secrets has both. That one may read its vault and nothing else; the other one does everything else, and
  # is there before the app is, so that the other clouds can know it.
  # https://learn.microsoft.com/azure/app-service/app-service-key-vault-references
  identity {
    type         = contains(keys(local.secrets), each.key) ? "SystemAssigned, UserAssigned" : "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.this["${each.key}-app"].id]
  }

  site_config {
    minimum_tls_version                    = "1.2"
    application_insights_connection_string = azurerm_application_insights.this.connection_string
  }

  app_settings = merge(
    {
      GOMEMLIMIT                       = "250MiB" # of 512, of which the host has its share
      AZURE_CLIENT_ID                  = azurerm_user_assigned_identity.this["${each.key}-app"].client_id
      AzureWebJobsStorage__accountName = azurerm_storage_account.functions[each.key].name
      AzureWebJobsStorage__credential  = "managedidentity"
      AzureWebJobsStorage__clientId    = azurerm_user_assigned_identity.this["${each.key}-app"].client_id
    },
    { for function in setsubtract(flatten(values(local.own)), each.value) : "AzureWebJobs.${function}.Disabled" => "true" },
    each.key == "keep" ? { OUTLAST_BUCKETS = local.bucket, OUTLAST_QUORUM = "1" } : {}, # the keeper stays in its own cloud
    {
      for variable, secret in lookup(local.secrets, each.key, {}) :
      variable => "@Microsoft.KeyVault(SecretUri=${azurerm_key_vault.this[each.key].vault_uri}secrets/${secret}/)"
    },
    lookup(var.environment, each.key, {}),
  )

  lifecycle {
    ignore_changes = [app_settings["AzureWebJobsStorage"], app_settings["DEPLOYMENT_STORAGE_CONNECTION_STRING"]] # Azure puts them in
  }
}
