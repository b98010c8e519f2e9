package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"outlast.example/shared/config"
	"outlast.example/shared/doctor"
	"outlast.example/shared/format"
	"outlast.example/shared/store"
	"outlast.example/shared/wire"
)

type doctorFlags struct {
	as, probe   string
	token, json bool
}

func (a *app) doctor() *cobra.Command {
	var f doctorFlags
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Try what this identity must be able to do in each bucket, and what it must not",
		Long: "Doctor uses the credentials that it finds, as a deployed function would, and tries in every bucket what their role\n" +
			"needs, and what nobody may do: overwrite, delete, shorten a lock. It tries these on a probe, a batch made for it that\n" +
			"says nothing. As capture and reconcile it makes one, in the name of the configured receiver, and prints its key; as keep and\n" +
			"restore it is told which. A probe stays, as everything does. What only a lock refuses, and no want of a right, counts as if it\n" +
			"had succeeded: Google and Azure say which of the two it was, and Amazon hides what is deleted under a marker.\n\n" +
			"With --token it shows instead what each way of the federation yields: the claims that this cloud vouches for, and whom\n" +
			"the other cloud takes this process for. No token is shown.\n\n" +
			"Exit codes: 0 all is as it should be; 1 something forbidden succeeded, or something needed was refused; 3 something\n" +
			"could not be tried.",
		Example: "  outlast doctor --as capture\n" +
			"  outlast doctor --as keep --probe log/2026/11/22/09/…jsonl.zst.age",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.runDoctor(c.Context(), f) },
	}
	c.Flags().StringVar(&f.as, "as", "", "what the identity is for: "+roles())
	c.Flags().StringVar(&f.probe, "probe", "", "as keep and restore: the key of a probe that another run printed")
	c.Flags().BoolVar(&f.token, "token", false, "show what each way of the federation yields, and try nothing else")
	c.Flags().BoolVar(&f.json, "json", false, "one JSON object")
	c.MarkFlagsOneRequired("as", "token")
	c.MarkFlagsMutuallyExclusive("as", "token")
	return c
}

func roles() string {
	var names []string
	for _, r := range doctor.Roles() {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}

// doctorReport is what doctor says in --json. Its names are a promise.
type doctorReport struct {
	As     doctor.Role    `json:"as"`
	Probe  string         `json:"probe"`
	Checks []doctor.Check `json:"checks"`
}

func (a *app) runDoctor(ctx context.Context, f doctorFlags) error {
	if f.token {
		return a.runTokens(ctx, f.json)
	}
	role := doctor.Role(f.as)
	if !slices.Contains(doctor.Roles(), role) {
		return fmt.Errorf("%w: --as %s: want one of %s", errUsage, f.as, roles())
	}
	c, err := a.configure()
	if err != nil {
		return err
	}
	now := time.Now()
	probe, err := f.probeFor(role, c, now)
	if err != nil {
		return err
	}
	report := doctorReport{As: role, Probe: probe.Key, Checks: []doctor.Check{}}
	for _, url := range c.Buckets {
		checks, err := examine(ctx, role, c.Federation, url, probe, now)
		if err != nil {
			return err
		}
		report.Checks = append(report.Checks, checks...)
	}
	if err := a.printDoctor(report, f.json); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return doctorVerdict(report.Checks)
}

func (f doctorFlags) probeFor(role doctor.Role, c *config.Config, now time.Time) (doctor.Probe, error) {
	makes := role == doctor.Capture || role == doctor.Reconcile
	switch {
	case makes && f.probe != "":
		return doctor.Probe{}, fmt.Errorf("%w: as %s, doctor makes its own probe: leave --probe out", errUsage, role)
	case makes:
		if err := c.Capture(); err != nil {
			return doctor.Probe{}, err
		}
		return wire.NewProbe(c, now)
	}
	if err := c.Look(); err != nil {
		return doctor.Probe{}, err
	}
	if _, err := format.ParseKey(f.probe); err != nil {
		return doctor.Probe{}, fmt.Errorf("%w: --probe: %w; \"outlast doctor --as capture\" makes one and prints its key", errUsage, err)
	}
	return doctor.Probe{Key: f.probe, Content: store.NewContent(nil)}, nil
}

func examine(
	ctx context.Context, role doctor.Role, f config.Federation, url string, probe doctor.Probe, now time.Time,
) (_ []doctor.Check, err error) {
	b, err := wire.Doctored(ctx, f, url, probe.Key)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	return doctor.Examine(ctx, role, b, probe, now), nil
}

// printDoctor prints a table: what was found first, and the wrong lines marked.
func (a *app) printDoctor(r doctorReport, asJSON bool) error {
	if asJSON {
		encoder := json.NewEncoder(a.out)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(r)
	}
	table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	bucket := ""
	for _, c := range r.Checks {
		if c.Bucket != bucket {
			bucket = c.Bucket
			_, _ = fmt.Fprintf(table, "%s\n", bucket) // Flush gives the error
		}
		_, _ = fmt.Fprintf(table, "  %s\t%s %s\t%s\n", mark(c), c.Want, c.Action, c.Got)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, c := range r.Checks {
		if c.Detail != "" && (c.Wrong() || c.Got == doctor.NotKnown) {
			a.say("%s: %s", c.Action, c.Detail)
		}
	}
	return a.print("Probe: %s", r.Probe)
}

func mark(c doctor.Check) string {
	switch {
	case c.Wrong():
		return "WRONG"
	case c.Got == doctor.NotKnown:
		return "?"
	}
	return "ok"
}

func doctorVerdict(checks []doctor.Check) error {
	wrong, unknown := 0, 0
	for _, c := range checks {
		switch {
		case c.Wrong():
			wrong++
		case c.Got == doctor.NotKnown:
			unknown++
		}
	}
	switch {
	case wrong > 0:
		return fmt.Errorf("%s not as they should be: this identity has rights that it must not have, or lacks some",
			count(wrong, "check is", "checks are"))
	case unknown > 0:
		return fmt.Errorf("%w: %s could not be made", errPartial, count(unknown, "check", "checks"))
	}
	return nil
}
