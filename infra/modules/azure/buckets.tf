# The bucket in Azure's cloud: one account for one container, so that whoever administers something else has no reason to be here.
resource "azurerm_resource_group" "this" {
  name     = var.name
  location = var.region
}

# Version-level immutability for the whole account, with a default lock from each version's creation on. It needs versions.
# https://learn.microsoft.com/azure/storage/blobs/immutable-version-level-worm-policies
resource "azurerm_storage_account" "this" {
  name                            = var.account
  resource_group_name             = azurerm_resource_group.this.name
  location                        = azurerm_resource_group.this.location
  account_kind                    = "StorageV2"
  account_tier                    = "Standard"
  account_replication_type        = "LRS" # the other copies are in other clouds
  is_hns_enabled                  = false # folders would be listed
  https_traffic_only_enabled      = true
  min_tls_version                 = "TLS1_2"
  allow_nested_items_to_be_public = false

  # No key and no signature made with one: they would do everything, in nobody's name.
  shared_access_key_enabled        = false
  default_to_oauth_authentication  = true
  local_user_enabled               = false
  cross_tenant_replication_enabled = false
  allowed_copy_scope               = "AAD"

  immutability_policy {
    state                         = var.lock == "locked" ? "Locked" : "Unlocked"
    period_since_creation_in_days = var.lock_days
    allow_protected_append_writes = false
  }

  # No delete_retention_policy and no container_delete_retention_policy: Azure's soft delete, off, would keep what was erased.
  blob_properties {
    versioning_enabled = true
  }

  # No customer_managed_key: Azure's own keys encrypt. Who deletes a key of one's own deletes what no lock can protect.

  lifecycle {
    precondition {
      condition     = azurerm_resource_group.this.location == var.region
      error_message = "The group lies elsewhere than the account must."
    }
  }
}

resource "azurerm_storage_container" "this" {
  name                  = "outlast"
  storage_account_id    = azurerm_storage_account.this.id
  container_access_type = "private"

  # Keys that a request brings (x-ms-encryption-key) make ransom of what it writes. Azure cannot forbid them. The account has no encryption
  # scope that a request could name instead.
}

# Once locked, every plan fails that would take the account away, put another in its place, or unlock it: an answer that was
# mistaken ends nothing. To give it up on purpose: RUNBOOK.md, Leaving.
resource "terraform_data" "locked" {
  count            = var.lock == "locked" ? 1 : 0
  triggers_replace = azurerm_storage_container.this.id # not known where another one will be made, whatever the reason
  lifecycle {
    prevent_destroy = true
  }
}

locals {
  bucket = "azblob://${azurerm_storage_container.this.name}?storage_account=${azurerm_storage_account.this.name}"
}

# Nothing that is current ever goes. A hidden version goes when its lock is over.
resource "azurerm_storage_management_policy" "this" {
  storage_account_id = azurerm_storage_account.this.id
  rule {
    name    = "superseded"
    enabled = true
    filters {
      blob_types = ["blockBlob"]
    }
    actions {
      version {
        delete_after_days_since_creation = var.superseded_days
      }
    }
  }
}

# What is made in this group lies in this region. "Allowed locations" is Azure's own definition:
# https://learn.microsoft.com/azure/governance/policy/samples/built-in-policies#general
resource "azurerm_resource_group_policy_assignment" "region" {
  name                 = "${var.name}-region"
  resource_group_id    = azurerm_resource_group.this.id
  policy_definition_id = "/providers/Microsoft.Authorization/policyDefinitions/e56962a6-4747-49cd-b67b-bf8b01975c4c"
  parameters           = jsonencode({ listOfAllowedLocations = { value = [var.region, "global"] } })
}
