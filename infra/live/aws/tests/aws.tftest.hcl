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
  mock_resource "aws_s3_bucket" {
    defaults = { id = "outlast-example", region = "eu-central-1" }
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
    condition     = !contains(keys(yamldecode(output.told).lambda), "keep") && !strcontains(output.exports, "OUTLAST_KEEP_AZURE_CLIENT")
    error_message = "The keeper stays in its own cloud: the others are not told of it, and it is nobody in Azure."
  }
  assert {
    condition     = strcontains(output.exports, "export OUTLAST_PUBLIC_URL='https://not-yet.invalid'\n")
    error_message = "Capture is deployed before its address is known, and does not start without one."
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
  # The whole of what serverless.yml reads: a line more or less is a variable that one of the two does not know.
  assert {
    condition     = output.exports == <<-E
      export OUTLAST_CAPTURE_AZURE_CLIENT='cccccccc-2222-3333-4444-555555555555'
      export OUTLAST_CAPTURE_ROLE='arn:aws:iam::111122223333:role/outlast-lambda-capture'
      export OUTLAST_FEDERATION_AZURE_TENANT='11111111-2222-3333-4444-555555555555'
      export OUTLAST_FEDERATION_GCP_PROVIDER='//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/outlast-receivers/providers/aws'
      export OUTLAST_KEEP_BUCKET='s3://outlast-example?region=eu-central-1'
      export OUTLAST_KEEP_ROLE='arn:aws:iam::111122223333:role/outlast-lambda-keep'
      export OUTLAST_NAME='outlast'
      export OUTLAST_PUBLIC_URL='https://hooks.example.com'
      export OUTLAST_RECEIVER_NAME='aws-2'
      export OUTLAST_RECONCILE_AZURE_CLIENT='dddddddd-2222-3333-4444-555555555555'
      export OUTLAST_RECONCILE_ROLE='arn:aws:iam::111122223333:role/outlast-lambda-reconcile'
      export OUTLAST_SEALER_NAME='aws'
      export OUTLAST_VERIFY_AZURE_CLIENT='eeeeeeee-2222-3333-4444-555555555555'
      export OUTLAST_VERIFY_ROLE='arn:aws:iam::111122223333:role/outlast-lambda-verify'
    E
    error_message = "serverless.yml would be told something else."
  }
}

run "another_cloud" {
  command = plan
  variables {
    answers = "tests/another-cloud.yaml"
  }
  expect_failures = [output.told]
}
