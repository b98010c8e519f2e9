package play

import (
	"bytes"
	"slices"
	"time"

	"outlast.example/scripts/simulate/cloud"
	"outlast.example/scripts/simulate/scene"
	"outlast.example/shared/format"
	"outlast.example/shared/reconcile"
)

// finale ends all troubles, lets everything under way end, and holds what remains against the promises: what any
// N - quorum + 1 buckets hold before anything is evened out, and what each of them holds after it.
func (w *World) finale() {
	switch {
	case w.Weeks:
		w.weeks()
		return
	case w.Short:
		w.short()
		return
	}
	w.rest()
	if w.violation != nil {
		return
	}
	w.before()
	earlier := w.snapshot()
	if w.Seed%8 == 2 || w.Seed%16 == 5 {
		w.repairs()
	}
	relist := w.turns()
	for round := range 2 {
		w.round(relist)
		if w.violation != nil {
			return
		}
		w.equal(format.LogPrefix)
		if round > 0 {
			for _, prefix := range []string{format.SealPrefix, format.DescriptorPrefix, format.RecoveryPrefix, format.LostPrefix} {
				w.equal(prefix)
			}
		}
	}
	for _, b := range w.buckets {
		if !w.victim(b.Index) || len(w.ruined) == 0 {
			w.sealed(b)
		}
	}
	if w.violation == nil {
		w.completed()
		w.after()
	}
	if w.violation == nil {
		w.kept()
		if report := w.audited(); report != nil && w.violation == nil {
			w.stands()
			w.planted(earlier, report)
		}
	}
}

// snapshot keeps what all buckets hold.
func (w *World) snapshot() (all []cloud.Snapshot) {
	for _, b := range w.buckets {
		all = append(all, b.Snapshot())
	}
	return all
}

// rest ends the troubles, and waits until the CRM has nothing more to tell and what is to be sealed is due.
func (w *World) rest() {
	w.settle()
	w.loop.Run(w.loop.Now().Add(5 * time.Hour)) // clocks that are ahead
	if w.lost() {
		w.round(false)
		w.loop.Run(w.loop.Now().Add(reconcile.Patience))
	}
}

// settle ends the troubles, and waits until the CRM has nothing more to tell.
func (w *World) settle() {
	for _, b := range w.buckets {
		b.Heal()
	}
	w.loop.Run(w.loop.Now().Add(15 * time.Minute))
	for _, r := range w.receivers {
		if r.alive && (!r.machine.Idle() || len(r.calls) > 0) {
			w.fail(promiseAnswer, "%s has %d deliveries without an answer, and nothing has been under way for long", r.name(), len(r.calls))
		}
	}
	if !w.Short || w.Seed%4 == 0 {
		w.probe()
	}
}

// probe has each receiver hear one more delivery: it must be stored in every bucket.
func (w *World) probe() {
	for _, r := range w.receivers {
		before := len(w.ledger.batches)
		w.crm.probe(r)
		w.loop.Run(w.loop.Now().Add(time.Minute))
		for _, b := range w.ledger.batches[before:] {
			if b.acked.IsZero() || b.copies() < w.Buckets {
				w.fail(promiseConverge, "all is well again, and %s stores batch %d in %d buckets", r.name(), b.number, b.copies())
			}
		}
	}
}

// round has each cloud's function run to its end, one after the other.
func (w *World) round(relist bool) {
	for _, k := range w.clouds {
		w.runs(k, relist)
	}
}

func (w *World) runs(k *keeper, relist bool) {
	w.ledger.quiet = true
	task, run := k.start(scene.Act{}, relist)
	if over := w.loop.RunTask(task, w.loop.Now().Add(6*time.Hour)); !over && w.violation == nil {
		w.fail(promiseConverge, "%s does not come to its end", task.Name)
	}
	if w.violation == nil && (!run.done || !run.report.Equal && !w.lost()) {
		w.fail(promiseConverge, "%s says that the buckets are not equal, without any trouble", task.Name)
	}
	if w.violation == nil && run.report.Equal && w.turned && w.lost() {
		w.fail(promiseLost, "%s says that the buckets are equal, and there is a batch that is sound in none of them", task.Name)
	}
	if newest := w.operator.current(); run.done && run.descriptor.Number != newest.Number {
		w.fail(promiseConverge, "%s goes by descriptor %d, and number %d is there", task.Name, run.descriptor.Number, newest.Number)
	}
}

// lost reports whether there is a batch of which every copy is ruined, or gone after somebody noted that. It cannot be one
// that was acknowledged; buckets may be called unequal for it.
func (w *World) lost() bool { return slices.ContainsFunc(w.ledger.batches, w.isLost) }

func (w *World) isLost(m *batch) bool {
	listed, sound := 0, 0
	for _, b := range w.buckets {
		if object, there := b.Get(m.key); there {
			listed++
			if bytes.Equal(object, m.content.Bytes) {
				sound++
			}
		}
	}
	return sound == 0 && (listed > 0 && listed < w.Buckets || w.noted(m))
}

func (w *World) noted(m *batch) bool {
	return slices.ContainsFunc(w.buckets, func(b *cloud.Bucket) bool {
		_, there := b.Get(format.LostName(m.parsed))
		return there
	})
}

// turns has older hours be looked at, where only that finds what is missing: an administrator removed single objects of hours
// whose seals are there, or a clock named batches of such hours. They have their turn, unless the operator asks for all of
// them at once.
func (w *World) turns() (relist bool) {
	removed := slices.ContainsFunc(w.Acts, func(a scene.Act) bool {
		return a.Kind == scene.Delete || a.Kind == scene.Hide || a.Kind == scene.Lie || a.Kind == scene.RollBack
	})
	late := slices.ContainsFunc(w.ledger.batches, func(b *batch) bool {
		return slices.ContainsFunc(b.stored, func(at time.Time) bool { return at.Sub(b.parsed.Time) > time.Hour })
	})
	w.turned = true
	if removed && w.Seed%2 == 0 {
		return true
	}
	if removed || late {
		w.turned = false
		w.round(false)
		w.turned = true
		w.loop.Run(w.loop.Now().Add(cycle))
	}
	return false
}

// equal: what is sound in one bucket is so in every one.
func (w *World) equal(prefix string) {
	sound := map[string][]byte{}
	for _, b := range w.buckets {
		for _, key := range b.Keys(prefix) {
			if object, _ := b.Get(key); w.ledger.sound(key, object) {
				sound[key] = object
			}
		}
	}
	for key, object := range sound {
		for _, b := range w.buckets {
			is, there := b.Get(key)
			if w.ruined[key] && w.victim(b.Index) || w.idle(key) {
				continue
			}
			if !there || !bytes.Equal(is, object) {
				w.fail(promiseConverge, "bucket %d lacks %s", b.Index, short(key))
			}
		}
	}
}

// idle reports whether a name is that of a note of a batch that is not lost: nobody needs it anywhere else.
func (w *World) idle(key string) bool {
	k, err := format.ParseLostName(key)
	return err == nil && !w.isLost(w.ledger.byKey[k.String()])
}

// sound reports whether an object is what its name speaks of, and its name was made by whom it names.
func (l *ledger) sound(key string, object []byte) bool {
	if made := l.byKey[key]; made != nil {
		return bytes.Equal(made.content.Bytes, object)
	}
	if page, made := l.pages[key]; made {
		return bytes.Equal(page, object)
	}
	if told, made := l.reports[key]; made {
		return bytes.Equal(told, object)
	}
	if s, err := format.ParseSealSignature(key); err == nil {
		return l.signed(s) && len(object) == 0
	}
	if k, err := format.ParseLostName(key); err == nil {
		return l.byKey[k.String()] != nil && len(object) == 0
	}
	if part, err := format.ParsePartName(key); err == nil {
		return l.counts(part.SealName) && bytes.Equal(l.parts[key], object)
	}
	n, err := format.ParseSealName(key)
	if err != nil || !l.counts(n) {
		return false
	}
	_, err = format.OpenSeal(n, object, repositoryID)
	return err == nil
}

// counts reports whether a signature of a seal is left in any bucket. A run may be killed before it signs, and an
// administrator may remove what it signed: the seal then is nobody's.
func (l *ledger) counts(n format.SealName) bool {
	for _, b := range l.buckets {
		for _, key := range b.Keys(format.SealHourPrefix(n.Hour)) {
			if s, err := format.ParseSealSignature(key); err == nil && s.SealName == n && l.signed(s) {
				return true
			}
		}
	}
	return false
}

// honest are the buckets that nobody destroys.
func (w *World) honest() (all []*cloud.Bucket) {
	for _, b := range w.buckets {
		if !w.victim(b.Index) {
			all = append(all, b)
		}
	}
	return all
}
