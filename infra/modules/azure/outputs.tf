output "bucket" {
  description = "The container, as outlast.yaml names it."
  value       = local.bucket
}

output "tenant" {
  description = "The tenant: federation.azure.tenant of receivers elsewhere, and the issuer of this cloud's tokens."
  value       = data.azurerm_client_config.this.tenant_id
}

output "subjects" {
  description = "The principal ids of the apps' identities: what Amazon's and Google's trust pins. The keeper goes nowhere."
  value       = { for app in ["capture", "reconcile", "verify"] : app => azurerm_user_assigned_identity.this["${app}-app"].principal_id if var.functions }
}

output "clients" {
  description = "The client ids that receivers elsewhere name as federation.azure.client."
  value       = { for function in ["capture", "reconcile", "verify"] : function => azurerm_user_assigned_identity.this["${function}-peers"].client_id }
}

output "url" {
  description = "What the CRMs call: public_url."
  value       = try("https://${azurerm_function_app_flex_consumption.this["capture"].default_hostname}", null)
}

output "apps" {
  description = "The names of the apps, by function."
  value       = { for function, app in azurerm_function_app_flex_consumption.this : function => app.name }
}

output "vaults" {
  description = "Where the secrets' values go."
  value       = { for role, v in azurerm_key_vault.this : role => v.name }
}

output "trusts" {
  description = "Whose functions may act here."
  value       = { aws = keys(try(var.aws.roles, {})), google = keys(var.google) }
}
