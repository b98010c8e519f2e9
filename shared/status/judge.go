package status

import (
	"errors"
	"slices"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/reconcile"
	"outlast.example/shared/report"
	"outlast.example/shared/standing"
	"outlast.example/shared/store"
)

const (
	// lockLeft is what every lock has left while keep runs once a week.
	lockLeft = 7 * 24 * time.Hour

	// brought is how old a batch is that reconcile should have brought to a bucket by now, if it runs every hour or so.
	brought = 3 * time.Hour
)

// repository judges what concerns all buckets.
func (v *View) repository(r *Repository) {
	for _, s := range v.Standings {
		r.Newest = later(r.Newest, s.Newest)
	}
	if r.Newest != nil && r.Newest.After(v.Now.Add(report.Ahead)) {
		r.unknown("the newest batch is of %s: a receiver's clock is ahead, or this one is behind", utc(*r.Newest))
	}
	for _, err := range v.Unread {
		r.unknown("%s", oneLine(err))
	}
	v.sealing(r)
	v.task(r, report.Reconcile)
	v.task(r, report.Verify)
	v.task(r, report.Keep)
	v.rolledBack(r)
	r.conclude()
}

// sealing says what keeps hours from being sealed that are due.
func (v *View) sealing(r *Repository) {
	valid := slices.DeleteFunc(slices.Clone(v.Found.Sealers), func(s format.Signer) bool { return !s.Valid(v.Now) })
	sealed := slices.ContainsFunc(v.Standings, func(s standing.Standing) bool { return !s.Seal.IsZero() })
	firm := slices.ContainsFunc(v.Standings, func(s standing.Standing) bool { return !s.Firm.IsZero() })
	v.waiting(r)
	switch {
	case len(valid) == 0:
		r.unknown("nobody seals: what every bucket has lost cannot be seen: make a key with \"outlast keygen --sealer NAME\" and " +
			"sign it in with \"outlast descriptor next --add-sealer\"")
	case firm:
	case sealed:
		r.unknown("no hour of the last 26 is firm: fewer sealers seal than two, or than have keys: run \"outlast reconcile\" by a schedule with each one's key")
	case v.Now.Before(v.firstSeal()):
		r.unknown("nothing is sealed yet: the first hour is to be sealed after %s", utc(v.firstSeal()))
	default:
		r.unknown("no hour of the last 26 is sealed: run \"outlast reconcile\" by a schedule, with the sealer's key")
	}
}

// waiting says which hours should have been sealed for long: nothing shows what they lose.
func (v *View) waiting(r *Repository) {
	var last *time.Time
	for _, s := range v.Standings {
		last = later(last, s.Seal)
	}
	if last != nil && last.Add(2*time.Hour+reconcile.Grace+brought).Before(v.Now) {
		r.unknown("the last sealed hour is %s: those since wait for their seal: \"outlast reconcile\" with the sealer's key says why", hour(*last))
	}
	for _, t := range v.Seen.Told {
		if t.Task == report.Reconcile && t.Found != nil && t.Found.Unsealed && !t.Time.Before(v.Now.Add(-fresh[t.Task])) {
			r.unknown("hours are over and wait for their seal, as %s reported at %s: \"outlast reconcile\" says how many", t.Sealer, utc(t.Time))
		}
	}
}

// firstSeal is when the first hour can be sealed.
func (v *View) firstSeal() time.Time {
	first := v.Found.Began
	for i, s := range v.Found.Sealers {
		if i == 0 || s.Since.Before(first) {
			first = s.Since
		}
	}
	if first.Before(v.Found.Began) {
		first = v.Found.Began
	}
	return first.UTC().Truncate(time.Hour).Add(time.Hour + reconcile.Grace)
}

// rolledBack compares the buckets with what verify saw earlier, which no cloud can take back: by the seals themselves, since a descriptor
// may say later that more sealers make an hour firm.
func (v *View) rolledBack(r *Repository) {
	c := v.Checkpoint
	if c == nil {
		return
	}
	if c.Descriptor > v.Found.Number {
		r.attention("rolled back: verify has seen descriptor %d, and no bucket holds it any more", c.Descriptor)
	}
	shown := !c.Hour.Before(v.Now.Add(-standing.Window).Truncate(time.Hour).Add(time.Hour))
	held := slices.ContainsFunc(v.Standings, func(s standing.Standing) bool { return s.Err != nil || slices.ContainsFunc(s.Seals, c.Sealed) })
	if shown && !held {
		r.attention("rolled back: verify has seen the seals of %s, and no bucket holds them any more: see \"outlast verify --chain\"", hour(c.Hour))
	}
}

// bucket judges one bucket by what it shows, and by what tasks found in it.
func (v *View) bucket(i int, r *Repository) Bucket {
	s, held := v.Standings[i], v.Seen.Buckets[i]
	b := Bucket{Name: v.Buckets[i]}
	b.Newest, b.LastSeal, b.LastFirm = later(nil, s.Newest), later(nil, s.Seal), later(nil, s.Firm)
	for _, err := range []error{s.Err, held.Err, v.Found.Held[i].Err} {
		if err != nil {
			b.unknown("not all of it could be seen: %s", oneLine(err))
			break // they are mostly one
		}
	}
	if held.Ahead != nil {
		b.unknown("%s", oneLine(held.Ahead))
	}
	b.Reconcile = v.inBucket(&b, report.Reconcile)
	b.Verify = v.inBucket(&b, report.Verify)
	b.Keep = v.inBucket(&b, report.Keep)
	if s.Err == nil {
		v.holds(&b, i, r)
	}
	if s.Faults+held.Faults > 0 {
		b.attention("forged, foreign or damaged: %s: %s", count(s.Faults+held.Faults, "object", "objects"),
			oneLine(errors.Join(s.Fault, held.Fault)))
	}
	v.locks(&b, s.Locked)
	b.conclude()
	return b
}

// holds judges what the last hours show of a bucket that was listed to its end.
func (v *View) holds(b *Bucket, i int, r *Repository) {
	s, held := v.Standings[i], v.Found.Held[i]
	b.Missing = &s.Missing
	if r.Newest != nil && b.Newest != nil {
		lag := r.Newest.Sub(*b.Newest).Seconds()
		b.Lag = &lag
	}
	at := slices.IndexFunc(v.Found.Buckets, func(d format.Bucket) bool { return d.URL == b.Name })
	switch {
	case at < 0:
		b.unknown("it is none of the descriptor's buckets: add it with \"outlast descriptor next --add-bucket\", or leave it out")
	case v.Found.Buckets[at].CompleteSince.IsZero():
		b.unknown("it does not hold everything yet, as the descriptor says: \"outlast reconcile\", then \"outlast descriptor next --complete\"")
	case s.Missing > 0 && v.held(b, s.Since):
		b.attention("it has lost %s, the first of %s: reconcile found nothing missing since: ask who could remove them",
			count(s.Missing, "batch", "batches"), utc(s.Since))
	case s.Missing > 0 && s.Since.Before(v.Now.Add(-brought)):
		b.attention("it lacks %s, the first of %s: \"outlast reconcile\" should have brought them", count(s.Missing, "batch", "batches"), utc(s.Since))
	case s.Missing > 0:
		b.unknown("it lacks %s, the first of %s: \"outlast reconcile\" brings them", count(s.Missing, "batch", "batches"), utc(s.Since))
	}
	if at >= 0 && !s.Older.IsZero() && complete(v.Found.Buckets[at], s.Older) {
		v.oldest(b, s.Older)
	}
	if held.Err == nil && held.Number < v.Found.Number {
		b.unknown("it lacks descriptor %d: \"outlast reconcile\" brings it", v.Found.Number)
	}
}

// oldest: a bucket that lacks the first batch of all has lost it, or was away since.
func (v *View) oldest(b *Bucket, of time.Time) {
	if v.held(b, of) {
		b.attention("it has lost the oldest batch, of %s, and who knows how many more: \"outlast verify\" says which, and ask who could remove them", utc(of))
		return
	}
	b.attention("it lacks the oldest batch, of %s, and who knows how many more: \"outlast reconcile\" should have brought them", utc(of))
}

// complete reports whether the descriptor says that a bucket holds what is of some time.
func complete(b format.Bucket, at time.Time) bool {
	return !b.CompleteSince.IsZero() && !b.CompleteSince.After(at)
}

// held reports whether a run of reconcile that reached every bucket found nothing missing after a batch was made, and long enough
// after for clocks that go wrong by minutes. One that did not reach all cannot know what the others hold, and one of a later time than now
// not when it ran.
func (v *View) held(b *Bucket, at time.Time) bool {
	return slices.ContainsFunc(v.Seen.Told, func(t report.Told) bool {
		if t.Task != report.Reconcile || t.Found == nil || t.Found.Outcome != format.ReportOK || t.Time.After(v.Now.Add(report.Ahead)) ||
			!at.Add(reconcile.Grace).Before(t.Time) {
			return false
		}
		_, looked := t.Found.At(b.Name)
		return looked
	})
}

// locks judges how far a few locks reach.
func (v *View) locks(b *Bucket, l standing.Locked) {
	if !l.Reach.IsZero() {
		b.Locks = &Locks{l.Reach, l.Sampled}
	}
	switch {
	case errors.Is(l.Err, store.ErrNoLocks):
		b.unknown("nothing is locked: how long it lasts, whoever may delete decides")
	case errors.Is(l.Err, store.ErrDenied):
		b.unknown("how far its locks reach: this identity may not see them")
	case l.Err != nil && b.Missing == nil: // said already: it does not answer
	case l.Err != nil:
		b.unknown("how far its locks reach: %s", oneLine(l.Err))
	case l.Sampled == 0:
		b.unknown("how far its locks reach: it holds no batch and no seal to look at")
	case l.Hidden > 0:
		b.unknown("how far its locks reach: the store shows none on %d of %s: \"outlast keep\" sets them", l.Hidden, count(l.Sampled, "object", "objects"))
	}
	if l.Removable > 0 {
		b.attention("%d of %s can be unlocked by somebody with enough rights: see \"outlast keep\"", l.Removable, count(l.Sampled, "lock", "locks"))
	}
	if b.Locks != nil && l.Reach.Before(v.Now.Add(lockLeft)) {
		b.attention("a lock ends at %s, in less than seven days: run \"outlast keep\" once a week", utc(l.Reach))
	}
}

// later is the later one of two times, of which either may be absent.
func later(a *time.Time, b time.Time) *time.Time {
	if b.IsZero() || a != nil && !b.After(*a) {
		return a
	}
	b = b.UTC()
	return &b
}
