package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"outlast.example/shared/config"
	"outlast.example/shared/restore"
	"outlast.example/shared/restore/output"
	"outlast.example/shared/wire"
)

type restoreFlags struct {
	to, format         string
	at, knownAt, since string
	from               string
	replace, json      bool
	selection          restore.Selection
}

func (a *app) restore() *cobra.Command {
	var f restoreFlags
	c := &cobra.Command{
		Use:   "restore",
		Short: "Write the records as they were at a moment, from the buckets or from any one of them",
		Long: "Restore reads the buckets and writes the state of all records: a folder of JSON lines or of CSV, a file\n" +
			"for each type, or one SQLite file. The output is whole or absent. What could not be read or interpreted is\n" +
			"counted and listed: exit code 3 says that something was, 4 that damage or forgery was found. The rest is\n" +
			"restored all the same.",
		Example: "  outlast restore --to restored\n" +
			"  outlast restore --to before.sqlite --format sqlite --at 2026-11-22T09:00:00Z\n" +
			"  outlast restore --to one --from 's3://bucket?region=eu-central-1' --source acme --type contact",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.runRestore(c.Context(), f) },
	}
	s := &f.selection
	c.Flags().StringVar(&f.to, "to", "", "folder, or file for sqlite, to write")
	c.Flags().StringVar(&f.format, "format", "jsonl", "jsonl, csv or sqlite")
	c.Flags().StringVar(&f.at, "at", "", "the state at this moment by the CRM's clock: before a mistake was made there")
	c.Flags().StringVar(&f.knownAt, "known-at", "", "what was known at this moment: only what was received by then")
	c.Flags().StringVar(&s.Source, "source", "", "only this source")
	c.Flags().StringVar(&s.Type, "type", "", "only records of this type")
	c.Flags().StringVar(&s.Record, "record", "", "only the record with this id")
	c.Flags().StringVar(&s.ExcludeReceiver, "exclude-receiver", "",
		"leave out what this receiver signed since --since: it was taken over")
	c.Flags().StringVar(&f.since, "since", "", "see --exclude-receiver; left out: everything that it signed")
	c.Flags().StringVar(&f.from, "from", "", "read only this bucket, as the configuration names it")
	c.Flags().BoolVar(&f.replace, "replace", false, "replace an earlier output of the same format")
	c.Flags().BoolVar(&f.json, "json", false, "print the account as JSON to stdout")
	_ = c.MarkFlagRequired("to") // the flag exists
	return c
}

func (a *app) runRestore(ctx context.Context, f restoreFlags) (err error) {
	if err := f.moments(); err != nil {
		return err
	}
	format, err := output.Named(f.format)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if err := format.Check(f.to, f.replace); err != nil {
		return err
	}
	r, err := a.openForReading(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, wire.Close(r.buckets)) }()
	result, err := a.readState(ctx, r, f)
	if err != nil {
		return err
	}
	if err := format.Write(ctx, f.to, result.Records(), f.replace); err != nil {
		return err
	}
	if err := a.report(&result.Report, f); err != nil {
		return err
	}
	if result.Report.Records == (restore.Records{}) {
		a.sayNothingMatches(f, r.config)
	}
	return verdict(&result.Report)
}

func (f *restoreFlags) moments() error {
	var errs [3]error
	f.selection.At, errs[0] = moment(f.at)
	f.selection.KnownAt, errs[1] = moment(f.knownAt)
	f.selection.Since, errs[2] = moment(f.since)
	if f.since != "" && f.selection.ExcludeReceiver == "" {
		return fmt.Errorf("%w: --since goes with --exclude-receiver; the state at a moment is --at", errUsage)
	}
	return errors.Join(errs[:]...)
}

func (a *app) readState(ctx context.Context, r *reading, f restoreFlags) (*restore.Result, error) {
	sources, err := wire.Interpreters(r.config)
	if err != nil {
		return nil, err
	}
	bar := a.progress("reading batches")
	defer bar.clear()
	result, err := restore.Read(ctx, restore.Options{
		Buckets: r.buckets, From: f.from, Root: r.root, Repository: r.config.Repository, Quorum: r.config.Quorum,
		Identities: r.identities, Sources: sources, Selection: f.selection,
		Progress: func(p restore.Progress) { bar.set(int64(p.Done), int64(p.Known)) },
	})
	if errors.Is(err, restore.ErrNoReceiver) {
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	return result, err
}

func (a *app) report(r *restore.Report, f restoreFlags) error {
	if f.json {
		encoder := json.NewEncoder(a.out)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(r)
	}
	a.say("Restored %s to %s, from %s in %s in %s.", count(r.Records.Live, "record", "records"), f.to,
		count(r.Changes, "change", "changes"), count(r.Deliveries, "delivery", "deliveries"), count(r.Batches.Read, "batch", "batches"))
	a.say("Complete: %s: %s.", r.Complete, r.Why)
	for _, b := range r.Buckets {
		a.say("  %s: %s", b.Name, condition(b))
	}
	if n := r.Excluded.Batches; n > 0 {
		a.say("  excluded: %s of %s", count(n, "batch", "batches"), f.excluded())
	}
	for _, fault := range r.Fault {
		a.say("  %s: %s: %s", fault.Verdict, fault.Key, fault.Detail)
	}
	for _, s := range r.Strange {
		a.say("  not interpreted: delivery %s of %s: %s", s.Delivery, s.Source, s.Reason)
	}
	if r.Gaps > 0 {
		a.say("  gaps in %s: read again from the CRM what the output lists as such", count(r.Gaps, "record", "records"))
	}
	return nil
}

// excluded names the receiver that is left out, and since when.
func (f *restoreFlags) excluded() string {
	if f.since == "" {
		return f.selection.ExcludeReceiver
	}
	return f.selection.ExcludeReceiver + " since " + f.selection.Since.UTC().Format(time.RFC3339)
}

// sayNothingMatches tells a mistyped selection from an empty repository.
func (a *app) sayNothingMatches(f restoreFlags, c *config.Config) {
	var wishes []string
	for _, flag := range []struct{ name, value string }{
		{"--source", f.selection.Source}, {"--type", f.selection.Type}, {"--record", f.selection.Record},
		{"--at", f.at}, {"--known-at", f.knownAt},
	} {
		if flag.value != "" {
			wishes = append(wishes, flag.name+" "+flag.value)
		}
	}
	if len(wishes) == 0 {
		return
	}
	there := ""
	if sources := sourceNames(c); f.selection.Source != "" && !slices.Contains(sources, f.selection.Source) {
		there = "; there are: " + strings.Join(sources, ", ")
	}
	a.say("nothing matches %s%s", strings.Join(wishes, " "), there)
}

func sourceNames(c *config.Config) []string {
	var names []string
	for _, s := range c.Sources {
		names = append(names, s.Name)
	}
	slices.Sort(names)
	return names
}

// condition sums up what was met in a bucket.
func condition(b restore.Bucket) string {
	if !b.Reachable {
		return "not readable: " + b.Error
	}
	text := count(b.Objects, "batch", "batches")
	for _, met := range []struct {
		n    int
		what string
	}{
		{b.Missing, "missing"}, {b.Damaged, "damaged"}, {b.Forged, "forged"}, {b.Foreign, "foreign"}, {b.Unreadable, "unreadable"},
	} {
		if met.n > 0 {
			text += fmt.Sprintf(", %d %s", met.n, met.what)
		}
	}
	if b.Behind {
		text += ", its descriptor is old"
	}
	return text
}

// verdict is the exit code's reason.
func verdict(r *restore.Report) error {
	switch r.Outcome {
	case restore.Damage:
		return hinted{fmt.Errorf("%w: %s; everything else was restored", errDamage, count(r.Faults, "object", "objects")), afterDamage(r)}
	case restore.Partial:
		return fmt.Errorf("%w: %s", errPartial, strings.Join(shortcomings(r), "; "))
	}
	return nil
}

// afterDamage says what to do. Healthy copies stood in for all damaged ones, unless something was lost.
func afterDamage(r *restore.Report) string {
	switch {
	case r.Complete == restore.No:
		return "read from more of the buckets, or with another identity; keep the damaged objects for the inquiry"
	case slices.ContainsFunc(r.Buckets, func(b restore.Bucket) bool { return b.Damaged > 0 }):
		return "healthy copies were used in place of the damaged ones; keep those for the inquiry"
	}
	return "nothing was taken from these objects; keep them for the inquiry"
}

// shortcomings are what makes a restore partial: those that there are.
func shortcomings(r *restore.Report) []string {
	var all []string
	for _, s := range []struct {
		what string
		has  func(restore.Bucket) bool
	}{
		{"out of reach: ", func(b restore.Bucket) bool { return !b.Reachable }},
		{"behind: ", func(b restore.Bucket) bool { return b.Reachable && (b.Behind || b.Missing > 0) }},
	} {
		if names := bucketNames(r.Buckets, s.has); len(names) > 0 {
			all = append(all, s.what+strings.Join(names, ", "))
		}
	}
	if n := r.Batches.Lost; n > 0 {
		all = append(all, count(n, "batch", "batches")+" left out")
	}
	if n := r.Faults; n > 0 {
		all = append(all, count(n, "object", "objects")+" not readable")
	}
	if n := r.Uninterpreted; n > 0 {
		all = append(all, count(n, "delivery", "deliveries")+" not interpreted")
	}
	return all
}

func bucketNames(buckets []restore.Bucket, has func(restore.Bucket) bool) []string {
	var names []string
	for _, b := range buckets {
		if has(b) {
			names = append(names, b.Name)
		}
	}
	return names
}
