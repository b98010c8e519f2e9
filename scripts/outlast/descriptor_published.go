package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"outlast.example/shared/descriptors/next"
	"outlast.example/shared/format"
)

func (a *app) sayDifferences(p *next.Plan) {
	a.say("Descriptor %d, after number %d of %s:", p.Next.Number, p.Is.Number, p.Is.Created.Format(time.RFC3339))
	for _, line := range next.Differences(p.Is, p.Next) {
		a.say("  %s", line)
	}
	for _, line := range p.Warnings() {
		a.say("warning: %s", line)
	}
}

func (a *app) printDraft(p *next.Plan) error {
	text, err := p.Draft()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.out, text) // JSON
	return err
}

// published tells how each bucket stands, and what is left to do.
func (a *app) published(p *next.Plan, outcomes []next.Outcome, err error) error {
	lacking := 0
	for _, o := range outcomes {
		a.say("%s: %s", o.URL, outcome(o))
		if o.OldPage {
			a.say("%s: its %s is of an interrupted run and stays: the page of the next descriptor is right again",
				o.URL, format.RecoveryName(p.Next.Number))
		}
		if o.Err != nil && !o.Removed {
			lacking++
		}
	}
	all := len(p.Next.Buckets)
	if err == nil && lacking < all {
		a.say("Descriptor %d counts.", p.Next.Number)
		a.sayConfiguration(p)
	}
	switch {
	case errors.Is(err, context.Canceled):
		return hinted{err, fmt.Sprintf("descriptor %d, or its page, may be in some buckets: look with \"outlast descriptor show\"; "+
			"if number %[1]d counts, reconcile brings it to the others, and if not, run this again with --after %x", p.Next.Number, p.Is.SHA256)}
	case err == nil && lacking > 0:
		return lacks(lacking, all)
	}
	return err
}

func outcome(o next.Outcome) string {
	switch {
	case o.Removed && o.Err != nil:
		return "removed, and could not be told so: " + o.Err.Error()
	case o.Removed:
		return "removed, and told so"
	case o.Err != nil:
		return o.Err.Error()
	}
	return "written"
}

// sayConfiguration shows the settings that the change touches: receivers do not read descriptors.
func (a *app) sayConfiguration(p *next.Plan) {
	changed := func(setting func(*format.Descriptor) string) []string {
		if line := setting(p.Next); line != setting(p.Is) {
			return []string{"  " + line}
		}
		return nil
	}
	lines := slices.Concat(changed(quorumLine), changed(bucketsLine), changed(recipientsLine),
		changed(receiversLine), changed(sealersLine))
	if len(lines) > 0 {
		a.say("Every configuration, the receivers' too, now has to say:\n%s", ownLines(lines))
	}
}

func quorumLine(d *format.Descriptor) string { return fmt.Sprintf("quorum: %d", d.Quorum) }

func bucketsLine(d *format.Descriptor) string {
	urls := make([]string, len(d.Buckets))
	for i, b := range d.Buckets {
		urls[i] = fmt.Sprintf("%q", b.URL)
	}
	return "buckets: [" + strings.Join(urls, ", ") + "]"
}

func recipientsLine(d *format.Descriptor) string {
	return "recipients: [" + strings.Join(d.Recipients, ", ") + "]"
}

func receiversLine(d *format.Descriptor) string { return signersLine("receivers", d.Receivers) }

func sealersLine(d *format.Descriptor) string { return signersLine("sealers", d.Sealers) }

// signersLine has those that go on.
func signersLine(setting string, signers []format.Signer) string {
	var lines []string
	for _, s := range signers {
		if s.Until.IsZero() {
			lines = append(lines, s.Name+" "+format.FormatPublicKey(s.Key))
		}
	}
	return setting + ": [" + strings.Join(lines, ", ") + "]"
}
