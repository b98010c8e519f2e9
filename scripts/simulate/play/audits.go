package play

import (
	"context"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"outlast.example/scripts/simulate/cloud"
	"outlast.example/scripts/simulate/scene"
	"outlast.example/shared/format"
	"outlast.example/shared/store"
	"outlast.example/shared/store/mem"
	"outlast.example/shared/verify"
)

// repairs has the operator repair while nothing is in the way: it comes to its end.
func (w *World) repairs() {
	task, r := w.auditor.start(scene.Act{Kind: scene.Verify, Deep: true, Repair: true})
	w.ends(task)
	if w.violation == nil && !r.done {
		w.fail(promiseRepair, "%s is not through, without any trouble", task.Name)
	}
}

// audited has verify repair everything that all buckets hold, reconcile seal what came to light, and verify look once more:
// then nothing is wrong but what a person must do.
func (w *World) audited() *verify.Report {
	report := w.look(scene.Act{Deep: true, Repair: true}, "the last repair", w.drivers())
	if report == nil {
		return nil
	}
	if report.Repaired > 0 {
		w.loop.Run(w.loop.Now().Add(2 * time.Hour))
		w.round(true)
		if w.violation != nil {
			return nil
		}
		if report = w.look(scene.Act{Deep: true}, "the last verify", w.drivers()); report == nil {
			return nil
		}
	}
	for at, what := range w.wrong(true) {
		if made := w.ledger.byKey[at.key]; !w.forAPerson(at.bucket, at.key) || made != nil && !w.isLost(made) {
			w.fail(promiseRepair, "after the repair, in %s %s is %s", at.bucket, short(at.key), what)
		}
	}
	for _, f := range report.Finding {
		if !w.forAPerson(f.Bucket, f.Key) {
			w.fail(promiseNoAlarm, "all is well, and verify says that in %s %s is %s: %s", f.Bucket, short(f.Key), f.Verdict, f.Known)
		}
	}
	return report
}

// forAPerson reports whether no program can put an object right: its administrator altered what has one name only, or put
// there what nobody made; or it is a batch that is nowhere sound.
func (w *World) forAPerson(bucket, key string) bool {
	made, b := w.ledger.of(key), w.bucket(bucket)
	if b == nil { // it is of the repository
		return len(w.victims) > 0
	}
	return w.victim(b.Index) || made != nil && w.isLost(made)
}

// look runs verify with nothing in the way and in no time.
func (w *World) look(act scene.Act, name string, drivers []store.Driver) *verify.Report {
	r := &audit{act: act, began: w.loop.Now(), before: w.wrong(act.Deep), there: w.places()}
	report, err := w.auditor.verify(act, w.auditor.checkpoint, drivers)
	if err != nil {
		w.fail(promiseVerifySay, "%s: %v", name, err)
		return nil
	}
	r.report = report
	w.auditor.judge(name, r)
	return &report
}

func (w *World) drivers() (all []store.Driver) {
	for _, b := range w.buckets {
		all = append(all, b.Driver())
	}
	return all
}

// planted does to all buckets at once what nothing but verify can find, one thing in each run, in copies of them.
func (w *World) planted(earlier []cloud.Snapshot, report *verify.Report) {
	cp := report.Checkpoint
	switch {
	case w.Seed%4 == 0 && cp != nil && !cp.Hour.IsZero():
		w.rolledBack(earlier, cp)
	case w.Seed%4 == 1:
		w.removed(format.LogPrefix)
	case w.Seed%4 == 2:
		w.removed(format.SealPrefix)
	case w.Seed%4 == 3:
		w.parts()
	}
}

// rolledBack: all buckets together go back to what they held earlier, or hold nothing any more.
func (w *World) rolledBack(earlier []cloud.Snapshot, cp *verify.Checkpoint) {
	for _, s := range earlier {
		for key := range s {
			if slices.ContainsFunc(cp.Seals, func(hash string) bool { return strings.HasPrefix(key, format.SealHourPrefix(cp.Hour)+hash) }) {
				return // they held it then
			}
		}
	}
	w.mustFind(earlier, cp, verify.RolledBack, format.SealHourPrefix(cp.Hour)+cp.Seals[0])
	w.mustFind(make([]cloud.Snapshot, len(earlier)), cp, verify.RolledBack, format.DescriptorPrefix)
}

// removed: one batch that a seal lists, or all seals of one hour that the next one names, are gone from every bucket.
func (w *World) removed(prefix string) {
	var names []string
	for name := range w.ledger.seals {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		s := w.ledger.seals[name]
		n, _ := format.ParseSealName(name)
		if !w.ledger.counts(n) || s.Hour.Add(due).After(w.loop.Now()) && prefix == format.SealPrefix {
			continue
		}
		victim := ""
		if prefix == format.LogPrefix && len(s.Objects) > 0 {
			victim = s.Objects[w.Seed/4%uint64(len(s.Objects))].Key
		} else if prefix == format.SealPrefix && w.isNamed(n) {
			victim = name
		}
		if made := w.ledger.byKey[victim]; victim == "" || made != nil && w.isLost(made) {
			continue
		}
		w.mustFind(w.without(victim), w.auditor.checkpoint, verify.Missing, victim)
		return
	}
}

// isNamed reports whether a seal of the next hour that counts names this one.
func (w *World) isNamed(n format.SealName) bool {
	for name, s := range w.ledger.seals {
		next, _ := format.ParseSealName(name)
		if s.Hour.Equal(n.Hour.Add(time.Hour)) && slices.Contains(s.Previous, hex.EncodeToString(n.SHA256[:])) && w.ledger.counts(next) {
			return true
		}
	}
	return false
}

// without are the buckets as they are, but for an object, its repairs, and its signatures.
func (w *World) without(key string) (all []cloud.Snapshot) {
	stem := strings.TrimSuffix(key, ".json")
	for _, b := range w.buckets {
		s := b.Snapshot()
		for name := range s {
			if strings.HasPrefix(name, stem) {
				delete(s, name)
			}
		}
		all = append(all, s)
	}
	return all
}

// mustFind wants a verdict from a quick run over copies.
func (w *World) mustFind(copies []cloud.Snapshot, cp *verify.Checkpoint, verdict verify.Verdict, key string) {
	report, err := w.auditor.verify(scene.Act{}, cp, opened(copies))
	if err != nil {
		w.fail(promiseVerify, "verify of altered copies: %v", err)
		return
	}
	found := slices.ContainsFunc(report.Finding, func(f verify.Finding) bool { return f.Verdict == verdict && strings.HasPrefix(f.Key, key) })
	if !found || report.Outcome != verify.Damage || report.Checkpoint != nil {
		w.fail(promiseVerify, "in copies of all buckets %s is %s, and verify says %s: %v, checkpoint %v", short(key), verdict,
			report.Outcome, report.Finding, report.Checkpoint)
	}
}

func opened(copies []cloud.Snapshot) (all []store.Driver) {
	for _, s := range copies {
		b := mem.New()
		for key, object := range s {
			b.Put(key, object)
		}
		all = append(all, b.Open(mem.Options{}))
	}
	return all
}

// parts: three runs read every batch in every bucket once.
func (w *World) parts() {
	read, there := 0, 0
	for number := range 3 {
		o := verify.Options{
			Root: w.cast.root.Public().(edKey), Now: w.loop.Now(), Read: verify.Part{Number: number + 1, Of: 3},
		}
		for _, b := range w.buckets {
			o.Buckets = append(o.Buckets, store.NewReader(b.URL, b.Driver()))
		}
		w.Counts.Verifies++
		report, err := verify.Run(context.Background(), o)
		if err != nil {
			w.fail(promiseVerify, "verify part %d of 3: %v", number+1, err)
			return
		}
		for _, b := range report.Buckets {
			read += b.Read
		}
	}
	for _, b := range w.honest() {
		for _, m := range w.ledger.batches {
			if b.Listed(m.key) {
				there++
			}
		}
	}
	if read < there {
		w.fail(promiseVerify, "three runs of a third each read %d batches, and there are %d", read, there)
	}
}
