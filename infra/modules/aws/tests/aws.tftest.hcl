# What holds for every identity and for every trust. Roles' policies are read as Amazon reads them: as JSON.
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
    defaults = { region = "eu-central-1" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111122223333:role/example" }
  }
}

variables {
  bucket          = "outlast-example"
  region          = "eu-central-1"
  lock            = "unlocked" # what is applied here is taken down again; what is locked is planned
  token_audiences = ["api://AzureADTokenExchange", "https://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/aws"]
  email           = "operator@example.com"
  sources         = { acme = 6, shop = 0 }
  google          = { capture = "104000000000000000001", reconcile = "104000000000000000002", verify = "104000000000000000003" }
  azure = {
    tenant     = "11111111-2222-3333-4444-555555555555"
    audience   = "99999999-2222-3333-4444-555555555555"
    principals = { capture = "aaaaaaaa-2222-3333-4444-555555555555", reconcile = "bbbbbbbb-2222-3333-4444-555555555555" }
  }
  operators = {
    keeper  = ["arn:aws:iam::111122223333:role/keeper-job"]
    restore = ["arn:aws:iam::111122223333:role/operator"]
  }
}

run "identities" {
  command = apply

  assert {
    condition = alltrue(flatten([
      for p in concat(values(aws_iam_role_policy.this), values(aws_iam_role_policy.lambda), [aws_iam_role_policy.trail]) : [
        for s in jsondecode(p.policy).Statement : [
          for action in flatten([s.Action]) : s.Effect == "Allow" && can(regex("^(s3|logs|sts|sqs):[A-Za-z]+$", action)) && !can(regex("Delete|Bypass|LegalHold", action))
        ]
      ]
    ]))
    error_message = "An identity may delete, bypass a lock, or has a wildcard among its actions."
  }
  assert {
    condition = [for s in jsondecode(aws_iam_role_policy.this["capture"].policy).Statement : s] == [
      { Effect = "Allow", Action = ["s3:PutObject"], Resource = "arn:aws:s3:::outlast-example/log/*" }
    ]
    error_message = "Capture may create under log/ and nothing else."
  }
  assert {
    condition = toset(flatten([for s in jsondecode(aws_iam_role_policy.lambda["capture"].policy).Statement : s.Action])) == toset([
      "s3:PutObject", "sqs:SendMessage", "logs:CreateLogStream", "logs:PutLogEvents", "sts:GetWebIdentityToken"
    ])
    error_message = "Lambda's capture may create, log, and prove who it is."
  }
  assert {
    condition = alltrue([
      for function in ["verify", "keep"] : [
        for s in jsondecode(aws_iam_role_policy.lambda[function].policy).Statement : s.Resource if contains(s.Action, "s3:PutObject")
      ] == ["arn:aws:s3:::outlast-example/report/*"]
    ])
    error_message = "Lambda's verify and keep may create reports, and nothing else."
  }
  assert {
    condition = [
      for s in jsondecode(aws_iam_role_policy.lambda["keep"].policy).Statement : s.Resource if contains(s.Action, "s3:GetObject")
    ] == [["arn:aws:s3:::outlast-example/repo/*", "arn:aws:s3:::outlast-example/report/*"]]
    error_message = "Lambda's keep may read descriptors and reports, and no batch."
  }
  assert {
    condition = toset(flatten([for s in jsondecode(aws_iam_role_policy.this["keeper"].policy).Statement : s.Action])) == toset([
      "s3:ListBucket", "s3:GetObjectRetention", "s3:PutObjectRetention"
    ])
    error_message = "The keeper lists, sees locks and extends them: it neither reads nor creates."
  }
  assert {
    condition = alltrue([
      for s in jsondecode(aws_iam_role_policy.this["keeper"].policy).Statement :
      try(s.Condition.NumericLessThanEquals["s3:object-lock-remaining-retention-days"], "") == "15" if contains(s.Action, "s3:PutObjectRetention")
    ])
    error_message = "The keeper extends by 15 days at most."
  }
  assert {
    condition = toset(flatten([for s in jsondecode(aws_iam_role_policy.this["restore"].policy).Statement : s.Action])) == toset([
      "s3:ListBucket", "s3:ListBucketVersions", "s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectRetention"
    ])
    error_message = "Restore lists, reads and sees locks, as status does."
  }
  assert {
    condition = toset(flatten([for s in jsondecode(aws_iam_role_policy.this["reconcile"].policy).Statement : s.Action])) == toset([
      "s3:ListBucket", "s3:ListBucketVersions", "s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectRetention", "s3:PutObject"
    ])
    error_message = "Reconcile lists, reads, sees locks and creates: it extends none."
  }
  assert {
    condition = alltrue(flatten([
      for p in concat(values(aws_iam_role_policy.this), values(aws_iam_role_policy.lambda)) : [
        for s in jsondecode(p.policy).Statement : [
          for resource in flatten([s.Resource]) : startswith(resource, "arn:aws:s3:::outlast-example")
        ] if startswith(flatten([s.Action])[0], "s3:")
      ]
    ]))
    error_message = "A role reaches another bucket than the repository's."
  }
}

run "federation" {
  command = apply

  assert {
    condition     = toset(keys(aws_iam_role.this)) == toset(["capture", "reconcile", "keeper", "restore"])
    error_message = "A role exists if and only if somebody can become it."
  }
  assert {
    condition = alltrue(flatten([
      for r in values(aws_iam_role.this) : [
        for s in jsondecode(r.assume_role_policy).Statement :
        length([for k, v in s.Condition.StringEquals : v if endswith(k, ":aud") || endswith(k, ":sub")]) == 2 &&
        alltrue([for v in values(s.Condition.StringEquals) : !strcontains(v, "*") && v != ""]) && keys(s.Condition) == ["StringEquals"]
        if s.Action == "sts:AssumeRoleWithWebIdentity"
      ]
    ]))
    error_message = "A trust in another cloud does not pin audience and subject."
  }
  assert {
    condition = alltrue(flatten([
      for r in values(aws_iam_role.this) : [
        for s in jsondecode(r.assume_role_policy).Statement : s.Condition.StringEquals["accounts.google.com:oaud"] == "sts.amazonaws.com"
        if try(s.Principal.Federated, "") == "accounts.google.com"
      ]
    ]))
    error_message = "Google's aud is the token's azp: without oaud, a token for anybody else would do."
  }
  assert {
    condition     = aws_iam_openid_connect_provider.azure[0].client_id_list == toset(["99999999-2222-3333-4444-555555555555"])
    error_message = "Azure's tokens count for one audience only."
  }
  assert {
    condition = alltrue(flatten([
      for r in values(aws_iam_role.this) : [
        for s in jsondecode(r.assume_role_policy).Statement : [
          for arn in flatten([s.Principal.AWS]) : !endswith(arn, ":root") && !strcontains(arn, "*")
        ] if s.Action == "sts:AssumeRole"
      ]
    ]))
    error_message = "A role trusts a whole account."
  }
  assert {
    condition = alltrue([
      for function, p in aws_iam_role_policy.lambda : anytrue([
        for s in jsondecode(p.policy).Statement :
        length(try(s.Condition["ForAllValues:StringEquals"]["sts:IdentityTokenAudience"], [])) == 2 && try(s.Condition.Null["sts:IdentityTokenAudience"], "") == "false"
        if flatten([s.Action])[0] == "sts:GetWebIdentityToken"
      ]) == (function != "keep")
    ])
    error_message = "A function may make tokens for others than the two clouds, or the keeper may make some."
  }
}

run "alone" { # the first apply, before the other clouds have told who their functions are
  command = apply
  variables {
    google          = {}
    azure           = null
    token_audiences = []
  }
  assert {
    condition     = !contains(keys(aws_iam_role.this), "capture") && length(aws_iam_openid_connect_provider.azure) == 0
    error_message = "Nobody is trusted before he is known."
  }
  assert {
    condition     = !strcontains(aws_iam_role_policy.lambda["capture"].policy, "sts:")
    error_message = "No tokens before there is somebody to show them to."
  }
}

run "alarms" {
  command = apply

  assert {
    condition     = alltrue([for a in concat(values(aws_cloudwatch_metric_alarm.bad), values(aws_cloudwatch_metric_alarm.good)) : length(a.alarm_actions) == 1])
    error_message = "An alarm that tells nobody."
  }
  assert {
    condition = toset(concat(keys(aws_cloudwatch_metric_alarm.bad), keys(aws_cloudwatch_metric_alarm.good))) == toset([
      "below-quorum", "damage-reconcile", "damage-verify", "removal", "lock-change", "settings", "equal", "verified", "kept", "source-acme"
    ])
    error_message = "An alarm is missing, or one is new and has no test. A source of 0 hours has none."
  }
  assert {
    condition     = alltrue([for a in values(aws_cloudwatch_metric_alarm.good) : a.treat_missing_data == "breaching"])
    error_message = "Where good news is counted, its absence is the alarm."
  }
  assert {
    condition     = alltrue([for f in values(aws_cloudwatch_log_metric_filter.this) : length(f.pattern) <= 1024])
    error_message = "A pattern is longer than CloudWatch takes."
  }
  # One call at least of each kind that takes an identity over, lifts a protection, or makes somebody blind.
  assert {
    condition = alltrue([
      for call, service in {
        PutUserPolicy               = "iam", CreateAccessKey = "iam", PutRolePolicy = "iam", AttachRolePolicy = "iam", UpdateAssumeRolePolicy = "iam",
        CreateOpenIDConnectProvider = "iam", CreatePolicyVersion = "iam", CreateLoginProfile = "iam",
        PutBucketPolicy             = "s3", PutBucketVersioning = "s3", PutBucketLifecycle = "s3", PutBucketObjectLockConfiguration = "s3",
        PutEventSelectors           = "cloudtrail", StopLogging = "cloudtrail", DeleteTrail = "cloudtrail", UpdateTrail = "cloudtrail",
        DeleteLogGroup              = "logs", PutRetentionPolicy = "logs", DeleteMetricFilter = "logs", DeleteAlarms = "monitoring", Unsubscribe = "sns",
        PutSecretValue              = "secretsmanager", UpdateFunctionCode20150331v2 = "lambda",
      } : strcontains(aws_cloudwatch_log_metric_filter.this["settings"].pattern, "($.eventSource = \"${service}.amazonaws.com\")")
    ])
    error_message = "A call that changes who may do what, or what is recorded of it, rings no alarm."
  }
  assert {
    condition     = strcontains(aws_cloudwatch_log_metric_filter.this["settings"].pattern, "$.eventName != \"CreateLogStream\"")
    error_message = "Every cold start of a function would ring the alarm."
  }
  assert {
    condition     = length(toset([for s in aws_cloudtrail.this.advanced_event_selector : s.name])) == 2 && aws_cloudtrail.this.include_global_service_events
    error_message = "The trail does not record what the alarms watch for."
  }
  assert {
    condition     = strcontains(aws_cloudwatch_log_metric_filter.this["lock-change"].pattern, "!= \"outlast-lambda-keep\"")
    error_message = "The function keep would ring the alarm on locks that it is there to extend."
  }
  assert {
    condition     = alltrue([for g in values(aws_cloudwatch_log_group.function) : g.retention_in_days == 90])
    error_message = "Logs are kept for a stated time."
  }
}

run "locked" {
  command = plan
  variables {
    lock = "locked"
  }
  assert {
    condition     = strcontains(aws_cloudwatch_log_metric_filter.this["kept"].pattern, "$.outcome = \"ok\"") && aws_cloudwatch_metric_alarm.good["kept"].evaluation_periods == 24
    error_message = "Each day has its seventh: a day without a good run of keep is an alarm."
  }
}

run "budget" {
  command = apply

  assert {
    condition     = aws_budgets_budget.this.limit_amount == "50" && aws_budgets_budget.this.limit_unit == "USD" && aws_budgets_budget.this.time_unit == "MONTHLY"
    error_message = "What a month may cost is another sum than was answered."
  }
  assert {
    condition = { for n in aws_budgets_budget.this.notification : n.notification_type => "${n.comparison_operator} ${n.threshold} ${n.threshold_type} ${join(" ", n.subscriber_email_addresses)}" } == {
      ACTUAL = "GREATER_THAN 80 PERCENTAGE operator@example.com", FORECASTED = "GREATER_THAN 100 PERCENTAGE operator@example.com"
    }
    error_message = "Nobody is told at 80 % and of the forecast."
  }
}

run "elsewhere" {
  command = plan
  variables {
    region = "us-east-1"
  }
  expect_failures = [data.aws_region.this]
}

run "a_pattern_is_no_operator" {
  command = plan
  variables {
    operators = { restore = ["arn:aws:iam::111122223333:root"] }
  }
  expect_failures = [var.operators]
}

run "an_address_is_no_subject" {
  command = plan
  variables {
    google = { capture = "capture@example.iam.gserviceaccount.com" }
  }
  expect_failures = [var.google]
}
