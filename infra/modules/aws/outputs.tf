output "bucket" {
  description = "The bucket, as outlast.yaml names it."
  value       = "s3://${module.bucket.name}?region=${var.region}"
}

output "roles" {
  description = "The roles that the other clouds' receivers and operators become."
  value       = { for role, r in aws_iam_role.this : role => r.arn }
}

output "lambda_roles" {
  description = "What the functions of serverless.yml run as: OUTLAST_CAPTURE_ROLE, OUTLAST_RECONCILE_ROLE, OUTLAST_VERIFY_ROLE."
  value       = { for function, r in aws_iam_role.lambda : function => r.arn }
}

output "secrets" {
  description = "Where the secrets' values go."
  value       = [for s in aws_secretsmanager_secret.this : s.name]
}
