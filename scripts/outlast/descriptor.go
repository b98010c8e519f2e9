package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"outlast.example/shared/config"
	"outlast.example/shared/descriptors"
	"outlast.example/shared/descriptors/next"
	"outlast.example/shared/format"
	"outlast.example/shared/store"
	"outlast.example/shared/wire"
)

func (a *app) descriptor() *cobra.Command {
	c := &cobra.Command{
		Use:   "descriptor",
		Short: "Show what the repository is made of, or change it",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.showDescriptor(), a.nextDescriptor())
	for _, command := range c.Commands() {
		a.noteStart(command)
	}
	return c
}

func (a *app) showDescriptor() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "show",
		Short: "Show the descriptor that counts, and which buckets have it",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return a.runShow(c.Context(), asJSON) },
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object")
	return c
}

// descriptorReport is what show says in --json. Its names are a promise.
type descriptorReport struct {
	Descriptor *format.Descriptor `json:"descriptor"`
	SHA256     string             `json:"sha256"`
	Buckets    []bucketReport     `json:"buckets"`
}

type bucketReport struct {
	URL        string `json:"url"`
	Listed     bool   `json:"listed"`          // in the descriptor
	Configured bool   `json:"configured"`      // as the descriptor spells it
	Number     int    `json:"number"`          // of its highest valid descriptor; 0: none
	Error      string `json:"error,omitempty"` // why not everything could be read

	text string // what the descriptor says of it
	err  error
}

func (a *app) runShow(ctx context.Context, asJSON bool) error {
	c, w, err := whereToLook(a, wire.Readers)
	if err != nil {
		return err
	}
	sight, err := next.Look(ctx, w)
	defer func() { _ = wire.Close(sight.Opened()) }() // they were only read
	if err != nil {
		return err
	}
	report := newDescriptorReport(sight, c)
	if asJSON {
		encoder := json.NewEncoder(a.out)
		encoder.SetEscapeHTML(false)
		err = encoder.Encode(report)
	} else {
		err = a.printDescriptor(report)
	}
	return errors.Join(err, report.verdict())
}

// whereToLook reads the configuration; a command opens buckets with as much right as it needs.
func whereToLook[B descriptors.Bucket](a *app, open func(context.Context, config.Federation, []string) ([]B, error)) (*config.Config, next.Where[B], error) {
	var w next.Where[B]
	c, err := a.configure()
	if err != nil {
		return nil, w, err
	}
	if err := c.Begin(); err != nil {
		return nil, w, err
	}
	w.Open = func(ctx context.Context, url string) (b B, err error) {
		opened, err := open(ctx, c.Federation, []string{url})
		if err == nil {
			b = opened[0]
		}
		return b, err
	}
	w.URLs, w.Repository = slices.Clone(c.Buckets), c.Repository
	w.Root, err = format.ParsePublicKey(c.RootPublicKey)
	return c, w, err
}

func newDescriptorReport(sight *next.Sight[*store.Reader], c *config.Config) *descriptorReport {
	r := &descriptorReport{Descriptor: sight.Descriptor, SHA256: hex.EncodeToString(sight.SHA256[:])}
	for _, b := range sight.Descriptor.Buckets {
		r.Buckets = append(r.Buckets, bucketReport{URL: b.URL, Listed: true, text: next.Completeness(b)})
	}
	for _, seen := range sight.Buckets {
		i := slices.IndexFunc(r.Buckets, func(b bucketReport) bool { return b.URL == seen.URL })
		if i < 0 {
			i = len(r.Buckets)
			r.Buckets = append(r.Buckets, bucketReport{URL: seen.URL, text: "not in the descriptor"})
		}
		b := &r.Buckets[i]
		b.Configured, b.Number, b.err = slices.Contains(c.Buckets, seen.URL), seen.Number, seen.Err
		if seen.Err != nil {
			b.Error = seen.Err.Error()
		}
	}
	return r
}

func (r *descriptorReport) behind(b bucketReport) bool {
	return b.Listed && b.Number < r.Descriptor.Number
}

// state says of a bucket whether it has the descriptor.
func (r *descriptorReport) state(b bucketReport) string {
	var words []string
	switch {
	case b.Number == r.Descriptor.Number:
		words = append(words, "has it")
	case b.Number > 0:
		words = append(words, fmt.Sprintf("behind, has number %d", b.Number))
	case b.err == nil:
		words = append(words, "has none")
	}
	if !b.Configured {
		words = append(words, "not in the configuration")
	}
	if b.err != nil {
		words = append(words, strings.ReplaceAll(b.Error, "\n", "; "))
	}
	return strings.Join(words, "; ")
}

func (a *app) printDescriptor(r *descriptorReport) error {
	d := r.Descriptor
	lines := []string{
		fmt.Sprintf("Descriptor %d of %s", d.Number, d.Created.Format(time.RFC3339)),
		"  repository  " + d.Repository,
		"  sha256      " + r.SHA256,
		fmt.Sprintf("  quorum      %d of %d buckets: any %d of them hold everything that was acknowledged", d.Quorum, len(d.Buckets), d.Needed()),
	}
	for _, b := range r.Buckets {
		lines = append(lines, fmt.Sprintf("  bucket      %s, %s: %s", b.URL, b.text, r.state(b)))
	}
	for _, recipient := range d.Recipients {
		lines = append(lines, "  recipient   "+recipient)
	}
	for _, s := range d.Receivers {
		lines = append(lines, fmt.Sprintf("  receiver    %s %s, %s", s.Name, format.FormatPublicKey(s.Key), next.Validity(s)))
	}
	for _, s := range d.Sealers {
		lines = append(lines, fmt.Sprintf("  sealer      %s %s, %s", s.Name, format.FormatPublicKey(s.Key), next.Validity(s)))
	}
	return a.print("%s", ownLines(lines))
}

// verdict is the exit code's reason.
func (r *descriptorReport) verdict() error {
	var worst error
	lacking := 0
	for _, b := range r.Buckets {
		if b.err != nil && b.Listed {
			worst = worse(worst, b.err)
		}
		if r.behind(b) {
			lacking++
		}
	}
	if errors.Is(worst, errDamage) || lacking == 0 {
		return worst
	}
	return lacks(lacking, len(r.Descriptor.Buckets))
}

// lacks says that the descriptor has not reached all buckets.
func lacks(lacking, all int) error {
	return hinted{fmt.Errorf("%w: %d of %d buckets lack the descriptor", errPartial, lacking, all),
		"when they can be reached, make the configuration say what the descriptor says and run reconcile, or init: they bring the same one there"}
}
