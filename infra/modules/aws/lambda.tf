# What the functions of serverless.yml run as, and where they log. The functions are its own; nothing here is made twice.
locals {
  functions = { capture = "capture", reconcile = "reconcile", verify = "restore", keep = "keeper" } # each function's rights

  # Events that could not be kept go to serverless.yml's queue, instead of nowhere.
  undelivered = "${var.name}-live-undelivered"
  own_rights = {
    capture = [{
      Effect   = "Allow"
      Action   = ["sqs:SendMessage"]
      Resource = "arn:aws:sqs:${var.region}:${data.aws_caller_identity.this.account_id}:${local.undelivered}"
    }]
    reconcile = []
    verify    = [local.report]
    keep      = [local.report, { Effect = "Allow", Action = ["s3:GetObject"], Resource = ["${local.bucket_arn}/repo/*", "${local.bucket_arn}/report/*"] }]
  }

  # What verify and keep found, they sign and report. The other clouds' verify may not: reconcile brings what it reports at home.
  report = { Effect = "Allow", Action = ["s3:PutObject"], Resource = "${local.bucket_arn}/report/*" }

  # A token of this account's own, for Google and for Azure, and for nobody else. The keeper stays here.
  # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_getting_started.html
  own_token = {
    Effect   = "Allow"
    Action   = ["sts:GetWebIdentityToken"]
    Resource = "*" # the action knows no resource
    Condition = {
      "ForAllValues:StringEquals" = { "sts:IdentityTokenAudience" = var.token_audiences }
      Null                        = { "sts:IdentityTokenAudience" = "false" }
      NumericLessThanEquals       = { "sts:DurationSeconds" = "300" }
      StringEquals                = { "sts:SigningAlgorithm" = "RS256" }
    }
  }

  lambda_rights = {
    for function, role in local.functions : function => concat(
      local.rights[role],
      local.own_rights[function],
      [{
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.function[function].arn}:log-stream:*"
      }],
      [for s in [local.own_token] : s if length(var.token_audiences) > 0 && role != "keeper"],
    )
  }
}

resource "aws_cloudwatch_log_group" "function" {
  for_each          = local.functions
  name              = "/aws/lambda/${var.name}-live-${each.key}"
  retention_in_days = var.log_days
}

resource "aws_iam_role" "lambda" {
  for_each = local.functions
  name     = "${var.name}-lambda-${each.key}"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "lambda" {
  for_each = local.functions
  name     = each.key
  role     = aws_iam_role.lambda[each.key].id
  policy   = jsonencode({ Version = "2012-10-17", Statement = local.lambda_rights[each.key] })
}
