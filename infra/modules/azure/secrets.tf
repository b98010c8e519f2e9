# The places of the secrets; their values never pass through Terraform, whose state would keep them:
#   az keyvault secret set --vault-name outlastexample-cap --name receiver-key --file receiver.pem
data "azurerm_client_config" "this" {}

locals {
  secrets = {
    capture = merge(
      { "OUTLAST_RECEIVER_KEY" = "receiver-key" },
      { for source in keys(var.sources) : "OUTLAST_SOURCE_${replace(upper(source), "-", "_")}_SECRETS" => "source-${source}" },
    )
    reconcile = { "OUTLAST_SEALER_KEY" = "sealer-key" }
    verify    = { "OUTLAST_SEALER_KEY" = "sealer-key" }
    keep      = { "OUTLAST_SEALER_KEY" = "sealer-key" }
  }
}

# A vault for each role: what may read one may read all of it.
resource "azurerm_key_vault" "this" {
  for_each                   = local.secrets
  name                       = "${var.account}-${substr(each.key, 0, 3)}"
  resource_group_name        = azurerm_resource_group.this.name
  location                   = azurerm_resource_group.this.location
  tenant_id                  = data.azurerm_client_config.this.tenant_id
  sku_name                   = "standard"
  rbac_authorization_enabled = true
  purge_protection_enabled   = var.lock == "locked"
  soft_delete_retention_days = 7
}

resource "azurerm_role_assignment" "secrets" {
  for_each             = { for role, app in azurerm_function_app_flex_consumption.this : role => app if contains(keys(local.secrets), role) }
  scope                = azurerm_key_vault.this[each.key].id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = each.value.identity[0].principal_id
}
