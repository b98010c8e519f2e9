package play

import (
	"bytes"
	"strings"
	"time"

	"outlast.example/scripts/simulate/cloud"
	"outlast.example/shared/format"
	"outlast.example/shared/verify"
)

// justified: what a finding says was so when the run began, or is so now. Of a bucket that gives out other bytes than it
// holds, or none, nobody can say more than that.
func (a *auditor) justified(name string, r *audit, f verify.Finding) {
	b, was := a.bucket(f.Bucket), r.before[place{f.Bucket, f.Key}]
	alarm := func() {
		a.fail(promiseNoAlarm, "%s says that in %q %s is %s: %s", name, f.Bucket, short(f.Key), f.Verdict, f.Known)
	}
	switch {
	case b == nil: // it is of the repository
	case f.Repaired != "":
		a.mended(name, r, b, f)
	default:
		a.mendable(name, r, b, f)
	}
	switch f.Verdict {
	case verify.Missing:
		if r.there[place{f.Bucket, f.Key}] && b.Listed(f.Key) || !a.late(b, f.Key) || was == hidden && b.Layered(f.Key) && a.undisturbed(r.began) {
			alarm()
		}
	case verify.Hidden:
		if !b.Layered(f.Key) || r.there[place{f.Bucket, f.Key}] && b.Listed(f.Key) && was == "" && f.Repaired == "" {
			alarm()
		}
	case verify.Damaged, verify.TooLarge, verify.Malformed:
		if object, there := b.Get(f.Key); there && a.ledger.sound(f.Key, object) && a.calm(r.began) && was == "" && !a.ruined[f.Key] {
			alarm()
		}
	case verify.Forged, verify.Foreign:
		if a.ledger.made(f.Key) {
			alarm()
		}
	case verify.Unchained, verify.RolledBack:
		if len(a.victims) == 0 && (f.Verdict == verify.Unchained || a.calm(r.began) && a.anywhere(f.Key)) {
			alarm()
		}
	case verify.Unreadable:
		if a.calm(r.began) && !a.victim(b.Index) {
			alarm()
		}
	case verify.Unsealed, verify.Unsigned:
		if hour, err := time.Parse(format.SealPrefix+"2006/01/02/15", strings.TrimSuffix(f.Key, "-")); err == nil && a.calm(r.began) && a.firmly(hour) {
			alarm()
		}
	}
}

// late reports whether a bucket should hold an object by now, if it ever should.
func (a *auditor) late(b *cloud.Bucket, key string) bool {
	if a.victim(b.Index) {
		return true
	}
	made := a.ledger.of(key)
	hour := a.loop.Now()
	if made != nil {
		hour = made.parsed.Time
	} else if n, err := format.ParseSealName(key); err == nil {
		hour = n.Hour
	} else if s, err := format.ParseSealSignature(key); err == nil {
		hour = s.Hour
	} else if part, err := format.ParsePartName(key); err == nil {
		hour = part.Hour
	}
	if !hour.Truncate(time.Hour).Add(due).After(a.loop.Now()) {
		return true
	}
	for _, s := range a.ledger.seals {
		for _, o := range s.Objects {
			if made != nil && o.Key == made.key {
				return true
			}
		}
	}
	return false
}

// mended: a repair is listed where its report says, with the bytes that it should have.
func (a *auditor) mended(name string, r *audit, b *cloud.Bucket, f verify.Finding) {
	if a.excused(b.Index, r.began) {
		return // or was, until it was destroyed
	}
	at := f.Repaired[strings.LastIndex(f.Repaired, " as ")+len(" as "):]
	object, there := b.Get(at)
	if made := a.ledger.of(at); !there || !b.Listed(at) || made != nil && !bytes.Equal(made.content.Bytes, object) || made == nil && !a.ledger.sound(at, object) {
		a.fail(promiseRepair, "%s says that it repaired %s in bucket %d, and %s is not there", name, short(f.Key), b.Index, short(at))
	}
}

// mendable: where nothing is in the way, a batch is repaired of which a bucket that nobody destroys lists a sound copy. What is
// there, sound, and not in its listing is left to whoever runs the store.
func (a *auditor) mendable(name string, r *audit, b *cloud.Bucket, f verify.Finding) {
	made, amiss := a.ledger.byKey[f.Key], f.Verdict == verify.Missing || f.Verdict == verify.Hidden || f.Verdict == verify.Damaged
	if made == nil || !amiss || !r.act.Repair || !a.undisturbed(r.began) || made.soundIn(b) {
		return
	}
	for _, o := range a.honest() {
		if r.there[place{o.URL, f.Key}] && made.soundIn(o) {
			a.fail(promiseRepair, "%s leaves %s in bucket %d %s, which bucket %d holds: %s", name, short(f.Key), b.Index, f.Verdict, o.Index, f.Do)
		}
	}
}

func (m *batch) soundIn(b *cloud.Bucket) bool {
	object, there := b.Get(m.key)
	return there && bytes.Equal(object, m.content.Bytes)
}

// undisturbed reports whether there was no trouble since some moment, and nobody harmed anything.
func (w *World) undisturbed(since time.Time) bool {
	for i := range w.buckets {
		if w.victim(i) && !w.harmed[i].Before(since) {
			return false
		}
	}
	return w.calm(since)
}

// made reports whether a name is one that somebody made who may.
func (l *ledger) made(key string) bool {
	if s, err := format.ParseSealSignature(key); err == nil {
		return l.signed(s)
	}
	_, page := l.pages[key]
	_, told := l.reports[key]
	return page || told || l.of(key) != nil || l.seals[key] != nil
}

// anywhere reports whether a bucket lists a name that begins so.
func (w *World) anywhere(prefix string) bool {
	for _, b := range w.buckets {
		if len(b.Keys(prefix)) > 0 {
			return true
		}
	}
	return false
}

// firmly reports whether an hour has a seal, in a bucket that nobody destroys, and a signature of it.
func (w *World) firmly(hour time.Time) bool {
	for _, b := range w.honest() {
		for _, key := range b.Keys(format.SealHourPrefix(hour)) {
			n, err := format.ParseSealName(key)
			if err == nil && w.ledger.counts(n) {
				return true
			}
		}
	}
	return false
}
