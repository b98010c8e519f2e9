package play

import "outlast.example/shared/format"

// short ends a short scene: of what the others look at, it looks at whether what was acknowledged is in as few buckets as must hold it
// and, after one run of one cloud's function, in all of them, the same, and restored from one alone.
func (w *World) short() {
	w.settle()
	if w.violation != nil {
		return
	}
	w.before()
	w.turned = true
	if w.lost() {
		return // takes days to be said, which longer scenes wait for
	}
	w.runs(w.clouds[w.Buckets-1], false) // which seals where there are two
	if w.violation != nil {
		return
	}
	w.equal(format.LogPrefix)
	if b := w.buckets[int(w.Seed%12)%w.Buckets]; !w.victim(b.Index) || len(w.ruined) == 0 {
		w.alone(b)
	}
}
