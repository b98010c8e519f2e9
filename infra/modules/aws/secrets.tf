# The places of the secrets; their values never pass through Terraform, whose state would keep them:
#   aws secretsmanager put-secret-value --secret-id outlast/receiver-key --secret-string file://receiver.pem
# serverless.yml reads them when it deploys. Lambda keeps its environment encrypted.
locals {
  secrets = concat(["receiver-key", "sealer-key"], [for source in keys(var.sources) : "source-${source}"])
}

resource "aws_secretsmanager_secret" "this" {
  for_each                = toset(local.secrets)
  name                    = "${var.name}/${each.key}"
  recovery_window_in_days = var.lock == "locked" ? 30 : 0
}
