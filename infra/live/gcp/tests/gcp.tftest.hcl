# The example's answers deploy: before the other clouds have told of themselves, and after.
mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
  mock_resource "google_service_account" {
    defaults = { unique_id = "104000000000000000001", member = "serviceAccount:mocked@example.iam.gserviceaccount.com" }
  }
}

run "first" {
  variables {
    answers = "../answers.example.yaml"
  }
  assert {
    condition     = yamldecode(output.told).providers.aws == "//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/outlast-receivers/providers/aws"
    error_message = "The others are told of another provider than there will be."
  }
}

run "second" {
  variables {
    answers = "../example/answers.yaml"
    told    = "../example/told"
    archive = "main.tf" # any file: nothing is uploaded
  }
  assert {
    condition     = jsonencode(output.trusts) == jsonencode({ aws = ["capture", "reconcile", "verify"], azure = ["capture", "reconcile", "verify"] })
    error_message = "What the clouds told does not arrive."
  }
}
