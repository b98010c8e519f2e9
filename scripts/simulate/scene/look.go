package scene

import (
	"math/rand/v2"
	"slices"
	"time"

	"outlast.example/scripts/simulate/cloud"
)

const day = 24 * time.Hour

// look draws, by chances of its own, what each bucket is like, and who keeps locks and verifies.
func (d draft) look() {
	d.r = rand.New(rand.NewPCG(d.Seed, 9)) //nolint:gosec // to be reproduced
	for range d.Buckets {
		d.Kinds = append(d.Kinds, cloud.Kind{Versions: d.r.IntN(3) == 0, Silent: d.r.IntN(3) == 0})
	}
	if d.theme == mended {
		d.mend()
		return
	}
	if d.r.IntN(5) == 0 {
		d.add(d.keep(d.between(d.Span/3, d.Span)))
	}
	for range d.r.IntN(3) {
		d.add(Act{
			At: d.between(d.Span/3, d.Span), Kind: Verify, N: d.r.IntN(4) / 3 * d.r.IntN(200), Deep: d.r.IntN(3) == 0, Repair: d.r.IntN(2) == 0,
		})
	}
}

// ask draws, by chances of its own, when the operator asks how everything stands; for every second scene after somebody saw to
// everything, without which nothing is ever called well.
func (d draft) ask() {
	d.r = rand.New(rand.NewPCG(d.Seed, 12)) //nolint:gosec // to be reproduced
	from := d.Span / 4
	if d.r.IntN(2) == 0 {
		from = d.between(d.Span/4, d.Span*3/4)
		d.tend(from)
	}
	for range 1 + d.r.IntN(4) {
		d.add(Act{At: d.between(from, d.Span), Kind: Status})
	}
}

// tend has everything be reconciled, kept, mostly read, and asked for, and then a batch be stored while a bucket takes none.
func (d draft) tend(at time.Duration) {
	on := d.r.IntN(d.Buckets)
	for i, a := range []Act{
		{Kind: Reconcile, On: 0}, {Kind: Reconcile, On: 1}, {Kind: Keep, On: on}, {Kind: Verify, Deep: d.r.IntN(4) > 0}, {Kind: Status},
		{Kind: Trouble, On: on, Trouble: []cloud.Trouble{cloud.Closed, cloud.Away}[d.r.IntN(2)], For: 90 * time.Second}, {Kind: Webhooks, N: 3},
	} {
		a.At = at + time.Duration(i)*time.Minute
		d.add(a)
	}
	d.add(Act{At: at + 9*time.Minute, Kind: Status})
}

// keep is a run, mostly a whole one.
func (d draft) keep(at time.Duration) Act {
	a := Act{At: at, Kind: Keep, On: d.r.IntN(d.Buckets)}
	if d.r.IntN(3) == 0 {
		a.N, a.Slice = 3+d.r.IntN(60), d.r.IntN(2) == 0
	}
	return a
}

// mend has a bucket lose what is sealed, in several ways, and repairs while what others give out may be wrong.
func (d draft) mend() {
	victim := d.r.IntN(d.Buckets)
	d.Kinds[victim].Versions = d.r.IntN(2) == 0
	for range 1 + d.r.IntN(3) {
		kind := []Kind{Cut, Squat, Usurp, Rot, Delete, Delete, Hide, Forge, Rename}[d.r.IntN(9)]
		d.add(Act{At: d.between(d.Span/2, d.Span*3/4), Kind: kind, On: victim, N: 2 + d.r.IntN(5)})
	}
	if d.r.IntN(2) == 0 {
		other := (victim + 1 + d.r.IntN(d.Buckets-1)) % d.Buckets
		d.add(Act{At: d.between(d.Span/2, d.Span*3/4), Kind: Trouble, On: other, Trouble: d.mistrust(), For: d.Span})
	}
	if d.r.IntN(2) == 0 {
		d.add(Act{At: d.Span * 3 / 4, Kind: Trouble, On: victim, Trouble: cloud.Grudging, For: d.Span})
	}
	for range 2 {
		d.add(Act{At: d.between(d.Span*3/4, d.Span), Kind: Verify, Deep: d.r.IntN(2) == 0, Repair: true})
	}
}

func (d draft) mistrust() cloud.Trouble {
	return []cloud.Trouble{cloud.False, cloud.False, cloud.Torn, cloud.Flaky, cloud.Perverse, cloud.Closed}[d.r.IntN(6)]
}

// last draws a scene of weeks: little is captured, and locks are extended, mostly every seven days.
func (d draft) last() *Scene {
	d.Weeks = true
	d.Buckets, d.Quorum, d.Span = 2+d.r.IntN(2), 2, d.between(15*day, 32*day)
	for range d.Buckets {
		d.Leads = append(d.Leads, d.between(-time.Minute, time.Minute))
		d.Kinds = append(d.Kinds, cloud.Kind{Versions: d.r.IntN(3) == 0, Silent: d.r.IntN(2) == 0})
	}
	d.Skews, d.Lines, d.Bytes = []time.Duration{0}, 1000, 1<<20
	d.webhooks()
	for at := d.between(0, 7*day); at < d.Span; at += 7*day - d.between(0, day/4) {
		if d.r.IntN(8) == 0 {
			continue
		}
		d.add(d.keep(at))
		for range d.r.IntN(3) { // once more, at once or later
			d.add(d.keep(at + d.between(0, []time.Duration{time.Second, day}[d.r.IntN(2)])))
		}
	}
	for range d.r.IntN(8) {
		a := Act{At: d.busy(), Kind: Trouble, On: d.r.IntN(d.Buckets), Trouble: cloud.Troubles[d.r.IntN(len(cloud.Troubles))]}
		a.For = []time.Duration{3 * time.Second, time.Minute, 30 * time.Hour, 5 * day}[d.r.IntN(4)]
		if kept := d.of(Keep); len(kept) > 0 && d.r.IntN(4) > 0 {
			a.At = kept[d.r.IntN(len(kept))] - d.between(0, a.For)/2
		}
		d.add(a)
	}
	d.kills()
	d.slowly()
	victim := d.r.IntN(d.Buckets)
	for range d.r.IntN(4) {
		kind := []Kind{Erase, Erase, Delete, Hide, RollBack, Empty, Squat, Litter}[d.r.IntN(8)]
		d.add(Act{At: d.moment(), Kind: kind, On: victim, N: 1 + d.r.IntN(5), For: d.between(time.Hour, d.Span/2)})
	}
	if at := d.moment(); d.r.IntN(2) == 0 { // and somebody looks
		d.add(Act{At: at, Kind: Empty, On: victim})
		d.add(Act{At: at + time.Minute, Kind: Keep, On: d.r.IntN(d.Buckets)})
	}
	slices.SortStableFunc(d.Acts, func(a, b Act) int { return int(a.At - b.At) })
	return d.Scene
}

// slowly has a cloud's function take days for a run, which locks the less far ahead the earlier they are, and buckets throttle
// it.
func (d draft) slowly() {
	on, at, n := d.r.IntN(d.Buckets), d.between(0, d.Span-6*day), 6+d.r.IntN(12)
	for range 6 {
		d.add(Act{At: at, Kind: Keep, On: on, N: n, Slice: true})
		at += day
	}
	for range 1 + d.r.IntN(4) {
		d.add(Act{At: d.keeping() - d.between(0, time.Second), Kind: Trouble, On: d.r.IntN(d.Buckets), Trouble: cloud.Grudging, For: time.Minute})
	}
}

// keeping is a moment at which keep begins.
func (d draft) keeping() time.Duration {
	all := d.of(Keep)
	return all[d.r.IntN(len(all))]
}
