package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"outlast.example/scripts/outlast/recent"
	"outlast.example/shared/format"
	"outlast.example/shared/wire"
)

type logFlags struct {
	lines    int
	since    string
	source   string
	json     bool
	delivery string
	headers  bool
}

func (a *app) log() *cobra.Command {
	var f logFlags
	c := &cobra.Command{
		Use:   "log",
		Short: "List what was captured, newest first",
		Long: "Log lists deliveries, newest first. With --delivery it prints one delivery's body as it came, byte for\n" +
			"byte, and with --headers what came before the body.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.runLog(c.Context(), f) },
	}
	c.Flags().IntVarP(&f.lines, "lines", "n", 20, "how many; 0 for all")
	c.Flags().StringVar(&f.since, "since", "",
		"only what was received since then: 2026-11-22, 2026-11-22T09:00:00Z or 90m for 90 minutes ago")
	c.Flags().StringVar(&f.source, "source", "", "only of this source")
	c.Flags().BoolVar(&f.json, "json", false, "one JSON object a line")
	c.Flags().StringVar(&f.delivery, "delivery", "", "print the body of the delivery with this id")
	c.Flags().BoolVar(&f.headers, "headers", false, "with --delivery: print the request line and the headers first")
	c.MarkFlagsMutuallyExclusive("delivery", "json") // a body is printed as it came
	return c
}

func (f *logFlags) check() error {
	if f.lines < 0 {
		return fmt.Errorf("%w: --lines %d: want a number of lines, or 0 for all", errUsage, f.lines)
	}
	if f.headers && f.delivery == "" {
		return fmt.Errorf("%w: --headers goes with --delivery", errUsage)
	}
	return nil
}

func (a *app) runLog(ctx context.Context, f logFlags) (err error) {
	if err := f.check(); err != nil {
		return err
	}
	since, err := moment(f.since)
	if err != nil {
		return err
	}
	r, err := a.openForReading(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, wire.Close(r.buckets)) }()
	log := recent.Log{Buckets: r.buckets, Root: r.root, Repository: r.config.Repository, Identities: r.identities}
	entries, err := log.Entries(ctx, since)
	if err != nil {
		return err
	}
	shown := 0
	short := shortfall{app: a}
	for e := range entries {
		if !short.add(e) {
			break
		}
		if e.Err == nil && f.wants(e.Delivery) {
			if shown == 0 && f.delivery == "" && !f.json {
				a.say(columns, "TIME (UTC)", "DELIVERY", "SOURCE", "KIND", "METHOD", "BYTES", "VERIFIED", "RECEIVER")
			}
			if err := a.show(e, f); err != nil {
				return err
			}
			shown++
		}
		if shown > 0 && (shown == f.lines || f.delivery != "") {
			break
		}
	}
	worst := short.reason()
	if shown == 0 && f.source != "" { // one that is no longer configured may have sent some
		if err := knownSource(f.source, r.config); err != nil {
			return errors.Join(err, worst)
		}
	}
	if shown == 0 && f.delivery != "" && worst == nil {
		return fmt.Errorf("there is no delivery %s", f.delivery)
	}
	return errors.Join(ctx.Err(), worst)
}

func (f *logFlags) wants(d *format.Delivery) bool {
	return (f.source == "" || f.source == d.Source) && (f.delivery == "" || f.delivery == d.ID)
}

// worse is the reason for the exit code: damage outweighs what is only out of reach.
func worse(worst, err error) error {
	for _, damage := range []error{format.ErrDamaged, format.ErrForged, format.ErrName, format.ErrMalformed, format.ErrTooLarge} {
		if errors.Is(err, damage) {
			return fmt.Errorf("%w: see above", errDamage)
		}
	}
	if worst != nil {
		return worst
	}
	return fmt.Errorf("%w: not everything could be read", errPartial)
}

func (a *app) show(e recent.Entry, f logFlags) error {
	if f.delivery != "" {
		return a.printDelivery(e.Delivery, f.headers)
	}
	return a.printEntry(e, f.json)
}

// line is a delivery in --json. Its names are a promise.
type line struct {
	Time     time.Time `json:"time"`
	ID       string    `json:"id"`
	Source   string    `json:"source"`
	Kind     string    `json:"kind"`
	Method   string    `json:"method"`
	Bytes    int       `json:"bytes"`
	Verified string    `json:"verified"`
	Receiver string    `json:"receiver"`
	Batch    string    `json:"batch"`
}

// columns are those of a line for people. What they are called is no data, and goes to stderr.
const columns = "%-23s  %-36s  %-16s %-18s %-6s %8v  %-18s %s"

func (a *app) printEntry(e recent.Entry, asJSON bool) error {
	if !asJSON {
		return a.print(columns, e.Time.UTC().Format("2006-01-02 15:04:05.000"), e.ID, e.Source, e.Kind,
			e.Method, len(e.Body), e.Verified, e.Receiver)
	}
	return json.NewEncoder(a.out).Encode(line{e.Time, e.ID, e.Source, e.Kind, e.Method, len(e.Body), e.Verified, e.Receiver, e.Batch})
}

func (a *app) printDelivery(d *format.Delivery, headers bool) error {
	if headers {
		if err := a.print("%s %s", d.Method, d.Path); err != nil {
			return err
		}
		if err := d.Header.Write(a.out); err != nil {
			return err
		}
		if err := a.print(""); err != nil {
			return err
		}
	}
	_, err := a.out.Write(d.Body)
	return err
}
