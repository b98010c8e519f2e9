package task

import (
	"context"
	"log/slog"

	"outlast.example/shared/keep"
	"outlast.example/shared/reconcile"
	"outlast.example/shared/verify"
)

// maxTold bounds the findings that a scheduled run logs one by one. The line of the run counts all of them.
const maxTold = 20

var levels = map[verify.Outcome]slog.Level{verify.OK: slog.LevelInfo, verify.Partial: slog.LevelWarn, verify.Damage: slog.LevelError}

// logReconciled writes the line that alarms go by: message "reconcile", and the outcome in the words of verify.
func logReconciled(ctx context.Context, log *slog.Logger, r *Reconciled) {
	for _, f := range r.Finding[:min(len(r.Finding), maxTold)] {
		log.WarnContext(ctx, "finding", "task", "reconcile", "bucket", f.Bucket, "key", f.Key, "detail", f.Detail)
	}
	outcome := verify.OK
	switch {
	case r.Findings > 0:
		outcome = verify.Damage
	case r.Partial():
		outcome = verify.Partial
	}
	log.LogAttrs(ctx, levels[outcome], "reconcile", slog.String("outcome", string(outcome)),
		slog.Int("hours", r.Hours), slog.Time("next", r.Next), slog.Int("sealed", r.Sealed), slog.Int("unsealed", r.Unsealed),
		slog.Int("requests", r.Requests), slog.Int("findings", r.Findings),
		slog.Any("strange", r.Strange), slog.Any("left_out", r.LeftOut), copies(r.Buckets))
}

func copies(buckets []reconcile.BucketReport) slog.Attr {
	all := make([]slog.Attr, len(buckets))
	for i, b := range buckets {
		all[i] = slog.GroupAttrs(b.Name, slog.Int("listed", b.Listed), slog.Int("copied", b.Copied),
			slog.Int("missing", b.Missing), slog.String("error", b.Error))
	}
	return slog.GroupAttrs("buckets", all...)
}

// logVerified writes the line that alarms go by: message "verify".
func logVerified(ctx context.Context, log *slog.Logger, r *verify.Report) {
	for _, f := range r.Finding {
		log.WarnContext(ctx, "finding", "task", "verify",
			"bucket", f.Bucket, "key", f.Key, "verdict", string(f.Verdict), "known", f.Known)
	}
	log.LogAttrs(ctx, levels[r.Outcome], "verify", slog.String("outcome", string(r.Outcome)),
		slog.String("part", r.Read.String()), slog.Int("batches", r.Batches), slog.Int("hours", r.Hours.Sealed),
		slog.Int("firm", r.Hours.Firm), slog.Int("requests", r.Requests), slog.Int("findings", r.Findings),
		slog.Any("why", r.Why))
}

var keepLevels = map[keep.Outcome]slog.Level{keep.OK: slog.LevelInfo, keep.Partial: slog.LevelWarn, keep.Attention: slog.LevelError}

// logKept writes the line that alarms go by: message "keep", and the outcome in the words of keep.
func logKept(ctx context.Context, log *slog.Logger, r *keep.Report) {
	for _, f := range r.Finding[:min(len(r.Finding), maxTold)] {
		log.WarnContext(ctx, "finding", "task", "keep", "bucket", f.Bucket, "key", f.Key, "detail", f.Detail)
	}
	log.LogAttrs(ctx, keepLevels[r.Outcome], "keep", slog.String("outcome", string(r.Outcome)),
		slog.Time("until", r.Until), slog.Int("findings", r.Findings), locks(r.Buckets))
}

func locks(buckets []keep.BucketReport) slog.Attr {
	all := make([]slog.Attr, len(buckets))
	for i, b := range buckets {
		all[i] = slog.GroupAttrs(b.Name, slog.Int("objects", b.Objects), slog.Int("extended", b.Extended),
			slog.Int("enough", b.Enough), slog.Int("requests", b.Requests), slog.Bool("through", b.Next == nil),
			slog.String("error", b.Error))
	}
	return slog.GroupAttrs("buckets", all...)
}
