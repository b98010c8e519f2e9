output "bucket" {
  description = "The bucket, as outlast.yaml names it."
  value       = "gs://${google_storage_bucket.this.name}"
}

output "subjects" {
  description = "The unique ids of the functions' service accounts: what Amazon's and Azure's trust pins. The keeper goes nowhere."
  value       = { for function, a in google_service_account.function : function => a.unique_id if function != "keep" }
}

output "providers" {
  description = "What receivers elsewhere name as federation.gcp.provider, by the cloud they are in."
  value       = { for cloud in ["aws", "azure"] : cloud => "//iam.googleapis.com/${local.pool}/providers/${cloud}" }
}

output "url" {
  description = "What the CRMs call: public_url."
  value       = local.url
}

output "secrets" {
  description = "Where the secrets' values go."
  value       = [for s in google_secret_manager_secret.this : s.secret_id]
}

output "trusts" {
  description = "Whose functions may act here."
  value       = { aws = keys(try(var.aws.roles, {})), azure = keys(try(var.azure.principals, {})) }
}
