package play

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"outlast.example/scripts/simulate/cloud"
	"outlast.example/shared/format"
	"outlast.example/shared/reconcile"
)

// seal holds a seal or a signature that a cloud's function creates against what is true.
func (l *ledger) seal(b *cloud.Bucket, who, key string, content []byte) {
	if s, err := format.ParseSealSignature(key); err == nil {
		if !l.signed(s) || len(content) != 0 {
			l.fail(promiseForged, "%s creates %s in bucket %d, which no sealer signed", who, short(key), b.Index)
		}
		if run, seal := l.running(who), l.seals[s.SealName.String()]; run != nil && seal != nil && !l.witnesses[key] {
			l.witnesses[key] = true // whoever spreads it later signs nothing
			l.witnessed(run, seal, key)
		}
		return
	}
	if _, err := format.ParsePartName(key); err == nil {
		l.part(b, who, key, content)
		return
	}
	if l.seals[key] != nil {
		if !bytes.Equal(l.sealed[key], content) {
			l.fail(promiseForged, "%s creates other bytes as %s in bucket %d", who, short(key), b.Index)
		}
		return
	}
	n, err := format.ParseSealName(key)
	if err != nil {
		l.fail(promiseForged, "%s creates %s in bucket %d: no name of a seal", who, key, b.Index)
		return
	}
	s, err := format.OpenSeal(n, content, repositoryID)
	if err == nil {
		err = l.joined(n, s)
	}
	if err != nil {
		l.fail(promiseForged, "%s creates %s in bucket %d: %v", who, short(key), b.Index, err)
		return
	}
	if l.quiet {
		l.onlyNew(s, key)
	}
	l.seals[key], l.sealed[key] = s, content
	l.Counts.Seals++
	l.say("seal       %s: %s: %d objects, %d late, listed %v", who, short(key), len(s.Objects), len(s.Late), s.Listed)
	run := l.running(who)
	if run == nil {
		l.fail(promiseForged, "%s creates %s, and is no cloud's function", who, short(key))
		return
	}
	l.truthful(run, s, key)
	l.inTime(run, s, key)
	l.chained(s, key)
}

// signed reports whether a sealer signed it. It checks each signature once.
func (l *ledger) signed(s format.SealSignature) bool {
	key := s.String()
	good, known := l.signatures[key]
	if !known {
		good = s.Check(l.operator.current()) == nil
		l.signatures[key] = good
	}
	return good
}

// truthful: a seal lists what receivers made and what those buckets hold that it says were listed; and these are enough, by
// the descriptor, to hold everything that was acknowledged.
func (l *ledger) truthful(run *run, s *format.Seal, key string) {
	counted, honest := 0, 0
	for i, bucket := range l.buckets {
		if !slices.Contains(s.Listed, bucket.URL) {
			continue
		}
		if complete := run.descriptor.Buckets[i].CompleteSince; !complete.IsZero() && complete.Before(s.Hour.Add(time.Hour)) {
			counted++
		}
		if l.victim(i) {
			continue
		}
		honest++
		for _, o := range s.Objects {
			if _, there := bucket.Get(o.Key); !there {
				l.fail(promiseSeal, "%s says that bucket %d was listed, which lacks %s", short(key), i, short(o.Key))
			}
		}
	}
	for _, o := range append(slices.Clone(s.Objects), s.Late...) {
		if made := l.byKey[o.Key]; made == nil || int64(len(made.content.Bytes)) != o.Size {
			l.fail(promiseSeal, "%s lists %s, %d bytes, which no receiver made", short(key), short(o.Key), o.Size)
		}
	}
	if counted < l.needed() {
		l.fail(promiseSeal, "%s is made of %v: only %d of them are complete by descriptor %d", short(key), s.Listed, counted, run.descriptor.Number)
	}
	if honest >= l.needed() {
		l.whole(run, s, key)
	}
}

// whole: what was acknowledged in the hour before the run began is in the hour's seal.
func (l *ledger) whole(run *run, s *format.Seal, key string) {
	for _, b := range l.batches {
		if format.HourPrefix(b.parsed.Time) != format.HourPrefix(s.Hour) || b.acked.IsZero() || b.acked.After(run.began) {
			continue
		}
		if !slices.ContainsFunc(s.Objects, func(o format.Sealed) bool { return o.Key == b.key }) {
			l.fail(promiseSeal, "%s leaves out batch %d, which was acknowledged", short(key), b.number)
		}
	}
}

// witnessed: whoever signs a seal saw no other batch of the hour. What every bucket held that nobody destroys before the run
// began, it saw.
func (l *ledger) witnessed(run *run, s *format.Seal, key string) {
	if l.needed() == 1 && len(l.victims) > 0 {
		return
	}
	for _, b := range l.batches {
		everywhere := format.HourPrefix(b.parsed.Time) == format.HourPrefix(s.Hour)
		for i, at := range b.stored {
			everywhere = everywhere && (l.victim(i) || !at.IsZero() && at.Before(run.began))
		}
		if everywhere && !slices.ContainsFunc(s.Objects, func(o format.Sealed) bool { return o.Key == b.key }) {
			l.fail(promiseSeal, "%s is made although the seal leaves out batch %d, which every bucket held", short(key), b.number)
		}
	}
}

// onlyNew: what an earlier hour's seal lists, of its hour or as late, is not late once more.
func (l *ledger) onlyNew(s *format.Seal, key string) {
	for name, earlier := range l.seals {
		n, _ := format.ParseSealName(name)
		for _, late := range s.Late {
			known := slices.Contains(earlier.Objects, late) || slices.Contains(earlier.Late, late)
			if known && earlier.Hour.Before(s.Hour) && l.counts(n) {
				l.fail(promiseSeal, "%s calls %s late, which an earlier seal lists", short(key), short(late.Key))
			}
		}
	}
}

// inTime: an hour is sealed after its grace.
func (l *ledger) inTime(run *run, s *format.Seal, key string) {
	if run.now.Before(s.Hour.Add(time.Hour + reconcile.Grace)) {
		l.fail(promiseSeal, "%s is made at %s", short(key), run.now)
	}
	if len(s.Listed) < l.Buckets && run.now.Before(s.Hour.Add(time.Hour+reconcile.Patience)) {
		l.fail(promiseSeal, "%s is made at %s, without all buckets: %v", short(key), run.now, s.Listed)
	}
}

// chained: a seal names seals of the hour before, which are there.
func (l *ledger) chained(s *format.Seal, key string) {
	first := l.operator.first().Created.Truncate(time.Hour)
	if s.Hour.Equal(first) {
		return
	}
	if len(s.Previous) == 0 || s.Hour.Before(first) {
		l.fail(promiseChain, "%s names no seal before it", short(key))
	}
	for _, hash := range s.Previous {
		raw, _ := hex.DecodeString(hash)
		before := format.SealName{Hour: s.Hour.Add(-time.Hour), SHA256: [32]byte(raw)}
		if l.seals[before.String()] == nil {
			l.fail(promiseChain, "%s names %s, which nobody made", short(key), short(before.String()))
		}
	}
}

// sealed checks the seals that a bucket holds once everything is the same everywhere: every hour that is due is firm, and
// the seals list exactly the batches.
func (w *World) sealed(b *cloud.Bucket) {
	listed := map[string]bool{}
	signers := map[time.Time]map[string]bool{}
	for _, key := range b.Keys(format.SealPrefix) {
		if s := w.ledger.counted(key); s != nil {
			for _, o := range append(slices.Clone(s.Objects), s.Late...) {
				listed[o.Key] = true
			}
		}
		if s, err := format.ParseSealSignature(key); err == nil && w.ledger.signed(s) {
			if signers[s.Hour] == nil {
				signers[s.Hour] = map[string]bool{}
			}
			signers[s.Hour][s.Sealer] = true
		}
	}
	last := w.loop.Now().Add(-3 * time.Hour) // the seal of the next hour lists what comes late
	for at := w.operator.first().Created.Truncate(time.Hour); at.Before(last); at = at.Add(time.Hour) {
		if len(signers[at]) < sealers {
			w.fail(promiseFirm, "the hour from %s has %d sealers in bucket %d", at, len(signers[at]), b.Index)
		}
	}
	if len(w.victims) == 0 {
		w.named(b, last)
	}
	for _, m := range w.ledger.batches {
		if _, there := b.Get(m.key); there && !listed[m.key] && m.parsed.Time.Before(last) {
			w.fail(promiseFirm, "bucket %d holds batch %d of %s, which no seal lists", b.Index, m.number, strings.TrimPrefix(format.HourPrefix(m.parsed.Time), format.LogPrefix))
		}
	}
}

// counted gives a seal that counts; what nobody signed says nothing.
func (l *ledger) counted(key string) *format.Seal {
	n, err := format.ParseSealName(key)
	if err != nil || !l.counts(n) {
		return nil
	}
	return l.seals[key]
}

// named: every seal is named by one of the next hour, so that its absence shows.
func (w *World) named(b *cloud.Bucket, last time.Time) {
	names := map[string]bool{}
	for _, key := range b.Keys(format.SealPrefix) {
		if s := w.ledger.counted(key); s != nil {
			for _, hash := range s.Previous {
				names[hash] = true
			}
		}
	}
	for _, key := range b.Keys(format.SealPrefix) {
		n, err := format.ParseSealName(key)
		if err == nil && w.ledger.counts(n) && n.Hour.Before(last.Add(-time.Hour)) && !names[hex.EncodeToString(n.SHA256[:])] {
			w.fail(promiseChain, "no seal names %s, which is in bucket %d", short(key), b.Index)
		}
	}
}

// lostNote: a note is of a batch that a receiver made, and of none that was sound all the time in a bucket without trouble.
func (l *ledger) lostNote(b *cloud.Bucket, who, key string, content []byte) {
	k, err := format.ParseLostName(key)
	if err != nil || l.byKey[k.String()] == nil || len(content) != 0 {
		l.fail(promiseForged, "%s creates %s in bucket %d, which no receiver made", who, key, b.Index)
	}
	run := l.running(who)
	if run == nil || l.violation != nil {
		return
	}
	for i, bucket := range l.buckets {
		at := l.byKey[k.String()].stored[i]
		if l.victim(i) || at.IsZero() || at.After(run.began) || !bucket.Calm(run.began) {
			continue
		}
		if object, there := bucket.Get(k.String()); there && bytes.Equal(object, l.byKey[k.String()].content.Bytes) {
			l.fail(promiseForged, "%s notes in bucket %d that %s is lost, which bucket %d holds", who, b.Index, short(k.String()), i)
		}
	}
}
