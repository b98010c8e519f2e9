# The example's answers deploy: before the other clouds have told of themselves, and after.
mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }
  mock_data "aws_region" {
    defaults = { name = "eu-central-1" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-central-1:111122223333:log-group:example" }
  }
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-central-1:111122223333:example" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111122223333:role/example" }
  }
}

run "first" {
  variables {
    answers = "../answers.example.yaml"
  }
  assert {
    condition     = yamldecode(output.told).lambda.capture == "arn:aws:iam::111122223333:role/outlast-lambda-capture"
    error_message = "The others are told of another role than serverless.yml uses."
  }
}

run "keeper" {
  variables {
    answers = "../answers.example.yaml"
  }
  assert {
    condition     = !contains(keys(yamldecode(output.told).lambda), "keep") && length(output.lambda_environment["keep"]) == 1 && startswith(output.lambda_environment["keep"].OUTLAST_BUCKETS, "s3://")
    error_message = "The keeper stays in its own cloud: the others are not told of it, and it is told of no other bucket."
  }
}

run "second" {
  variables {
    answers = "../example/answers.yaml"
    told    = "../example/told"
  }
  assert {
    condition     = jsonencode(output.trusts) == jsonencode({ google = ["capture", "reconcile", "verify"], azure = ["capture", "reconcile", "verify"] })
    error_message = "What the clouds told does not arrive."
  }
  assert {
    condition     = output.lambda_environment["verify"].OUTLAST_FEDERATION_AZURE_CLIENT == "eeeeeeee-2222-3333-4444-555555555555"
    error_message = "A function becomes somebody else in Azure."
  }
}
