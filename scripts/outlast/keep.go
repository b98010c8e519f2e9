package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"outlast.example/shared/keep"
	reports "outlast.example/shared/report"
	"outlast.example/shared/verify"
	"outlast.example/shared/wire"
)

// keepers is how many objects of a bucket are under way at once: a store takes tens of milliseconds for each.
const keepers = 16

// keepUntil is how far ahead locks are to reach unless told otherwise.
const keepUntil = "14d"

type keepFlags struct {
	until, resume string
	within        time.Duration
	requests      int
	dryRun, json  bool
}

func (a *app) keep() *cobra.Command {
	var f keepFlags
	c := &cobra.Command{
		Use:   "keep",
		Short: "Extend the locks of everything in the buckets, so that nobody can delete it",
		Long: "Keep extends every lock that ends sooner than --until to the end of that day (UTC), in all buckets. Run it once a\n" +
			"week: then everything is locked for seven days more at any time. Every lock that is extended is billed like a\n" +
			"write; what a run of the same day has extended is only looked at. No lock is ever shortened. It needs no key.\n\n" +
			"Exit codes: 0 all locks reach that far; 3 something is left to do or not known; 4 a lock had ended, can be\n" +
			"lifted, or could not be extended.",
		Example: "  outlast keep\n" +
			"  outlast keep --dry-run                                     # how far do the locks reach?\n" +
			"  outlast keep --for 10m --json > kept.json                  # a slice of a large repository\n" +
			"  outlast keep --for 10m --json --resume kept.json > on.json # and the next one",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.runKeep(c.Context(), f) },
	}
	c.Flags().StringVar(&f.until, "until", keepUntil, "how far ahead locks are to reach, in days: 1d to 14d")
	c.Flags().DurationVar(&f.within, "for", 0, "stop after this time, such as 10m (default: when all is done)")
	c.Flags().IntVar(&f.requests, "requests", 0, "make at most so many requests to each bucket (default: no limit)")
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "only look")
	c.Flags().StringVar(&f.resume, "resume", "", "go on where the run ended whose --json output this file holds")
	c.Flags().BoolVar(&f.json, "json", false, "print the account as JSON to stdout")
	return c
}

func (a *app) runKeep(ctx context.Context, f keepFlags) (err error) {
	options, err := f.options()
	if err != nil {
		return err
	}
	c, err := a.configure()
	if err != nil {
		return err
	}
	if err := c.Look(); err != nil {
		return err
	}
	buckets, err := wire.Lockers(ctx, c.Federation, c.Buckets)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, wire.Close(buckets)) }()
	for _, b := range buckets {
		options.Buckets = append(options.Buckets, b)
	}
	report, err := a.keepFor(ctx, f.within, options)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	unkept := rememberKept(c.Repository, f, &report, options)
	if err := a.kept(&report, f.json); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errors.Join(unkept, keepVerdict(&report))
}

// rememberKept keeps what a run found for "outlast status", unless it only looked, or aimed at less than status wants. Of a run
// in slices it counts from the day whose runs lock as far as all of its slices did.
func rememberKept(repository string, f keepFlags, r *keep.Report, o keep.Options) error {
	file, err := checkpointPath("", repository)
	if err != nil || f.dryRun || f.until != keepUntil {
		return err
	}
	began := o.Now.Add(r.Until.Sub(o.Until()))
	return file.beside(repository, reports.Keep).write(o.Now, reports.Kept(r, verify.Part{Number: 1, Of: 1}, began))
}

// keepFor runs a slice. The end of its time is no error.
func (a *app) keepFor(ctx context.Context, within time.Duration, o keep.Options) (keep.Report, error) {
	if within > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, within)
		defer stop()
	}
	bar := a.progress("seeing to locks")
	defer bar.clear()
	o.Progress = func(objects int) { bar.set(int64(objects), 0) }
	return keep.Run(ctx, o)
}

func (f keepFlags) options() (keep.Options, error) {
	o := keep.Options{Now: time.Now(), Requests: f.requests, Parallel: keepers, DryRun: f.dryRun}
	days, isDays := strings.CutSuffix(f.until, "d")
	n, err := strconv.Atoi(days)
	if err != nil || !isDays || n < 1 || n > int(keep.Ahead/(24*time.Hour)) {
		return o, fmt.Errorf("%w: --until %q: want 1d to 14d", errUsage, f.until)
	}
	o.Ahead = time.Duration(n) * 24 * time.Hour
	if f.within < 0 || f.requests < 0 {
		return o, fmt.Errorf("%w: --for and --requests cannot be negative", errUsage)
	}
	if f.resume == "" {
		return o, nil
	}
	text, err := os.ReadFile(f.resume)
	if err != nil {
		return o, fmt.Errorf("%w: --resume: %w", errUsage, err)
	}
	o.Resume = new(keep.Report)
	if err := json.Unmarshal(text, o.Resume); err != nil {
		return o, fmt.Errorf("%w: --resume: %s is no output of keep --json: %w", errUsage, f.resume, err)
	}
	return o, nil
}

// kept prints the account of a run: for programs to stdout, for people to stderr.
func (a *app) kept(r *keep.Report, asJSON bool) error {
	if asJSON {
		encoder := json.NewEncoder(a.out)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(r)
	}
	if r.DryRun {
		a.say("Looked at the locks; a run would extend those that end before %s.", r.Until.Format(time.RFC3339))
	} else {
		a.say("Extended the locks that ended before %s.", r.Until.Format(time.RFC3339))
	}
	for _, b := range r.Buckets {
		a.say("  %s: %s", b.Name, lockCondition(b, r.DryRun))
	}
	for _, finding := range r.Finding {
		a.say("  %s in %s: %s", finding.Key, finding.Bucket, finding.Detail)
	}
	if more := r.Findings - len(r.Finding); more > 0 {
		a.say("  and %d more", more)
	}
	return nil
}

// lockCondition sums up what was met in a bucket.
func lockCondition(b keep.BucketReport, dryRun bool) string {
	text := count(b.Objects, "object", "objects")
	extended := "extended"
	if dryRun {
		extended = "to extend"
	}
	for _, met := range []struct {
		n    int
		what string
	}{
		{b.Extended, extended}, {b.Enough, "long enough"}, {b.Ended, "had ended"}, {b.Removable, "can be lifted"},
		{b.Refused, "refused"}, {b.Unknown, "not known"},
	} {
		if met.n > 0 {
			text += fmt.Sprintf(", %d %s", met.n, met.what)
		}
	}
	if !b.Reaches.IsZero() {
		text += "; all known locks reach " + b.Reaches.Format(time.RFC3339)
	}
	text += fmt.Sprintf("; %s, about $%.4f", count(b.Requests, "request", "requests"), b.USD)
	if b.Error != "" {
		return text + "; " + b.Error
	}
	if b.Next != nil {
		return text + "; stopped before the end"
	}
	return text
}

// keepVerdict is the exit code's reason.
func keepVerdict(r *keep.Report) error {
	var names []string
	for _, b := range r.Buckets {
		if b.Outcome == r.Outcome {
			names = append(names, b.Name)
		}
	}
	where := strings.Join(names, ", ")
	switch r.Outcome {
	case keep.Attention:
		return hinted{fmt.Errorf("%w: not locked, or not to be kept so: %s", errAttention, where),
			"look at the bucket's own lock settings and the keeper's rights; \"outlast restore\" shows what is still there"}
	case keep.Partial:
		return hinted{fmt.Errorf("%w: %s", errPartial, where),
			"run it again: what is extended already is only looked at; --json and --resume skip that too"}
	}
	return nil
}
