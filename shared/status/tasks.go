package status

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/report"
)

// Task is what a task found last in a bucket, or what is worst of what is open, in status --json. Its names are a promise.
type Task struct {
	Time    time.Time `json:"time"`
	By      string    `json:"by"` // the sealer, or "this machine"
	Outcome string    `json:"outcome,omitempty"`
	Read    string    `json:"read,omitempty"` // the part whose bytes verify read, or whose locks keep saw to
	Broken  bool      `json:"broken,omitempty"`
	Missing int       `json:"missing"`
	Faults  int       `json:"faults"`
	Doubts  int       `json:"doubts"`
}

const day = 24 * time.Hour

// fresh is how old what a task found may be: reconcile reports every day, verify is run every week, and keep comes to each
// object in a week.
var fresh = map[string]time.Duration{report.Reconcile: 26 * time.Hour, report.Verify: 8 * day, report.Keep: 8 * day}

// readWithin is how old the reading of an object may be, where verify reads a thirtieth each day.
const readWithin = 35 * day

const thisMachine = "this machine"

// looks are all that is known of a task: what sealers say, but for what this machine looked at since, and what it says itself.
func (v *View) looks(task string) (all []format.Look) {
	here := slices.DeleteFunc(slices.Clone(v.Here[task]), func(l format.Look) bool {
		return l.Sound() && l.At.After(v.Now.Add(report.Ahead)) // a clock went back
	})
	for _, l := range v.Seen.Looks(task, v.Found.Descriptor) {
		for _, t := range v.Seen.Told {
			if t.Task == task && t.Sealer == l.By && l.At.Equal(t.Time.Truncate(day)) {
				l.At = t.Time
			}
		}
		if !settledHere(l, here, task) {
			all = append(all, l)
		}
	}
	for _, l := range here {
		l.By = thisMachine
		all = append(all, l)
	}
	slices.SortStableFunc(all, func(a, b format.Look) int { return b.At.Compare(a.At) })
	return all
}

// settledHere reports whether this machine has looked at a scope since a sealer did. Of tasks that run many times a day the
// sealers tell the day.
func settledHere(l format.Look, here []format.Look, task string) bool {
	since := l.At
	if task != report.Verify {
		since = since.Truncate(day).Add(day)
	}
	return report.Settled(l, slices.DeleteFunc(slices.Clone(here), func(m format.Look) bool { return m.At.Before(since) }))
}

// task says what a task found of no bucket, and if nobody has done it lately.
func (v *View) task(r *Repository, task string) {
	var last time.Time
	for _, l := range v.looks(task) {
		if l.URL == format.AtLarge && v.counts(l, task) {
			r.atLarge(l, task)
		}
		if l.At.After(last) && !l.At.After(v.Now.Add(report.Ahead)) {
			last = l.At
		}
	}
	switch {
	case !last.Before(v.Now.Add(-fresh[task])):
	case !last.IsZero():
		r.unknown("the last %s that is known here is of %s: run \"outlast %s\" by a schedule", task, utc(last), task)
	case task != report.Reconcile:
		r.unknown("no %s of the last %d days is known here: run \"outlast %s\" by a schedule", task, int(fresh[task]/day), task)
	case len(v.Found.Sealers) > 0:
		r.unknown("no reconcile of the last %d days is reported: run \"outlast reconcile\" by a schedule, with the sealer's key", report.Days)
	default:
		r.unknown("no reconcile is reported: that takes a sealer's key; until then run \"outlast reconcile\" by a schedule without one")
	}
}

// atLarge says what a task found of no bucket. What it did not come to is said of the buckets.
func (r *Repository) atLarge(l format.Look, task string) {
	switch {
	case l.Outcome == format.ReportDamage:
		r.attention("%s found something wrong, and nobody knows in which bucket%s: \"outlast %s\" says what, and what to do%s", task, scope(l), task, again(l))
	case l.Doubts > 0:
		r.unknown("%s found something in doubt, and nobody knows in which bucket: \"outlast %s\" says what, and what to do", task, task)
	}
}

// inBucket is what a task found in a bucket: the worst of what is open or fresh, and the newest of these.
func (v *View) inBucket(b *Bucket, task string) *Task {
	for _, t := range v.Seen.Told {
		if t.Task == task && t.Found == nil {
			b.unknown("what %s found at %s is not known: its report is damaged, or not given out", task, utc(t.Time))
		}
	}
	all := slices.DeleteFunc(v.looks(task), func(l format.Look) bool { return !v.counts(l, task) })
	there := slices.DeleteFunc(slices.Clone(all), func(l format.Look) bool { return l.URL != b.Name })
	v.through(b, task, there)
	if len(there) == 0 {
		if len(all) > 0 {
			b.unknown("no run of %s that is known here looked at it", task)
		}
		return nil
	}
	worst := slices.MaxFunc(there, func(x, y format.Look) int {
		return cmp.Or(cmp.Compare(gravity(x), gravity(y)), x.At.Compare(y.At), strings.Compare(x.Part, y.Part))
	})
	status := &Task{worst.At.UTC(), worst.By, worst.Outcome, worst.Part, worst.Broken, worst.Missing, worst.Faults, worst.Doubts}
	switch worst.Outcome {
	case format.ReportDamage:
		b.attention("%s found something wrong in it%s: \"outlast %s\" says what, and what to do%s", task, scope(worst), shows[task], again(worst))
	case format.ReportPartial:
		b.unknown("%s left something undone or unseen%s%s", task, scope(worst), again(worst))
	}
	return status
}

// shows are the commands that show what is wrong, by the task that found it.
var shows = map[string]string{report.Reconcile: "verify", report.Verify: "verify", report.Keep: "keep"}

// counts reports whether a look says anything today. What is wrong does so however old it is, and so does what is not known of a
// part or of hours: they were not looked at again.
func (v *View) counts(l format.Look, task string) bool {
	limit := fresh[task]
	if task == report.Verify && l.Part != "" {
		limit = readWithin
	}
	scoped := l.Part != "" || !l.To.IsZero()
	return l.Outcome == format.ReportDamage || scoped && !l.Sound() || !l.At.Before(v.Now.Add(-limit))
}

// through says what a task has not come to in a bucket: objects whose bytes nobody read, or whose locks nobody saw to.
func (v *View) through(b *Bucket, task string, looks []format.Look) {
	if task == report.Reconcile {
		return
	}
	sound := slices.DeleteFunc(slices.Clone(looks), func(l format.Look) bool { return !l.Sound() })
	of, missing := report.Parts(sound)
	switch {
	case missing == 0:
	case task == report.Keep:
		b.unknown("%s of its objects: the locks were not seen to in %d days: \"outlast keep\" sees to all", share(of, missing), fresh[task]/day)
	default:
		b.unknown("%s of its objects: the bytes were not read in %d days: \"outlast verify --read 1/1\" reads all", share(of, missing), readWithin/day)
	}
	list := func(l format.Look) bool { return l.Part == "" }
	if task == report.Verify && len(looks) > 0 && !slices.ContainsFunc(looks, list) {
		b.unknown("no verify of the last %d days listed it to its end", fresh[task]/day)
	}
}

func share(of, missing int) string {
	if of == missing {
		return "all"
	}
	return fmt.Sprintf("%d/%d", missing, of)
}

// scope says where something is open.
func scope(l format.Look) string {
	switch {
	case l.Part != "":
		return ", in part " + l.Part
	case !l.To.IsZero():
		return ", in hours before " + hour(l.To)
	}
	return ""
}

// again says what looks once more at old hours.
func again(l format.Look) string {
	switch {
	case l.To.IsZero():
		return ""
	case l.Outcome == format.ReportDamage:
		return "; \"outlast reconcile --relist\" looks there again"
	}
	return "; the next runs of reconcile by " + l.By + " list them again, \"outlast reconcile --relist\" at once"
}

// gravity orders looks: what is wrong before what is not known.
func gravity(l format.Look) int {
	return map[string]int{format.ReportPartial: 1, format.ReportDamage: 2}[l.Outcome]
}
