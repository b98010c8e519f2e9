package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"outlast.example/shared/reconcile"
	"outlast.example/shared/task"
)

type reconcileFlags struct {
	since    string
	to       []string
	relist   bool
	within   time.Duration
	requests int
	parallel int
	json     bool
}

func (a *app) reconcile() *cobra.Command {
	var f reconcileFlags
	c := &cobra.Command{
		Use:   "reconcile",
		Short: "Copy to every bucket what it lacks, and seal the hours that are over",
		Long: "Reconcile makes all buckets hold the same objects: it lists the last hours in every bucket, and older ones\n" +
			"where a bucket lacks their seals, copies what is missing after it checked hash and signature, and deletes\n" +
			"nothing. With a sealer's key it signs the list of each hour that is over, lists every older hour again once in\n" +
			"thirty days, and writes, where that changed or once a day, a report of what it found, for \"outlast status\".\n" +
			"It needs no age identity. Run it as often as you like, also twice at once; a run that is stopped is finished\n" +
			"by the next. With --for or --requests a run brings the last hours in line first, seals what is due, and goes\n" +
			"on with older ones; it need not be told where the one before ended.\n\n" +
			"To fill a new bucket, name it with --to. Once it holds everything, reconcile says which descriptor comes next:\n" +
			"\"outlast descriptor next --add-bucket URL --complete URL\", which compares the listings once more. Then add it to\n" +
			"every configuration. One that capture shall write to before it is filled is added first, with --add-bucket alone.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.runReconcile(c.Context(), f) },
	}
	c.Flags().StringVar(&f.since, "since", "", "begin with this hour: 2026-11-22, 2026-11-22T09:00:00Z or 48h for 48 hours ago (default: the repository's first)")
	c.Flags().StringArrayVar(&f.to, "to", nil, "a further bucket to bring everything to, which the configuration does not name yet")
	c.Flags().BoolVar(&f.relist, "relist", false, "list every hour in every bucket, also those that are sealed everywhere")
	c.Flags().DurationVar(&f.within, "for", 0, "stop after this time; the next run goes on (default: no limit)")
	c.Flags().IntVar(&f.requests, "requests", 0, "stop after so many requests for older hours, beyond what every run does first; the next run goes on (default: no limit)")
	c.Flags().IntVar(&f.parallel, "parallel", 16, "copies under way at once")
	c.Flags().BoolVar(&f.json, "json", false, "the report as one JSON object")
	return c
}

func (f *reconcileFlags) check() error {
	if f.within < 0 || f.requests < 0 || f.parallel < 1 {
		return fmt.Errorf("%w: --for and --requests cannot be negative, and --parallel is 1 at least", errUsage)
	}
	return nil
}

func (a *app) runReconcile(ctx context.Context, f reconcileFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	since, err := moment(f.since)
	if err != nil {
		return err
	}
	settings, err := a.configure()
	if err != nil {
		return err
	}
	if err := settings.Reconcile(); err != nil {
		return err
	}
	done, err := task.Reconcile(ctx, settings, task.Reconciling{
		To: f.to, Since: since, Relist: f.relist, Within: f.within, Requests: f.requests, Parallel: f.parallel,
	})
	if err != nil && !errors.Is(err, task.ErrUntold) {
		return err
	}
	return errors.Join(ctx.Err(), err, a.reconciled(done.Report, f.json), a.strangers(done))
}

// strangers says what the configuration and the descriptor do not agree on, and what comes after a new bucket was filled.
func (a *app) strangers(done task.Reconciled) error {
	if done.Equal && len(done.New) > 0 {
		a.say("Filled. Now sign that it belongs to the repository, and since when it is complete:\n  outlast descriptor next%s", added(done.New))
	}
	for _, url := range done.Strange {
		a.say("%s is none of the descriptor's buckets: add it with \"outlast descriptor next --add-bucket\", or leave it out", url)
	}
	for _, url := range done.LeftOut {
		a.say("%s is one of the descriptor's buckets and was left out: name it in the configuration", url)
	}
	if len(done.Strange)+len(done.LeftOut) > 0 {
		return fmt.Errorf("%w: the configuration's buckets are not the descriptor's", errPartial)
	}
	return nil
}

// added are the flags that add buckets which hold everything.
func added(urls []string) string {
	var flags strings.Builder
	for _, url := range urls {
		fmt.Fprintf(&flags, " --add-bucket '%s' --complete '%[1]s'", url)
	}
	return flags.String()
}

// reconciled prints the report and says by its error how the repository stands.
func (a *app) reconciled(r reconcile.Report, asJSON bool) error {
	if asJSON {
		if err := a.printJSON(r); err != nil {
			return err
		}
	} else if err := a.printReconciled(r); err != nil {
		return err
	}
	switch {
	case r.Findings > 0:
		return fmt.Errorf("%w: %d objects are not what they should be: see outlast verify", errDamage, r.Findings)
	case !r.Next.IsZero():
		return fmt.Errorf("%w: stopped before %s; run reconcile again to go on", errPartial, r.Next.Format(time.RFC3339))
	case !r.Equal:
		return fmt.Errorf("%w: not every bucket holds everything yet", errPartial)
	case r.Unsealed > 0:
		return hinted{fmt.Errorf("%w: %s due and not sealed", errPartial, count(r.Unsealed, "hour is", "hours are")),
			"hours are sealed in order, once enough buckets are complete by the descriptor: see \"outlast descriptor next --complete\", and run without --since"}
	}
	return nil
}

func (a *app) printReconciled(r reconcile.Report) error {
	for _, finding := range r.Finding {
		a.say("%s in %s: %s", finding.Key, cmp.Or(finding.Bucket, "the repository"), finding.Detail)
	}
	for _, b := range r.Buckets {
		state := "holds everything"
		switch {
		case b.Error != "":
			state = "not everything is known or done: " + b.Error
		case b.Missing > 0:
			state = fmt.Sprintf("still lacks %d", b.Missing)
		}
		if err := a.print("%s: %d objects listed, %d copied to it (%d bytes); %s", b.Name, b.Listed, b.Copied, b.Bytes, state); err != nil {
			return err
		}
	}
	if r.Late > 0 {
		a.say("%d late batches are in no seal yet. Those of older hours wait for their turn, or for a run with --relist that has an hour "+
			"to seal: the next is due at a quarter past", r.Late)
	}
	return a.print("%d hours, %d sealed now, %d waiting to be sealed; %d batches lost; %d requests", r.Hours, r.Sealed, r.Unsealed, r.Lost, r.Requests)
}
