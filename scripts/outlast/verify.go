package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"outlast.example/shared/config"
	reports "outlast.example/shared/report"
	"outlast.example/shared/task"
	"outlast.example/shared/verify"
)

// readingAtOnce is how many objects verify reads or repairs at once: enough to fill a line, whatever the distance.
const readingAtOnce = 16

type verifyFlags struct {
	read, from, since, checkpoint string
	chain, repair, json           bool
}

func (a *app) verify() *cobra.Command {
	var f verifyFlags
	c := &cobra.Command{
		Use:   "verify",
		Short: "Find what is missing, altered, forged or rolled back in the buckets, and repair it",
		Long: "Verify lists all buckets and compares them with each other and with the seals; --read 3/30 also reads the\n" +
			"third thirtieth of all objects and compares their bytes with their names, so that thirty runs read everything\n" +
			"once. It needs no age identity. It keeps a checkpoint on this machine, so that a rollback of all buckets shows;\n" +
			"--chain wants one: with it, one bucket (--from) proves by its seals that nothing was removed, added or rolled back\n" +
			"since, however old; that no bytes were changed takes --read 1/1, as without it sizes are compared. It exits with 3\n" +
			"where there is no checkpoint yet, where that holds no firm hour, and where hours are not firm that should be: two\n" +
			"sealers sign a firm hour, or the only one whose key is valid. Beside it, for \"outlast status\", it keeps\n" +
			"what a run over all buckets found; with --repair and a sealer's key that is reported in the buckets, too.\n\n" +
			"A run compares names, which hold hashes, and sizes, and no checksums of the stores: bytes that changed and kept\n" +
			"their length only --read sees. What a bucket lacks counts as behind, and not as damage, until a seal lists it\n" +
			"or its hour is 26 hours old.\n\n" +
			"--repair copies sound objects to where they are missing, and beside what is damaged. Nothing is overwritten\n" +
			"or deleted; what only a person can do is said.\n\n" +
			"Exit codes: 0 nothing is wrong, or everything was repaired; 3 something could not be looked at, or is not\n" +
			"known; 4 damage was found, and some of it stays.",
		Example: "  outlast verify --read 3/30\n" +
			"  outlast verify --chain --from gs://bucket\n" +
			"  outlast verify --read 1/1 --repair",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.runVerify(c.Context(), f) },
	}
	c.Flags().StringVar(&f.read, "read", "", "read the bytes of a part too: 3/30 is the third thirtieth, 1/1 everything")
	c.Flags().BoolVar(&f.chain, "chain", false, "prove by all seals and the checkpoint that nothing was removed, added or rolled back; that no bytes changed takes --read 1/1 too")
	c.Flags().StringVar(&f.from, "from", "", "look at this bucket only, as the configuration names it")
	c.Flags().StringVar(&f.since, "since", "", "begin with this hour: 2026-11-22, 2026-11-22T09:00:00Z or 720h for 30 days ago")
	c.Flags().StringVar(&f.checkpoint, "checkpoint", "", "file of the checkpoint (default: one for each repository, in the user's state folder)")
	c.Flags().BoolVar(&f.repair, "repair", false, "repair what can be repaired")
	c.Flags().BoolVar(&f.json, "json", false, "print the account as JSON to stdout")
	c.MarkFlagsMutuallyExclusive("chain", "since")
	c.MarkFlagsMutuallyExclusive("repair", "from") // one bucket has nothing to repair it from
	return c
}

func (a *app) runVerify(ctx context.Context, f verifyFlags) error {
	o, c, kept, err := a.verifyOptions(f)
	if err != nil {
		return err
	}
	bar := a.progress("looking at batches")
	o.Progress = func(n int) { bar.set(int64(n), 0) }
	look := task.Verify
	if f.repair {
		look = task.Repair
	}
	report, err := look(ctx, c, o)
	bar.clear()
	if report.Outcome == "" {
		return err // and otherwise it is one of telling what was found
	}
	if report.Checkpoint != nil {
		err = errors.Join(err, kept.write(report.Checkpoint))
	}
	if !o.Some && o.Since.IsZero() { // otherwise it is not all that there is
		err = errors.Join(err, kept.beside(report.Repository, reports.Verify).write(o.Now, reports.Verified(&report, o.Now)))
	}
	return errors.Join(err, a.printVerified(&report, f.json), verified(&report))
}

func (a *app) verifyOptions(f verifyFlags) (o verify.Options, c *config.Config, kept checkpointFile, err error) {
	o = verify.Options{Now: time.Now(), Parallel: readingAtOnce, Some: f.from != "", Chain: f.chain}
	if f.read != "" {
		if o.Read, err = verify.ParsePart(f.read); err != nil {
			return o, nil, "", fmt.Errorf("%w: --read: %w", errUsage, err)
		}
	}
	if o.Since, err = moment(f.since); err != nil {
		return o, nil, "", err
	}
	if c, err = a.configure(); err != nil {
		return o, nil, "", err
	}
	if err = c.Look(); err != nil {
		return o, nil, "", err
	}
	if c.Buckets, err = chosen(c.Buckets, f.from); err != nil {
		return o, nil, "", err
	}
	if kept, err = checkpointPath(f.checkpoint, c.Repository); err != nil {
		return o, nil, "", err
	}
	if o.Checkpoint, err = kept.read(); err != nil {
		return o, nil, "", err
	}
	return o, c, kept, nil
}

// chosen are all buckets, or the one that is named.
func chosen(buckets []string, from string) ([]string, error) {
	switch {
	case from == "":
		return buckets, nil
	case slices.Contains(buckets, from):
		return []string{from}, nil
	}
	return nil, fmt.Errorf("%w: --from %s is none of the buckets: want one of %s", errUsage, from, strings.Join(buckets, ", "))
}
