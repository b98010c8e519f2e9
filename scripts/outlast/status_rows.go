package main

import (
	"fmt"
	"time"
)

func (r *repositoryStatus) title() string {
	if r.ID == "" {
		return "not configured"
	}
	return r.ID
}

func (r *repositoryStatus) rows() [][2]string {
	var rows [][2]string
	if r.Descriptor > 0 {
		newest := "none in the last 26 hours"
		if r.Newest != nil {
			newest = utc(*r.Newest)
		}
		rows = append(rows, [2]string{"descriptor", fmt.Sprint(r.Descriptor)}, [2]string{"newest batch", newest})
	}
	return append(rows, r.reasons()...)
}

// reasons are what the word rests on.
func (j *judged) reasons() (rows [][2]string) {
	for _, text := range j.Unknown {
		rows = append(rows, [2]string{notKnown, text})
	}
	for _, text := range j.Attention {
		rows = append(rows, [2]string{attention, text})
	}
	return rows
}

// rows leave out what nothing is known of: reasons say so, the bucket's or the repository's.
func (b *bucketStatus) rows() [][2]string {
	rows := [][2]string{{"newest batch", b.holdings()}, {"last seal", b.sealed()}}
	for _, task := range []struct {
		label  string
		status *taskStatus
	}{{"reconcile", b.Reconcile}, {"verify", b.Verify}, {"keep", b.Keep}} {
		if task.status != nil {
			rows = append(rows, [2]string{task.label, task.status.row()})
		}
	}
	if b.Locks != nil {
		rows = append(rows, [2]string{"locks", fmt.Sprintf("of %s, the first ends %s", count(b.Locks.Sampled, "object", "objects"), utc(b.Locks.Reach))})
	}
	return append(rows, b.reasons()...)
}

func (t *taskStatus) row() string {
	text := fmt.Sprintf("%s by %s: %s", utc(t.Time), t.By, t.text())
	if t.Read != "" {
		text += ", part " + t.Read
	}
	return text
}

// holdings says what the last hours show.
func (b *bucketStatus) holdings() string {
	if b.Missing == nil {
		return notKnown
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
func (b *bucketStatus) sealed() string {
	last, firm := b.LastSeal, b.LastFirm
	switch {
	case b.Missing == nil:
		return notKnown
	case last == nil:
		return "none of the last 26 hours"
	case firm == nil:
		return hour(*last) + ", none firm"
	}
	return hour(*last) + ", firm " + hour(*firm)
}
