package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"outlast.example/shared/status"
	"outlast.example/shared/watch"
)

type statusFlags struct {
	since, checkpoint string
	json              bool
}

func (a *app) status() *cobra.Command {
	var f statusFlags
	c := &cobra.Command{
		Use:   "status",
		Short: "Say how the buckets stand, whether the sources are heard as usual, and what looks like loss",
		Long: "Status lists the last 26 hours in every bucket and says of each its newest batch, what it lacks, the last\n" +
			"hours that are sealed and firm, what reconcile, verify and keep found last, and how far a few locks reach. It reads\n" +
			"what was captured lately and says of each source when it was last heard, in what rhythm, whether it has gone\n" +
			"quiet, whether its subscription ends, and whether many records were deleted or updated at once.\n\n" +
			"What reconcile, verify and keep found are reports in the buckets, which sealers signed; what verify and keep found\n" +
			"here is kept beside the checkpoint on this machine. What was wrong stays said until the same was looked at again;\n" +
			"a bucket is well only if all its bytes were read in 35 days, and all its locks seen to in eight. Locks are seen by\n" +
			"an identity that may: without one, they are not known.\n\n" +
			"The last line is one of three words, and the exit code goes with it: well (0), not known (3), or attention (4).\n" +
			"What is not known is never well: a rhythm takes two weeks to learn.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.runStatus(c.Context(), f) },
	}
	c.Flags().StringVar(&f.since, "since", "720h",
		"how far back to read: 2026-11-22, 2026-11-22T09:00:00Z or 720h for 30 days")
	c.Flags().StringVar(&f.checkpoint, "checkpoint", "", "file of verify's checkpoint (default: as verify has it)")
	c.Flags().BoolVar(&f.json, "json", false, "one JSON object")
	return c
}

// statusReport is what status says in --json. Its names are a promise.
type statusReport struct {
	Status string    `json:"status"`
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until"`
	Unread string    `json:"unread,omitempty"` // why not everything that was captured could be read

	Repository status.Repository `json:"repository"`
	Buckets    []status.Bucket   `json:"buckets"`
	Sources    []sourceStatus    `json:"sources"`
}

type sourceStatus struct {
	Name          string          `json:"name"`
	Kind          string          `json:"kind"`
	Status        string          `json:"status"`
	Unknown       []string        `json:"unknown,omitempty"` // what keeps it from being well
	Last          *time.Time      `json:"last,omitempty"`
	Deliveries    int             `json:"deliveries"`
	Uninterpreted int             `json:"uninterpreted"`
	Rhythm        *rhythmStatus   `json:"rhythm,omitempty"`
	Warnings      []watch.Warning `json:"warnings"`
}

type rhythmStatus struct {
	UsualHours     int     `json:"usual_hours"` // of a week
	LongestSilence float64 `json:"longest_silence_hours"`
}

func (a *app) runStatus(ctx context.Context, f statusFlags) error {
	since, err := moment(f.since)
	if err != nil {
		return err
	}
	c, sources, err := a.configuredSources()
	if err != nil {
		return err
	}
	report := statusReport{Status: status.Well, Since: since.UTC(), Sources: []sourceStatus{}}
	report.Repository, report.Buckets = a.standing(ctx, c, f.checkpoint, time.Now().UTC())
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if !f.json { // reading can take long
		if err := a.printStanding(report); err != nil {
			return err
		}
	}
	seen := newSighting(sources)
	shortcoming := a.captured(ctx, since, seen.add)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	report.Until = time.Now().UTC()
	if shortcoming != nil {
		report.Status, report.Unread = status.NotKnown, oneLine(shortcoming)
	}
	if errors.Is(shortcoming, errDamage) {
		report.Status = status.Attention
	}
	report.Status = status.Poorest(report.Status, report.Repository.Status)
	for _, b := range report.Buckets {
		report.Status = status.Poorest(report.Status, b.Status)
	}
	for _, s := range c.Sources {
		source := seen.status(sources[s.Name], report.Since, report.Until, shortcoming == nil)
		report.Status = status.Poorest(report.Status, source.Status)
		report.Sources = append(report.Sources, source)
	}
	if err := a.printSources(report, f.json); err != nil {
		return err
	}
	return report.reason(shortcoming)
}

// reason is the exit code's. What it is about was printed.
func (r *statusReport) reason(shortcoming error) error {
	switch {
	case shortcoming != nil && r.Status == status.Attention:
		return fmt.Errorf("%w; %w", errAttention, shortcoming)
	case shortcoming != nil:
		return shortcoming
	case r.Status == status.Attention:
		return errAttention
	case r.Status == status.NotKnown:
		return fmt.Errorf("%w: not known to be well", errPartial)
	}
	return nil
}

// printStanding prints for people what needs no reading of what was captured.
func (a *app) printStanding(r statusReport) error {
	if err := a.printBlock(repositoryTitle(r.Repository), "repository", repositoryRows(r.Repository)); err != nil {
		return err
	}
	for _, b := range r.Buckets {
		if err := a.printBlock(b.Name, "bucket", bucketRows(b)); err != nil {
			return err
		}
	}
	return nil
}

// printSources prints the rest for people, or all of it for programs.
func (a *app) printSources(r statusReport, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(a.out).Encode(r)
	}
	for _, s := range r.Sources {
		if err := a.printBlock(s.Name, s.Kind, s.rows(r)); err != nil {
			return err
		}
	}
	return a.print("Status: %s", r.Status)
}

func (s *sourceStatus) rows(r statusReport) [][2]string {
	last := "none since " + utc(r.Since)
	switch {
	case s.Last != nil:
		last = utc(*s.Last)
	case r.Unread != "":
		last = status.NotKnown
	}
	rows := [][2]string{{"last delivery", last + ", " + count(s.Deliveries, "delivery", "deliveries") + " read"}}
	if s.Rhythm != nil {
		rows = append(rows, [2]string{"rhythm", fmt.Sprintf("heard in %d of a week's 168 hours every week, never silent for more than %.0f hours",
			s.Rhythm.UsualHours, s.Rhythm.LongestSilence)})
	}
	for _, text := range s.Unknown {
		rows = append(rows, [2]string{status.NotKnown, text})
	}
	for _, w := range s.Warnings {
		rows = append(rows, [2]string{status.Attention, sentence(w)}, [2]string{"", w.Advice})
	}
	return rows
}

// sentence says what a warning is about.
func sentence(w watch.Warning) string {
	switch w.What {
	case watch.Quiet:
		return "quiet: silent since " + utc(w.Since)
	case watch.Expiring:
		return "expiring: the CRM stops to call at " + utc(w.Until)
	case watch.Expired:
		return "expired: the CRM was to stop calling at " + utc(w.Since)
	case watch.Sweep:
		return fmt.Sprintf("sweep: any record of type %q may have changed, and the CRM did not say which, %s to %s", w.Type, utc(w.Since), utc(w.Until))
	}
	return fmt.Sprintf("%s: about %s of type %q, %.0f %% of those heard of, %s to %s", w.What,
		count(w.Records, "record", "records"), w.Type, 100*w.Share, utc(w.Since), utc(w.Until))
}
