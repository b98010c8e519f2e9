package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"outlast.example/shared/cost"
)

type costFlags struct {
	volume       cost.Volume
	months       int
	store        time.Duration
	json, prices bool
}

func (a *app) cost() *cobra.Command {
	f := costFlags{}
	c := &cobra.Command{
		Use:   "cost",
		Short: "Estimate what a month costs in each cloud, by list prices",
		Long: "Cost estimates a month's bill of a repository with a bucket, a sealer and the scheduled tasks in each of three clouds, in US\n" +
			"dollars: the requests that the code makes, what is stored, what goes from one cloud to another, and the functions' time. It says\n" +
			"too what other ways of making objects would cost. A month is one in which nothing fails.\n\n" +
			"Prices are list prices of one day, with their sources (--prices); many were found on no page of the provider's own, and are\n" +
			"marked as assumed, as are 50 ms for each request of a task. Left out are taxes, discounts, free allowances, logs, alarms, trails, secrets, and what a\n" +
			"restore reads.",
		Example: "  outlast cost --webhooks 1000000\n" +
			"  outlast cost --webhooks 1000000 --receivers gcp,azure --months 24\n" +
			"  outlast cost --prices                         # the table, with its sources",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.runCost(f) },
	}
	c.Flags().Float64Var(&f.volume.Webhooks, "webhooks", 100_000, "how many come in a month")
	c.Flags().Float64Var(&f.volume.Bytes, "bytes", 2000, "how long a body is, on average")
	c.Flags().StringSliceVar(&f.volume.Receivers, "receivers", []string{"aws"}, "whose functions take them, in equal parts: aws, gcp, azure")
	c.Flags().IntVar(&f.months, "months", 12, "for how many months everything is kept: the last of them is billed")
	c.Flags().Float64Var(&f.volume.PerBatch, "per-batch", 0, "deliveries in an object, but for Lambda's (default: what an even rate groups)")
	c.Flags().DurationVar(&f.store, "store", 200*time.Millisecond, "until a batch is stored in all buckets")
	c.Flags().BoolVar(&f.prices, "prices", false, "print the prices and where they stand, as JSON, and nothing else")
	c.Flags().BoolVar(&f.json, "json", false, "print the estimate as JSON")
	return c
}

func (a *app) runCost(f costFlags) error {
	table, err := cost.Prices()
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(a.out)
	encoder.SetEscapeHTML(false)
	if f.prices {
		encoder.SetIndent("", "  ")
		return encoder.Encode(table)
	}
	f.volume.Months, f.volume.Store = float64(f.months), f.store.Seconds()
	bill, err := cost.Estimate(table, f.volume)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if f.json {
		return encoder.Encode(bill)
	}
	return a.printBill(table, bill)
}

// printBill prints the table to stdout, and what it stands on to stderr.
func (a *app) printBill(table cost.Table, b cost.Bill) error {
	out := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprint(out, "US dollars\t") // Flush gives the error
	for _, cloud := range table.Names() {
		_, _ = fmt.Fprintf(out, "%s\t", cloud)
	}
	_, _ = fmt.Fprint(out, "all\t\n")
	for _, item := range cost.Items() {
		sum := 0.0
		_, _ = fmt.Fprintf(out, "%s\t", item)
		for _, l := range b.Lines { // in the order of the clouds
			if l.Item == item {
				sum += l.USD
				_, _ = fmt.Fprintf(out, "%.2f\t", l.USD)
			}
		}
		_, _ = fmt.Fprintf(out, "%.2f\t\n", sum)
	}
	_, _ = fmt.Fprint(out, "a month\t")
	for _, cloud := range table.Names() {
		_, _ = fmt.Fprintf(out, "%.2f\t", b.Clouds[cloud])
	}
	_, _ = fmt.Fprintf(out, "%.2f\t\n", b.USD)
	if err := out.Flush(); err != nil {
		return err
	}
	for _, other := range b.Compared {
		if err := a.print("%12.2f  if %s", other.USD, other.What); err != nil {
			return err
		}
	}
	a.say("%.0f objects a month in each bucket, %.0f held. List prices of %s, many of them assumed: see --prices.", b.Batches, b.Held, b.Read)
	return nil
}
