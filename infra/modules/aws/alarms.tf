# Alarms on what the functions and the trail log. The words are those that shared/capture, shared/replica and shared/task
# write. Where good news is counted, missing news is the alarm: a function that does not run at all is seen too.
locals {
  capture_log = aws_cloudwatch_log_group.function["capture"].name
  trail_log   = aws_cloudwatch_log_group.trail.name
  keepers     = ["${var.name}-keeper", "${var.name}-lambda-keep"]

  # Bad news: one line is enough.
  bad = {
    below-quorum = {
      log     = local.capture_log
      pattern = "{ $.message = \"webhook\" && $.status = 503 }"
      says    = "A webhook was answered 503: too few buckets held it, or the receiver was full. The CRM will try again; see \"batch\" lines for which bucket, and why."
    }
    damage-reconcile = {
      log     = aws_cloudwatch_log_group.function["reconcile"].name
      pattern = "{ $.message = \"reconcile\" && $.outcome = \"damage\" }"
      says    = "Reconcile met objects that are not what they should be: run `outlast verify`."
    }
    damage-verify = {
      log     = aws_cloudwatch_log_group.function["verify"].name
      pattern = "{ $.message = \"verify\" && $.outcome = \"damage\" }"
      says    = "Verify found damage: its \"finding\" lines say which object in which bucket."
    }
    removal = {
      log     = local.trail_log
      pattern = "{ ${join(" || ", [for name in local.removals : "($.eventName = \"${name}\")"])} }"
      says    = "Somebody tried to delete from the bucket. Outlast never does."
    }
    lock-change = {
      log     = local.trail_log
      pattern = "{ (${join(" || ", [for name in local.lock_changes : "($.eventName = \"${name}\")"])}) && ($.userIdentity.sessionContext.sessionIssuer.userName NOT EXISTS || (${join(" && ", [for name in local.keepers : "$.userIdentity.sessionContext.sessionIssuer.userName != \"${name}\""])}) || $.errorCode EXISTS) }"
      says    = "Somebody who is not the keeper touched a lock, or the keeper was refused."
    }
    settings = {
      log     = local.trail_log
      pattern = "{ ($.readOnly IS FALSE) && ($.managementEvent IS TRUE) && ($.eventName != \"CreateLogStream\") && (${join(" || ", [for service in keys(local.settings) : "($.eventSource = \"${service}.amazonaws.com\")"])}) }"
      says    = "Somebody changed ${join("; or ", values(local.settings))}. A deployment does; anybody else should not."
    }
  }

  # Good news: its absence for so many hours is the alarm.
  good = merge(
    {
      equal = {
        log     = aws_cloudwatch_log_group.function["reconcile"].name
        pattern = "{ $.message = \"reconcile\" && $.outcome = \"ok\" }"
        hours   = 1
        says    = "For an hour no run of reconcile ended with equal buckets: a copy is missing, a bucket is out of reach, or reconcile does not run."
      }
      verified = {
        log     = aws_cloudwatch_log_group.function["verify"].name
        pattern = "{ $.message = \"verify\" }"
        hours   = 48
        says    = "Verify has not run for two days."
      }
      kept = {
        log = aws_cloudwatch_log_group.function["keep"].name
        # While locks can be lifted, which is for trying out, no run can be content.
        pattern = var.lock == "locked" ? "{ $.message = \"keep\" && $.outcome = \"ok\" }" : "{ $.message = \"keep\" }"
        hours   = 24
        says    = "For a day no run of keep ended well: locks are no longer extended, and the first end within a week. Run `outlast keep` elsewhere."
      }
    },
    {
      for source, hours in var.sources : "source-${source}" => {
        log     = local.capture_log
        pattern = "{ $.message = \"webhook\" && $.source = \"${source}\" && $.status = 200 }"
        hours   = hours
        says    = "No webhook of ${source} was stored for ${hours} hours: see whether the CRM still sends, and what this receiver answers."
      } if hours > 0
    },
  )
}

resource "aws_sns_topic" "alarms" {
  name = "${var.name}-alarms"
}

resource "aws_sns_topic_subscription" "email" {
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = var.email
}

resource "aws_cloudwatch_log_metric_filter" "this" {
  for_each       = merge({ for k, v in local.bad : k => v.log }, { for k, v in local.good : k => v.log })
  name           = "${var.name}-${each.key}"
  log_group_name = each.value
  pattern        = try(local.bad[each.key].pattern, local.good[each.key].pattern)
  metric_transformation {
    namespace = var.name
    name      = each.key
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "bad" {
  for_each            = local.bad
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.says
  namespace           = var.name
  metric_name         = each.key
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "good" {
  for_each            = local.good
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.says
  namespace           = var.name
  metric_name         = each.key
  statistic           = "Sum"
  period              = 3600
  evaluation_periods  = each.value.hours
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
}

# What is in the queue is in no bucket.
resource "aws_cloudwatch_metric_alarm" "undelivered" {
  alarm_name          = local.undelivered
  alarm_description   = "An event could not be kept, after all attempts: send it again from the queue, within 14 days."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = local.undelivered }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
}

resource "aws_budgets_budget" "this" {
  name         = var.name
  budget_type  = "COST"
  limit_amount = tostring(var.budget)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  dynamic "notification" {
    for_each = { ACTUAL = 80, FORECASTED = 100 }
    content {
      notification_type          = notification.key
      threshold                  = notification.value
      threshold_type             = "PERCENTAGE"
      comparison_operator        = "GREATER_THAN"
      subscriber_email_addresses = [var.email]
    }
  }
}
