package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"outlast.example/shared/config"
	"outlast.example/shared/doctor"
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
	c.Flags().BoolVar(&s.ExcludeUnsigned, "exclude-unsigned", false,
		"leave out what a shared token only vouches for: no signature binds its body")
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
	room, err := format.Prepare(f.to, f.replace)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, room.Close()) }()
	for _, other := range room.Others() {
		a.say("%s: unless another restore to %s runs, one was killed: it can hold records in plain text, and as \"old\" what was there before; "+
			"keep what you need of it and remove it", other, f.to)
	}
	r, err := a.openForReading(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, wire.Close(r.buckets)) }()
	if err := knownSource(f.selection.Source, r.config); err != nil {
		return err
	}
	result, err := a.readState(ctx, r, f)
	if err != nil {
		return err
	}
	unwritten := room.Write(ctx, result.Records())
	if err := a.report(&result.Report, f, unwritten == nil); err != nil || unwritten != nil {
		return errors.Join(unwritten, err)
	}
	if result.Report.Records == (restore.Records{}) {
		a.sayNothingMatches(f)
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
	sources[doctor.Source().Name] = doctor.Source()
	bar := a.progress("reading batches")
	defer bar.clear()
	result, err := restore.Read(ctx, restore.Options{
		Buckets: r.buckets, From: f.from, Root: r.root, Repository: r.config.Repository, Quorum: r.config.Quorum,
		Identities: r.identities, Sources: sources, Selection: f.selection,
		Progress: func(p restore.Progress) { bar.set(int64(p.Done), int64(p.Known)) },
	})
	if errors.Is(err, restore.ErrNoReceiver) || errors.Is(err, restore.ErrNoBucket) {
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	return result, err
}

// sayNothingMatches tells a mistyped selection from an empty repository.
func (a *app) sayNothingMatches(f restoreFlags) {
	var wishes []string
	for _, flag := range []struct{ name, value string }{
		{"--source", f.selection.Source}, {"--type", f.selection.Type}, {"--record", f.selection.Record},
		{"--at", f.at}, {"--known-at", f.knownAt},
	} {
		if flag.value != "" {
			wishes = append(wishes, flag.name+" "+flag.value)
		}
	}
	if f.selection.ExcludeUnsigned {
		wishes = append(wishes, "--exclude-unsigned")
	}
	if len(wishes) == 0 {
		return
	}
	a.say("nothing matches %s", strings.Join(wishes, " "))
}

// knownSource refuses the name of a source that is not configured; empty is every source.
func knownSource(name string, c *config.Config) error {
	var names []string
	for _, s := range c.Sources {
		names = append(names, s.Name)
	}
	slices.Sort(names)
	if name == "" || slices.Contains(names, name) {
		return nil
	}
	return fmt.Errorf("%w: --source %s: the configuration has %s", errUsage, name, strings.Join(names, ", "))
}
