package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"outlast.example/shared/verify"
)

// printVerified prints the account of a verify: for programs to stdout, for people to stderr.
func (a *app) printVerified(r *verify.Report, asJSON bool) error {
	if asJSON {
		encoder := json.NewEncoder(a.out)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(r)
	}
	if r.Descriptor > 0 {
		a.say("Looked at %s of repository %s since %s, in %s.", count(r.Batches, "batch", "batches"), r.Repository,
			r.Since.Format(time.RFC3339), count(r.Requests, "request", "requests"))
		a.say("Sealed: %s, %d of them firm.", count(r.Hours.Sealed, "hour", "hours"), r.Hours.Firm)
	} else {
		a.say("Found no descriptor of repository %s that counts, in %s: without one, nothing else can be judged.", r.Repository,
			count(r.Requests, "request", "requests"))
	}
	for _, b := range r.Buckets {
		a.say("  %s: %s", b.Name, looked(b))
	}
	for _, f := range r.Finding {
		a.sayFinding(f)
	}
	if n := r.Findings - len(r.Finding); n > 0 {
		a.say("  and %d more", n)
	}
	for _, why := range r.Why {
		a.say("  not known: %s", why)
	}
	return nil
}

func (a *app) sayFinding(f verify.Finding) {
	a.say("  %s: %s in %s: %s", f.Verdict, f.Key, cmp.Or(f.Bucket, "the repository"), f.Known)
	next := f.Do
	if f.Repaired != "" {
		next = "repaired: " + f.Repaired
	}
	if next != "" {
		a.say("    %s", strings.ReplaceAll(next, "\n", "; "))
	}
}

// looked sums up what was met in a bucket.
func looked(b verify.Looked) string {
	text := count(b.Objects, "object", "objects")
	if b.Read > 0 {
		text += fmt.Sprintf(", %d read", b.Read)
	}
	for _, verdict := range slices.Sorted(maps.Keys(b.Found)) {
		text += fmt.Sprintf(", %d %s", b.Found[verdict], verdict)
	}
	for _, met := range []struct {
		n    int
		what string
	}{
		{b.Layered, "with older versions under them"}, {b.Behind, "on the way"}, {b.Mended, "mended by a repair"}, {b.Inert, "inert, which an interrupted sealer left"},
		{b.NotListed, "hours sealed without it"},
	} {
		if met.n > 0 {
			text += fmt.Sprintf(", %d %s", met.n, met.what)
		}
	}
	if b.Error != "" {
		text += ", not listed to its end"
	}
	if b.Versions == verify.SeenCurrent {
		text += ", older versions not shown"
	}
	return text
}

// verified is the exit code's reason.
func verified(r *verify.Report) error {
	text := count(r.Findings, "finding", "findings")
	if r.Repaired > 0 {
		text += fmt.Sprintf(", %d repaired", r.Repaired)
	}
	switch r.Outcome {
	case verify.Damage:
		next := "the findings say what to do about each; verify --repair does what a program may"
		if r.Repaired > 0 {
			next = "the findings say what only a person can do; run verify again afterwards"
		}
		return hinted{fmt.Errorf("%w: %s", errDamage, text), next}
	case verify.Partial:
		return fmt.Errorf("%w: %s", errPartial, strings.Join(append([]string{text}, r.Why...), "; "))
	}
	return nil
}
