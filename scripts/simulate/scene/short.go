package scene

import (
	"math/rand/v2"
	"slices"
	"time"

	"outlast.example/scripts/simulate/cloud"
)

// DrawShort draws a scene of an hour at most and of a few acts, nearly all of them at the moments that matter: while a batch is on its
// way. Hardly anything is sealed in it, and nobody keeps or verifies. Some ninety of them take the time of one of the others.
func DrawShort(seed uint64) *Scene {
	d := draft{&Scene{Seed: seed, Short: true}, rand.New(rand.NewPCG(seed, 20)), anything} //nolint:gosec // to be reproduced
	d.Buckets, d.Quorum, d.Span = 3, 2, d.between(time.Minute, time.Hour)
	if d.r.IntN(4) == 0 {
		d.Buckets = 2 + d.r.IntN(3)
		d.Quorum = 1 + d.r.IntN(d.Buckets)
	}
	for range 1 + d.r.IntN(3)/2 {
		d.Skews = append(d.Skews, d.between(-10*time.Minute, 10*time.Minute))
	}
	for range d.Buckets {
		d.Leads = append(d.Leads, d.between(-time.Minute, time.Minute))
		d.Kinds = append(d.Kinds, cloud.Kind{Versions: d.r.IntN(3) == 0, Silent: d.r.IntN(3) == 0})
	}
	d.Lines, d.Bytes = []int{1, 3}[d.r.IntN(2)], 1<<20
	for range 1 + d.r.IntN(2) {
		d.add(Act{At: d.moment(), Kind: Webhooks, N: 1 + d.r.IntN(2)})
	}
	for range d.r.IntN(4) {
		d.trouble()
	}
	for range d.r.IntN(3) {
		d.add(Act{At: d.close(), Kind: Kill, On: d.r.IntN(len(d.Skews)), For: d.between(0, 10*time.Second)})
	}
	if d.r.IntN(3) == 0 {
		a := Act{At: d.busy() + d.between(0, 10*time.Second), Kind: Reconcile, On: d.r.IntN(d.Buckets)}
		a.N = d.r.IntN(2) * d.r.IntN(60)
		d.add(a)
	}
	if d.r.IntN(2) == 0 {
		d.destroy()
	}
	slices.SortStableFunc(d.Acts, func(a, b Act) int { return int(a.At - b.At) })
	return d.Scene
}

// trouble befalls a bucket while something is to be stored.
func (d draft) trouble() {
	a := Act{Kind: Trouble, On: d.r.IntN(d.Buckets), Trouble: cloud.Troubles[d.r.IntN(len(cloud.Troubles))]}
	a.For = []time.Duration{100 * time.Millisecond, 3 * time.Second, time.Minute, time.Hour}[d.r.IntN(4)]
	a.At = d.busy() - d.between(0, a.For)/2
	d.add(a)
}

// close is a moment at which a batch is being stored.
func (d draft) close() time.Duration { return d.busy() + d.between(0, 80*time.Millisecond) }
