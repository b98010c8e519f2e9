# The bucket in Amazon's cloud, who may do what with it, and who hears of it. The Lambda functions themselves belong to
# serverless.yml: what they need from here are roles, log groups and secrets.
data "aws_caller_identity" "this" {}

data "aws_region" "this" {
  lifecycle {
    postcondition {
      condition     = self.name == var.region
      error_message = "The provider is set to ${self.name}, and the bucket must be in ${var.region}: data would be stored where it may not."
    }
  }
}

module "bucket" {
  source    = "./bucket"
  name      = var.bucket
  region    = var.region
  lock      = var.lock
  lock_days = var.lock_days
  log_days  = var.log_days

  depends_on = [data.aws_region.this]
}
