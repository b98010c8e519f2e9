# Who may do what. Nobody may delete, nobody may bypass a lock, and no right is written with a wildcard. What each right is
# for stands in infra/README.md; the calls are those of shared/store/s3.
locals {
  bucket_arn = "arn:aws:s3:::${var.bucket}"

  # Where reconcile and init create: batches, seals, descriptors, and the page that says how to recover by hand.
  repository = [for prefix in ["log/*", "seal/*", "report/*", "lost/*", "repo/*", "RECOVERY-*"] : "${local.bucket_arn}/${prefix}"]

  list = { Effect = "Allow", Action = ["s3:ListBucket", "s3:ListBucketVersions"], Resource = local.bucket_arn }
  read = { Effect = "Allow", Action = ["s3:GetObject", "s3:GetObjectVersion"], Resource = "${local.bucket_arn}/*" }
  see  = { Effect = "Allow", Action = ["s3:GetObjectRetention"], Resource = "${local.bucket_arn}/*" } # locks, for "outlast status"

  rights = {
    capture   = [{ Effect = "Allow", Action = ["s3:PutObject"], Resource = "${local.bucket_arn}/log/*" }]
    reconcile = [local.list, local.read, local.see, { Effect = "Allow", Action = ["s3:PutObject"], Resource = local.repository }]
    restore   = [local.list, local.read, local.see]
    keeper = [
      { Effect = "Allow", Action = ["s3:ListBucket"], Resource = local.bucket_arn },
      local.see,
      {
        Effect    = "Allow"
        Action    = ["s3:PutObjectRetention"]
        Resource  = "${local.bucket_arn}/*"
        Condition = { NumericLessThanEquals = { "s3:object-lock-remaining-retention-days" = "15" } }
      },
    ]
  }
}

# A role exists for those who can become it. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
resource "aws_iam_role" "this" {
  for_each             = { for role, statements in local.trust : role => statements if length(statements) > 0 }
  name                 = "${var.name}-${each.key}"
  max_session_duration = 3600
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = each.value })
}

resource "aws_iam_role_policy" "this" {
  for_each = aws_iam_role.this
  name     = each.key
  role     = each.value.id
  policy   = jsonencode({ Version = "2012-10-17", Statement = local.rights[each.key] })
}
