package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"outlast.example/shared/doctor"
	"outlast.example/shared/task"
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
			"says nothing. As capture it makes one, in the name of the configured receiver, and prints its key; as keep and restore it is\n" +
			"told which; as reconcile either. A probe stays, as everything does. What only a lock refuses, and no want of a right, counts as if it\n" +
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
	c.Flags().StringVar(&f.probe, "probe", "", "the key of a probe that another run printed")
	c.Flags().BoolVar(&f.token, "token", false, "show what each way of the federation yields, and try nothing else")
	c.Flags().BoolVar(&f.json, "json", false, "one JSON object")
	c.MarkFlagsOneRequired("as", "token")
	c.MarkFlagsMutuallyExclusive("as", "token")
	c.MarkFlagsMutuallyExclusive("token", "probe")
	return c
}

func roles() string {
	var names []string
	for _, r := range doctor.Roles() {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}

func (a *app) runDoctor(ctx context.Context, f doctorFlags) error {
	if f.token {
		return a.runTokens(ctx, f.json)
	}
	c, err := a.configure()
	if err != nil {
		return err
	}
	found, err := task.Doctor(ctx, c, task.Examination{As: doctor.Role(f.as), Probe: f.probe})
	if errors.Is(err, task.ErrAsked) {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if err != nil {
		return err
	}
	if err := a.printDoctor(found, f.json); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return doctorVerdict(found)
}

// printDoctor prints a table: what was found first, and the wrong lines marked.
func (a *app) printDoctor(r task.Examined, asJSON bool) error {
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
			_, _ = fmt.Fprintf(table, "%s\n", shown{bucket}) // Flush gives the error
		}
		_, _ = fmt.Fprintf(table, "  %s\t%s %s\t%s\n", visible([]any{mark(c), c.Want, c.Action, c.Got})...)
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

func doctorVerdict(found task.Examined) error {
	wrong, unknown := found.Count()
	switch {
	case wrong > 0:
		return fmt.Errorf("%s not as they should be: this identity has rights that it must not have, or lacks some",
			count(wrong, "check is", "checks are"))
	case unknown > 0:
		return fmt.Errorf("%w: %s could not be made", errPartial, count(unknown, "check", "checks"))
	}
	return nil
}
