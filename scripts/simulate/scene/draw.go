package scene

import (
	"math/rand/v2"
	"slices"
	"time"

	"outlast.example/scripts/simulate/cloud"
)

// spans are mostly short: what takes longer is that a bucket is waited for over a day, and that hours are no longer recent.
var spans = []time.Duration{2 * time.Hour, 4 * time.Hour, 4 * time.Hour, 8 * time.Hour, 8 * time.Hour, 14 * time.Hour, 32 * time.Hour, 56 * time.Hour}

// draft is a scene that is being drawn.
type draft struct {
	*Scene
	r     *rand.Rand
	theme theme
}

// Draw draws the scene of a seed.
func Draw(seed uint64) *Scene {
	d := draft{&Scene{Seed: seed}, rand.New(rand.NewPCG(seed, 0)), themeOf(seed)} //nolint:gosec // to be reproduced
	if d.theme == weeks {
		return d.last()
	}
	d.cast()
	d.webhooks()
	d.routine()
	d.troubles()
	d.kills()
	switch d.theme {
	case weeks, mended:
	case replaced:
		d.replace()
	case doubted:
		d.doubt()
	case alone:
		d.lose()
	default:
		d.destroy()
	}
	d.look()
	d.ask()
	d.change()
	slices.SortStableFunc(d.Acts, func(a, b Act) int { return int(a.At - b.At) })
	return d.Scene
}

// cast draws who takes part: mostly three buckets and a quorum of two.
func (d draft) cast() {
	d.Buckets, d.Quorum, d.Span = 3, 2, spans[d.r.IntN(len(spans))]
	if d.r.IntN(4) == 0 {
		d.Buckets = 2 + d.r.IntN(3)
		d.Quorum = 1 + d.r.IntN(d.Buckets)
	}
	switch d.theme {
	case replaced:
		d.Buckets, d.Quorum, d.Span = 3, 2, 32*time.Hour
	case doubted, alone:
		d.Buckets, d.Quorum, d.Span = 3, 2, 4*time.Hour
	case mended:
		d.Buckets, d.Quorum, d.Span = 3, 2, []time.Duration{6 * time.Hour, 6 * time.Hour, 34 * time.Hour}[d.r.IntN(3)]
	}
	for range 1 + d.r.IntN(3) {
		d.Skews = append(d.Skews, d.between(-10*time.Minute, 10*time.Minute))
	}
	if d.theme == anything && d.r.IntN(10) == 0 {
		d.wrongClock()
	}
	if d.theme == alone && d.r.IntN(2) == 0 {
		for i := range d.Skews {
			d.Skews[i] = -150 * time.Minute // what is lost belongs to an hour that is sealed
		}
	}
	for range d.Buckets {
		d.Leads = append(d.Leads, d.between(-time.Minute, time.Minute))
	}
	d.Lines, d.Bytes = []int{1, 3, 1000}[d.r.IntN(3)], []int{1000, 1 << 20}[d.r.IntN(2)] // a delivery has some 700
}

// wrongClock has a receiver be hours off, or more than a day behind.
func (d draft) wrongClock() {
	d.Skews[0] = d.between(-4*time.Hour, 4*time.Hour)
	if d.r.IntN(3) == 0 {
		d.Skews[0] = d.between(-40*time.Hour, 0)
	}
}

func (d draft) webhooks() {
	for range 4 + d.r.IntN(12) {
		d.add(Act{At: d.moment(), Kind: Webhooks, N: 1 + d.r.IntN(5)})
	}
}

// routine is what runs by the clock: each cloud's reconcile, hourly at the best, some of them killed, some of them twice.
func (d draft) routine() {
	every := max(d.Span/5, time.Hour)
	for i := range d.Buckets {
		for at := d.between(0, every); at < d.Span; at += every {
			if d.r.IntN(4) == 0 {
				continue
			}
			a := Act{At: at, Kind: Reconcile, On: i}
			if d.r.IntN(3) == 0 {
				a.N, a.Slice = 1+d.r.IntN(150), d.r.IntN(2) == 0
			}
			d.add(a)
			if d.r.IntN(5) == 0 {
				d.add(Act{At: at + d.between(0, 3*time.Second), Kind: Reconcile, On: i})
			}
		}
	}
}

func (d draft) troubles() {
	for range d.r.IntN(8) {
		a := Act{At: d.moment(), Kind: Trouble, On: d.r.IntN(d.Buckets), Trouble: cloud.Troubles[d.r.IntN(len(cloud.Troubles))]}
		a.For = []time.Duration{3 * time.Second, time.Minute, time.Hour, 30 * time.Hour}[d.r.IntN(4)]
		if d.r.IntN(2) == 0 { // while something is to be stored
			a.At = d.busy() - d.between(0, a.For)/2
		}
		d.add(a)
	}
}

func (d draft) kills() {
	for range d.r.IntN(4) {
		at := d.moment()
		if d.r.IntN(4) > 0 {
			at = d.busy() + d.between(0, 80*time.Millisecond)
		}
		d.add(Act{At: at, Kind: Kill, On: d.r.IntN(len(d.Skews)), For: d.between(0, 10*time.Second)})
	}
}

// destroy lets one bucket, if the quorum is above one, fall into the hands of an administrator or of an accident.
func (d draft) destroy() {
	if d.Quorum < 2 || d.r.IntN(3) == 0 {
		return
	}
	victim := d.r.IntN(d.Buckets)
	for range 1 + d.r.IntN(4) {
		d.add(Act{
			At: d.moment(), Kind: destructions[d.r.IntN(len(destructions))], On: victim, N: 1 + d.r.IntN(5),
			For: d.between(time.Second, d.Span/2),
		})
	}
}

// change draws, by chances of its own, when the operator asks whether a bucket that he replaced is complete again, or whether some
// bucket may be removed.
func (d draft) change() {
	d.r = rand.New(rand.NewPCG(d.Seed, 13)) //nolint:gosec // to be reproduced
	for _, a := range slices.Clone(d.Acts) {
		for range d.r.IntN(4) {
			if a.Kind == Replace {
				d.add(Act{At: d.between(a.At, max(a.At, d.Span)), Kind: Next, On: a.On})
			}
		}
	}
	if d.r.IntN(4) == 0 {
		d.add(Act{At: d.moment(), Kind: Next, On: d.r.IntN(d.Buckets)})
	}
}

func (d draft) add(a Act) {
	a.At, a.Seed = max(a.At, 0), d.r.Uint64()
	d.Acts = append(d.Acts, a)
}

func (d draft) moment() time.Duration { return d.between(0, d.Span) }

// busy is a moment at which a CRM has something to say.
func (d draft) busy() time.Duration {
	all := d.of(Webhooks)
	return all[d.r.IntN(len(all))]
}

// of are the moments of one kind of act.
func (d draft) of(k Kind) (all []time.Duration) {
	for _, a := range d.Acts {
		if a.Kind == k {
			all = append(all, a.At)
		}
	}
	return all
}

func (d draft) between(from, to time.Duration) time.Duration {
	return from + time.Duration(d.r.Int64N(int64(to-from)+1)).Truncate(time.Millisecond)
}
