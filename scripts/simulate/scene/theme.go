package scene

import (
	"time"

	"outlast.example/scripts/simulate/cloud"
)

// theme is what chance seldom brings together, and some seeds are therefore about.
type theme int

const (
	anything theme = iota
	replaced       // one bucket is away for over a day, and of the others one is new: a seal must be made, and cannot
	doubted        // copies in one bucket are altered while no other bucket gives out what it holds
	alone          // a bucket is the only one that stores, and loses it
	mended         // a bucket loses what is sealed, and somebody repairs it while others misbehave
	weeks          // locks would end
)

func themeOf(seed uint64) theme {
	switch seed % 16 {
	case 7:
		return replaced
	case 11:
		return doubted
	case 3:
		return alone
	case 5:
		return mended
	case 13:
		return weeks
	}
	return anything
}

// replace has a bucket be waited for in vain while another one is filled.
func (d draft) replace() {
	away := d.r.IntN(d.Buckets)
	victim := (away + 1 + d.r.IntN(d.Buckets-1)) % d.Buckets
	d.add(Act{At: d.between(0, time.Hour), Kind: Trouble, On: away, Trouble: cloud.Away, For: 31 * time.Hour})
	d.add(Act{At: d.between(0, 20*time.Hour), Kind: []Kind{Replace, Replace, Empty, RollBack}[d.r.IntN(4)], On: victim, For: 5 * time.Hour})
	for range 3 {
		d.add(Act{At: d.between(27*time.Hour, 31*time.Hour), Kind: Reconcile, On: d.r.IntN(d.Buckets)})
	}
}

// doubt has copies be cut or replaced, and every other bucket read wrongly while their hour is sealed.
func (d draft) doubt() {
	victim := d.r.IntN(d.Buckets)
	d.add(Act{At: d.between(0, 40*time.Minute), Kind: Webhooks, N: 5})
	d.add(Act{At: 50 * time.Minute, Kind: []Kind{Cut, Squat}[d.r.IntN(2)], On: victim, N: 9})
	for i := range d.Buckets {
		if i != victim {
			d.add(Act{At: 55 * time.Minute, Kind: Trouble, On: i, Trouble: cloud.False, For: 3 * time.Hour})
		}
	}
}

// lose has a bucket store what nobody acknowledges, since the others are away, and have it altered there.
func (d draft) lose() {
	victim := d.r.IntN(d.Buckets)
	for i := range d.Buckets {
		if i != victim {
			d.add(Act{At: 20 * time.Minute, Kind: Trouble, On: i, Trouble: cloud.Away, For: 20 * time.Minute})
		}
	}
	d.add(Act{At: d.between(22*time.Minute, 30*time.Minute), Kind: Webhooks, N: 5})
	d.add(Act{At: 38 * time.Minute, Kind: []Kind{Rot, Cut}[d.r.IntN(2)], On: victim, N: 9})
}
