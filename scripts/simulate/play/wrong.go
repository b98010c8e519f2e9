package play

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"outlast.example/scripts/simulate/cloud"
	"outlast.example/shared/format"
)

// due is the age at which an hour is sealed and everywhere: a seal waits a day, its grace and the next run come to less than two
// hours more.
const due = 26 * time.Hour

// place is an object in a bucket, or where one should be.
type place struct{ bucket, key string }

// hidden is what is wrong with a batch that lies under a delete marker.
const hidden = "hidden"

// faults are what is wrong where.
type faults map[place]string

// and gives what is wrong in both.
func (f faults) and(o faults) faults {
	both := faults{}
	for at, what := range f {
		if o[at] == what {
			both[at] = what
		}
	}
	return both
}

// places are what buckets list.
type places map[place]bool

func (w *World) places() places {
	all := places{}
	for _, b := range w.buckets {
		for _, key := range b.Keys("") {
			if b.Listed(key) {
				all[place{b.URL, key}] = true
			}
		}
	}
	return all
}

// truth is what can be known of the buckets, while what is wrong is gathered.
type truth struct {
	*World
	deep   bool
	wrong  faults
	signed map[format.SealName][]string // signatures that count
	seals  map[string]*format.Seal      // that verify must know: a sealer signed them, and they are sound where nobody destroys
	listed map[string][]*format.Seal    // by batch: those of them that list it
	held   map[string][]*cloud.Bucket   // by name: who lists it
	all    map[*cloud.Bucket][]string   // names
}

// wrong is what verify is bound to see: in a quick run, or in one that reads everything. Of some faults it depends on more
// than that whether they can be seen; those are left out.
func (w *World) wrong(deep bool) faults {
	t := &truth{World: w, deep: deep, wrong: faults{}, seals: map[string]*format.Seal{}, listed: map[string][]*format.Seal{},
		held: map[string][]*cloud.Bucket{}, all: map[*cloud.Bucket][]string{}, signed: map[format.SealName][]string{}}
	for _, b := range w.buckets {
		for _, key := range b.Keys("") {
			if b.Listed(key) {
				t.list(b, key)
			}
		}
	}
	t.certain()
	for _, b := range w.buckets {
		t.names(b)
		for _, m := range w.ledger.batches {
			t.batch(b, m)
		}
		t.sealing(b)
	}
	return t.wrong
}

func (t *truth) list(b *cloud.Bucket, key string) {
	if s, err := format.ParseSealSignature(key); err == nil && len(t.held[key]) == 0 && t.ledger.signed(s) {
		t.signed[s.SealName] = append(t.signed[s.SealName], key)
	}
	t.all[b] = append(t.all[b], key)
	t.held[key] = append(t.held[key], b)
}

func (t *truth) note(b *cloud.Bucket, key, what string) { t.wrong[place{b.URL, key}] = what }

// certain gathers the seals that verify must know.
func (t *truth) certain() {
	for name, s := range t.ledger.seals {
		n, err := format.ParseSealName(name)
		if err != nil || !t.certainly(name) || !slices.ContainsFunc(t.signed[n], t.certainly) {
			continue
		}
		t.seals[name] = s
		for _, o := range append(slices.Clone(s.Objects), s.Late...) {
			t.listed[o.Key] = append(t.listed[o.Key], s)
		}
	}
}

// certainly reports whether a bucket lists the object that nobody destroys.
func (t *truth) certainly(key string) bool {
	return slices.ContainsFunc(t.held[key], func(b *cloud.Bucket) bool { return !t.victim(b.Index) })
}

// names: whatever nobody made is forged or foreign.
func (t *truth) names(b *cloud.Bucket) {
	for _, key := range t.all[b] {
		object, _ := b.Get(key)
		switch {
		case strings.HasPrefix(key, format.LogPrefix):
			if t.ledger.of(key) == nil {
				t.note(b, key, "nobody's")
			}
		case strings.HasPrefix(key, format.DescriptorPrefix), strings.HasPrefix(key, format.RecoveryPrefix):
			if page, made := t.ledger.pages[key]; !made {
				t.note(b, key, "nobody's")
			} else if !bytes.Equal(page, object) {
				t.note(b, key, "altered")
			}
		case strings.HasPrefix(key, format.SealPrefix):
			t.sealName(b, key, object)
		}
	}
}

func (t *truth) sealName(b *cloud.Bucket, key string, object []byte) {
	if s, err := format.ParseSealSignature(key); err == nil {
		if !t.ledger.signed(s) {
			t.note(b, key, "nobody's")
		} else if len(object) > 0 {
			t.note(b, key, "altered")
		}
		return
	}
	seal, sound := key, t.ledger.sealed[key]
	if part, err := format.ParsePartName(key); err == nil {
		seal, sound = part.SealName.String(), t.ledger.parts[key]
	} else if _, err := format.ParseSealName(key); err != nil {
		t.note(b, key, "nobody's")
		return
	}
	if t.seals[seal] != nil && !bytes.Equal(sound, object) && (len(sound) != len(object) || t.deep || b.Layered(key)) {
		t.note(b, key, "altered")
	}
}

// batch: what a bucket should hold, it holds, with the bytes that it had.
func (t *truth) batch(b *cloud.Bucket, m *batch) {
	object, there := b.Get(m.key)
	if there = there && b.Listed(m.key); !there {
		t.lacks(b, m)
		return
	}
	if bytes.Equal(object, m.content.Bytes) || t.repaired(b, m) {
		return
	}
	size := len(object) != len(m.content.Bytes)
	known := len(t.listed[m.key]) > 0 || t.certainly(m.key) && len(t.held[m.key]) != 1
	if t.deep || b.Layered(m.key) || size && known {
		t.note(b, m.key, "altered")
	}
}

// repaired reports whether a repair of the batch stands there, sound or not.
func (w *World) repaired(b *cloud.Bucket, m *batch) bool {
	for n := range format.MaxRepair {
		k := m.parsed
		if k.Repair = n + 1; b.Listed(k.String()) {
			return true
		}
	}
	return false
}

// lacks: an hour that is due is in every bucket, and what a seal lists was in those that it says were listed.
func (t *truth) lacks(b *cloud.Bucket, m *batch) {
	if t.repaired(b, m) || len(t.held[m.key]) == 0 && len(t.listed[m.key]) == 0 {
		return
	}
	hour := m.parsed.Time.Truncate(time.Hour)
	missed := !hour.Add(due).After(t.loop.Now())
	for _, s := range t.listed[m.key] {
		missed = missed || s.Hour.Equal(hour) && slices.Contains(s.Listed, b.URL)
	}
	switch {
	case b.Layered(m.key) && !b.Hidden(m.key):
		t.note(b, m.key, hidden)
	case t.complete(b, hour) && missed:
		t.note(b, m.key, "missing")
	}
}

// complete reports whether the descriptor says that a bucket holds an hour.
func (w *World) complete(b *cloud.Bucket, hour time.Time) bool {
	since := w.operator.current().Buckets[b.Index].CompleteSince
	return !since.IsZero() && since.Before(hour.Add(time.Hour))
}

// sealing: a seal that is due is in every bucket, and so are its parts and its signatures.
func (t *truth) sealing(b *cloud.Bucket) {
	for name, s := range t.seals {
		n, _ := format.ParseSealName(name)
		if !t.complete(b, s.Hour) || s.Hour.Add(due).After(t.loop.Now()) {
			continue
		}
		names := append(slices.Clone(t.signed[n]), name)
		for i := range s.Parts {
			names = append(names, format.PartName{SealName: n, Number: i + 1}.String())
		}
		for _, key := range names {
			if !b.Listed(key) {
				t.note(b, key, "missing")
			}
		}
	}
}
