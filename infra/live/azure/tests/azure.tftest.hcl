# The example's answers deploy: before the other clouds have told of themselves, and after.
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

run "first" {
  variables {
    answers = "../answers.example.yaml"
  }
  assert {
    condition     = yamldecode(output.told).tenant == "11111111-2222-3333-4444-555555555555"
    error_message = "The others are told of another tenant."
  }
  assert {
    condition     = output.for_the_receivers.receiver == "azure" && output.for_the_receivers.sealer == "azure"
    error_message = "What runs here is known by another name than keygen gives."
  }
}

run "second" {
  variables {
    answers = "../example/answers.yaml"
    told    = "../example/told"
  }
  assert {
    condition     = jsonencode(output.trusts) == jsonencode({ aws = ["capture", "reconcile", "verify"], google = ["capture", "reconcile", "verify"] })
    error_message = "What the clouds told does not arrive."
  }
  assert {
    condition = output.apps == {
      capture = "outlast-outlastexample-capture", reconcile = "outlast-outlastexample-reconcile", verify = "outlast-outlastexample-verify", keep = "outlast-outlastexample-keep"
    }
    error_message = "The code is published to these apps."
  }
  assert {
    condition     = output.for_the_receivers.receiver == "azure-2" && output.for_the_receivers.sealer == "azure"
    error_message = "A key that was replaced has another name, and what runs here is not told of it."
  }
}
