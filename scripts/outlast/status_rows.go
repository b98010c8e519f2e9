package main

import (
	"fmt"
	"strings"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/status"
)

func repositoryTitle(r status.Repository) string {
	if r.ID == "" {
		return "not configured"
	}
	return r.ID
}

func repositoryRows(r status.Repository) [][2]string {
	var rows [][2]string
	if r.Descriptor > 0 {
		newest := "none in the last 26 hours"
		if r.Newest != nil {
			newest = utc(*r.Newest)
		}
		rows = append(rows, [2]string{"descriptor", fmt.Sprint(r.Descriptor)}, [2]string{"newest batch", newest})
		if !r.Checkpoint {
			rows = append(rows, [2]string{"checkpoint", "none: a rollback of all buckets at once would not show: \"outlast verify\" makes one"})
		}
	}
	return append(rows, reasons(r.Verdict)...)
}

// reasons are what the word rests on.
func reasons(v status.Verdict) (rows [][2]string) {
	for _, text := range v.Unknown {
		rows = append(rows, [2]string{status.NotKnown, text})
	}
	for _, text := range v.Attention {
		rows = append(rows, [2]string{status.Attention, text})
	}
	return rows
}

// bucketRows leave out what nothing is known of: reasons say so, the bucket's or the repository's.
func bucketRows(b status.Bucket) [][2]string {
	rows := [][2]string{{"newest batch", holdings(b)}, {"last seal", sealed(b)}}
	for _, task := range []struct {
		label string
		found *status.Task
	}{{"reconcile", b.Reconcile}, {"verify", b.Verify}, {"keep", b.Keep}} {
		if task.found != nil {
			rows = append(rows, [2]string{task.label, taskRow(task.found)})
		}
	}
	if b.Locks != nil {
		rows = append(rows, [2]string{"locks", fmt.Sprintf("of %s, the first ends %s", count(b.Locks.Sampled, "object", "objects"), utc(b.Locks.Reach))})
	}
	return append(rows, reasons(b.Verdict)...)
}

func taskRow(t *status.Task) string {
	text := fmt.Sprintf("%s by %s: %s", utc(t.Time), t.By, taskText(t))
	if t.Read != "" {
		text += ", part " + t.Read
	}
	return text
}

// holdings says what the last hours show.
func holdings(b status.Bucket) string {
	if b.Missing == nil {
		return status.NotKnown
	}
	text := "none in the last 26 hours"
	if b.Newest != nil {
		text = utc(*b.Newest)
	}
	if b.Lag != nil && *b.Lag > 0 {
		text += ", " + (time.Duration(*b.Lag) * time.Second).String() + " behind"
	}
	return text + fmt.Sprintf(", %d missing", *b.Missing)
}

// sealed says which are the last hours that are sealed in it.
func sealed(b status.Bucket) string {
	last, firm := b.LastSeal, b.LastFirm
	switch {
	case b.Missing == nil:
		return status.NotKnown
	case last == nil:
		return "none of the last 26 hours"
	case firm == nil:
		return hour(*last) + ", none firm"
	}
	return hour(*last) + ", firm " + hour(*firm)
}

// taskText sums up what was found in a bucket.
func taskText(t *status.Task) string {
	var all []string
	for _, met := range []struct {
		n    int
		what string
	}{{t.Missing, "missing"}, {t.Faults, "wrong"}, {t.Doubts, "in doubt"}} {
		if met.n > 0 {
			all = append(all, fmt.Sprintf("%d %s", met.n, met.what))
		}
	}
	if t.Broken {
		all = append(all, "not to its end")
	}
	switch {
	case len(all) > 0:
		return strings.Join(all, ", ")
	case t.Outcome == format.ReportDamage:
		return "something wrong, and not known where"
	case t.Outcome == format.ReportPartial:
		return "nothing wrong, and not everything could be seen or done"
	}
	return "nothing wrong"
}
