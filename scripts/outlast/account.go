package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"outlast.example/shared/restore"
)

// report prints the account of a restore: for programs to stdout, for people to stderr. What was found holds even where nothing
// could be written.
func (a *app) report(r *restore.Report, f restoreFlags, written bool) error {
	if f.json {
		return a.printJSON(r)
	}
	did := "Restored %s to %s, from %s in %s in %s."
	if !written {
		did = "Read %s, and wrote nothing to %s, from %s in %s in %s."
	}
	a.say(did, count(r.Records.Live, "record", "records"), f.to,
		count(r.Changes, "change", "changes"), count(r.Deliveries, "delivery", "deliveries"), count(r.Batches.Read, "batch", "batches"))
	a.say("Complete: %s: %s.", r.Complete, r.Why)
	for _, b := range r.Buckets {
		a.say("  %s: %s", b.Name, condition(b))
	}
	if n := r.Batches.Older; n > 0 {
		a.say("  from older versions: %s, of which no copy that is listed is sound", count(n, "batch", "batches"))
	}
	if n := r.Excluded.Batches; n > 0 {
		a.say("  excluded: %s of %s", count(n, "batch", "batches"), f.excluded())
	}
	for _, u := range r.UnsignedFrom {
		a.say("  %s", unsigned(u))
	}
	for _, fault := range r.Fault {
		a.say("  %s: %s: %s", fault.Verdict, fault.Key, fault.Detail)
	}
	if n := r.Faults - len(r.Fault); n > 0 {
		a.say("  and %d more", n)
	}
	for _, s := range r.Strange {
		a.say("  not interpreted: delivery %s of %s: %s", s.Delivery, s.Source, s.Reason)
	}
	for _, gap := range r.TypeGap {
		a.say("  gap in every %q of %s, of %s: %s: read them all again from the CRM", gap.Type, gap.Source,
			gap.Time.Format(time.RFC3339), gap.Reason)
	}
	if r.Gaps > 0 {
		a.say("  gaps in %s: read again from the CRM what the output lists as such", count(r.Gaps, "record", "records"))
	}
	return nil
}

// excluded names the receiver that is left out, and since when.
func (f *restoreFlags) excluded() string {
	if f.since == "" {
		return f.selection.ExcludeReceiver
	}
	return f.selection.ExcludeReceiver + " since " + f.selection.Since.UTC().Format(time.RFC3339)
}

// unsigned says of a source how much of it a shared token only vouches for.
func unsigned(u restore.Unsigned) string {
	if u.Excluded > 0 {
		return "excluded: " + count(u.Excluded, "change", "changes") + " of " + u.Source + ", which no signature binds"
	}
	return "unsigned: " + count(u.Changes, "change", "changes") + " of " + u.Source + ", vouched for by a shared token only"
}

// condition sums up what was met in a bucket.
func condition(b restore.Bucket) string {
	if !b.Reachable {
		return "not readable: " + b.Error
	}
	text := count(b.Objects, "batch", "batches")
	for _, met := range []struct {
		n    int
		what string
	}{
		{b.Missing, "missing"}, {b.Hidden, "hidden"}, {b.Damaged, "damaged"}, {b.Forged, "forged"}, {b.Foreign, "foreign"}, {b.Unreadable, "unreadable"},
	} {
		if met.n > 0 {
			text += fmt.Sprintf(", %d %s", met.n, met.what)
		}
	}
	if b.Behind {
		text += ", its descriptor is old"
	}
	return text
}

// verdict is the exit code's reason.
func verdict(r *restore.Report) error {
	switch r.Outcome {
	case restore.Damage:
		return hinted{fmt.Errorf("%w: %s; everything else was restored", errDamage, count(r.Faults, "object", "objects")), afterDamage(r)}
	case restore.Partial:
		return fmt.Errorf("%w: %s", errPartial, strings.Join(shortcomings(r), "; "))
	}
	return nil
}

// afterDamage says what to do. Healthy copies stood in for all damaged ones, or older versions did, unless something was lost.
func afterDamage(r *restore.Report) string {
	switch {
	case r.Complete == restore.No:
		return "read from more of the buckets, or with another identity; keep the damaged objects for the inquiry"
	case r.Batches.Older > 0:
		return "older versions were used, which may end with their locks: bring them back with \"outlast verify --repair\" now; keep the rest for the inquiry"
	case slices.ContainsFunc(r.Buckets, func(b restore.Bucket) bool { return b.Damaged > 0 }):
		return "healthy copies were used in place of the damaged ones; keep those for the inquiry"
	}
	return "nothing was taken from these objects; keep them for the inquiry"
}

// shortcomings are what makes a restore partial: those that there are.
func shortcomings(r *restore.Report) []string {
	var all []string
	for _, s := range []struct {
		what string
		has  func(restore.Bucket) bool
	}{
		{"out of reach: ", func(b restore.Bucket) bool { return !b.Reachable }},
		{"behind: ", func(b restore.Bucket) bool { return b.Reachable && (b.Behind || b.Missing > 0) }},
	} {
		if names := bucketNames(r.Buckets, s.has); len(names) > 0 {
			all = append(all, s.what+strings.Join(names, ", "))
		}
	}
	if n := r.Batches.Lost; n > 0 {
		all = append(all, count(n, "batch", "batches")+" left out")
	}
	if n := r.Faults; n > 0 {
		all = append(all, count(n, "object", "objects")+" not readable")
	}
	if n := r.Uninterpreted; n > 0 {
		all = append(all, count(n, "delivery", "deliveries")+" not interpreted")
	}
	return all
}

func bucketNames(buckets []restore.Bucket, has func(restore.Bucket) bool) []string {
	var names []string
	for _, b := range buckets {
		if has(b) {
			names = append(names, b.Name)
		}
	}
	return names
}

// printJSON prints one object, for programs: a line, with the ampersands of URLs as they are.
func (a *app) printJSON(v any) error {
	encoder := json.NewEncoder(a.out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}
