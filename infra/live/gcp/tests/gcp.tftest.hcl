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
  }
  assert {
    condition     = jsonencode(output.trusts) == jsonencode({ aws = ["capture", "reconcile", "verify"], azure = ["capture", "reconcile", "verify"] })
    error_message = "What the clouds told does not arrive."
  }
  assert {
    condition     = output.for_the_receivers.receiver == "gcp-2" && output.for_the_receivers.sealer == "gcp"
    error_message = "A key that was replaced has another name, and what runs here is not told of it."
  }
}
