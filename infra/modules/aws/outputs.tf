output "bucket" {
  description = "The bucket, as outlast.yaml names it."
  value       = "s3://${module.bucket.name}?region=${var.region}"
}

output "roles" {
  description = "The roles that the other clouds' functions and operators become. Each exists once somebody may: others need the name before."
  value       = { for role in keys(local.rights) : role => "arn:aws:iam::${data.aws_caller_identity.this.account_id}:role/${var.name}-${role}" }
}

output "lambda_roles" {
  description = "What the functions of serverless.yml run as: OUTLAST_CAPTURE_ROLE, OUTLAST_RECONCILE_ROLE, OUTLAST_VERIFY_ROLE, OUTLAST_KEEP_ROLE."
  value       = { for function, r in aws_iam_role.lambda : function => "arn:aws:iam::${data.aws_caller_identity.this.account_id}:role/${r.name}" }
}

output "secrets" {
  description = "Where the secrets' values go."
  value       = [for s in aws_secretsmanager_secret.this : s.name]
}

output "trusts" {
  description = "Whose functions may act here."
  value       = { google = keys(var.google), azure = keys(try(var.azure.principals, {})) }
}
