output "arn" {
  value = local.arn
}

output "name" {
  value = aws_s3_bucket.this.id
}
