package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"outlast.example/scripts/outlast/begin"
)

func (a *app) initialize() *cobra.Command {
	var rootKey string
	var allowOne bool
	c := &cobra.Command{
		Use:   "init",
		Short: "Put the first descriptor and the recovery page into each bucket",
		Long: "Init signs the first descriptor with the root key and puts it, with a page that says how to recover by\n" +
			"hand, into each bucket. It can be repeated: it changes nothing that is there, and completes what a bucket\n" +
			"that was out of reach lacks.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			settings, err := a.configure()
			if err != nil {
				return err
			}
			report, err := begin.Run(c.Context(), settings, rootKey, allowOne)
			if err != nil {
				return err
			}
			return a.begun(report)
		},
	}
	c.Flags().StringVar(&rootKey, "root-key", "keys/root.pem", "file with the root private key; take it offline again afterwards")
	c.Flags().BoolVar(&allowOne, "allow-one-recipient", false, "accept that one lost identity loses everything")
	return c
}

// begun tells how each bucket stands.
func (a *app) begun(r *begin.Report) error {
	lacking := 0
	for _, b := range r.Buckets {
		switch {
		case b.Err != nil:
			lacking++
			a.say("%s: %v", b.Name, b.Err)
		case b.Written > 0:
			a.say("%s: written", b.Name)
		default:
			a.say("%s: has it already", b.Name)
		}
	}
	d, state := r.Descriptor, "has begun"
	if r.Begun {
		state = "had begun already"
	}
	a.say("Repository %s %s: descriptor %d of %s.", d.Repository, state, d.Number, d.Created.Format(time.RFC3339))
	if lacking > 0 {
		return hinted{fmt.Errorf("%w: %d of %d buckets lack the descriptor", errPartial, lacking, len(r.Buckets)),
			"when they can be reached, run init again: it writes the same descriptor to them"}
	}
	return nil
}
