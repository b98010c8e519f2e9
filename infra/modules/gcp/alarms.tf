# Alarms on what the functions and the audit logs say. The words are those that shared/capture, shared/replica and shared/task
# write. Bad news is a line: it is told of as it is written, whatever wrote it. Where good news is counted, missing news is the
# alarm: a function that does not run at all is seen too.
locals {
  run    = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name="
  audit  = "protoPayload.serviceName=\"storage.googleapis.com\" AND (protoPayload.resourceName=\"${local.itself}\" OR protoPayload.resourceName:\"${local.itself}/\")"
  itself = "projects/_/buckets/${var.bucket}" # ":" finds a part: without the slash also the bucket of code, where each release deletes
  keeper = join(" OR ", concat(["\"nobody\""], [for m in local.members["keeper"] : "\"${split(":", m)[1]}\""]))

  bad = {
    below-quorum = {
      filter = "${local.run}\"${var.name}-capture\" AND jsonPayload.message=\"webhook\" AND jsonPayload.status=503"
      says   = "A webhook was answered 503: too few buckets held it, or the receiver was full. The CRM will try again; see \"batch\" lines for which bucket, and why."
    }
    damage-reconcile = {
      filter = "${local.run}\"${var.name}-reconcile\" AND jsonPayload.message=\"reconcile\" AND jsonPayload.outcome=\"damage\""
      says   = "Reconcile met objects that are not what they should be: run `outlast verify`."
    }
    damage-verify = {
      filter = "${local.run}\"${var.name}-verify\" AND jsonPayload.message=\"verify\" AND jsonPayload.outcome=\"damage\""
      says   = "Verify found damage: its \"finding\" lines say which object in which bucket."
    }
    removal = {
      filter = "${local.audit} AND protoPayload.methodName=~\"storage\\.(objects|buckets)\\.delete\""
      says   = "Somebody tried to delete from the bucket. Outlast never does."
    }
    lock-change = {
      filter = "${local.audit} AND protoPayload.methodName=~\"storage\\.objects\\.(update|patch)\" AND NOT protoPayload.authenticationInfo.principalEmail=(${local.keeper})"
      says   = "Somebody who is not the keeper changed an object's lock or metadata."
    }
    settings = {
      filter = "(${local.audit} AND protoPayload.methodName=~\"storage\\.(buckets\\.(update|patch|lockRetentionPolicy)|setIamPermissions)\") OR protoPayload.methodName=~\"(SetIamPolicy|WorkloadIdentityPool|UpdateRole)\""
      says   = "Somebody changed what protects the bucket, the roles or the trust. A deployment does; anybody else should not."
    }
  }

  good = merge(
    {
      equal = {
        filter = "${local.run}\"${var.name}-reconcile\" AND jsonPayload.message=\"reconcile\" AND jsonPayload.outcome=\"ok\""
        hours  = 1
        says   = "For an hour no run of reconcile ended with equal buckets: a copy is missing, a bucket is out of reach, or reconcile does not run."
      }
      verified = {
        filter = "${local.run}\"${var.name}-verify\" AND jsonPayload.message=\"verify\""
        hours  = 48
        says   = "Verify has not run for two days."
      }
      kept = {
        # While locks can be lifted, which is for trying out, no run can be content.
        filter = "${local.run}\"${var.name}-keep\" AND jsonPayload.message=\"keep\"${var.lock == "locked" ? " AND jsonPayload.outcome=\"ok\"" : ""}"
        hours  = 24
        says   = "For a day no run of keep ended well: locks are no longer extended, and the first end within a week. Run `outlast keep` elsewhere."
      }
    },
    {
      for source, hours in var.sources : "source-${source}" => {
        filter = "${local.run}\"${var.name}-capture\" AND jsonPayload.message=\"webhook\" AND jsonPayload.source=\"${source}\" AND jsonPayload.status=200"
        hours  = hours
        says   = "No webhook of ${source} was stored for ${hours} hours: see whether the CRM still sends, and what this receiver answers."
      } if hours > 0
    },
  )
}

resource "google_monitoring_notification_channel" "email" {
  project      = var.project
  display_name = "Outlast's alarms"
  type         = "email"
  labels       = { email_address = var.email }
}

resource "google_logging_metric" "this" {
  for_each = local.good
  project  = var.project
  name     = "${var.name}-${each.key}"
  filter   = each.value.filter
  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
  }
}

resource "google_monitoring_alert_policy" "bad" {
  for_each              = local.bad
  project               = var.project
  display_name          = "${var.name}-${each.key}"
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.email.id]
  documentation {
    content = each.value.says
  }
  conditions {
    display_name = each.key
    # Not a threshold on a metric: that would watch one type of resource, where these lines are of several, and cannot be made
    # before the metric is known everywhere, minutes after it was made. https://docs.cloud.google.com/logging/docs/alerting/log-based-alerts
    condition_matched_log {
      filter = each.value.filter
    }
  }
  alert_strategy {
    notification_rate_limit { # Google wants one for lines
      period = "300s"
    }
    auto_close = "1800s" # so that the next one is told of anew
  }
}

resource "google_monitoring_alert_policy" "good" {
  for_each              = var.archive == "" ? {} : local.good # without functions there is no news
  project               = var.project
  display_name          = "${var.name}-${each.key}"
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.email.id]
  documentation {
    content = each.value.says
  }
  conditions {
    display_name = each.key
    # Not Google's condition on absence: that knows no more than 23.5 hours, begins with the first line that was ever written, and
    # watches each revision of a function by itself, so that a new one makes the old one's silence an alarm. This is the sum over
    # all of them, zero where nothing was ever written; less than half a line, since increase() extrapolates.
    # https://docs.cloud.google.com/monitoring/alerts/metric-absence, https://docs.cloud.google.com/monitoring/alerts/using-promql
    condition_prometheus_query_language {
      query                     = "(sum(increase({\"logging.googleapis.com/user/${google_logging_metric.this[each.key].name}\", monitored_resource=\"cloud_run_revision\"}[${each.value.hours}h])) or vector(0)) < 0.5"
      duration                  = "1800s" # from the beginning on, and so that the first run after a deployment is in time
      evaluation_interval       = "300s"
      disable_metric_validation = true # nothing was written yet when the alarm is made
    }
  }
}

resource "google_billing_budget" "this" {
  count           = var.billing_account == "none" ? 0 : 1
  billing_account = var.billing_account
  display_name    = var.name
  budget_filter {
    projects = ["projects/${data.google_project.this.number}"] # by its id, Google would answer with its number, and each plan want a change
  }
  amount {
    specified_amount {
      units = tostring(var.budget)
    }
  }
  threshold_rules {
    threshold_percent = 0.8
    spend_basis       = "CURRENT_SPEND"
  }
  threshold_rules {
    threshold_percent = 1.0
    spend_basis       = "FORECASTED_SPEND"
  }
  all_updates_rule { # besides the account's own administrators
    monitoring_notification_channels = [google_monitoring_notification_channel.email.id]
  }
}
