package cost

import "math"

// Requests are those that stores bill.
type Requests struct {
	Writes float64 `json:"writes"` // creates, and locks that are extended
	Lists  float64 `json:"lists"`  // pages
	Reads  float64 `json:"reads"`  // of objects, and of locks
}

func (r Requests) plus(o Requests) Requests {
	return Requests{r.Writes + o.Writes, r.Lists + o.Lists, r.Reads + o.Reads}
}

func (r Requests) times(n float64) Requests { return Requests{r.Writes * n, r.Lists * n, r.Reads * n} }

func (r Requests) total() float64 { return r.Writes + r.Lists + r.Reads }

// sight is what a repository looks like to the tasks: how old it is, and what a bucket holds. Their requests follow from it, and
// TestRequestsOfTheCode runs them to see that they do.
type sight struct {
	days    float64 // since the repository began
	batches float64 // in each bucket
	perHour float64 // batches of a recent hour
	sealers float64
	buckets float64
}

func pages(objects float64) float64 { return math.Max(1, math.Ceil(objects/1000)) }

func (s sight) hours() float64 { return s.days * 24 }

// seals are an hour's seal, and a signature of each sealer.
func (s sight) seals() float64 { return s.hours() * (1 + s.sealers) }

// reconcile is what a run asks of one bucket where everything is equal: descriptors, pages and notes; the seals of each day;
// the last 27 hours and the one to come. Of each recent hour's seal one copy is read, in one of the buckets.
func (s sight) reconcile() Requests {
	const always, recent, read = 4, 28, 26
	return Requests{Lists: always + recent*pages(s.perHour) + s.days, Reads: read / s.buckets}
}

// sealed is what an hour costs in one bucket on top, once: its seal and the signatures, and the old hours whose turn it is,
// by each sealer.
func (s sight) sealed() Requests {
	return Requests{Writes: 1 + s.sealers, Lists: s.sealers * math.Floor(s.days/30) * pages(s.perHour)}
}

// told is what a sealer's run of reconcile asks of one bucket, before it and after it, for what was found: the names of three months, mostly,
// and the newest report of each sealer, in one of the buckets.
func (s sight) told() Requests {
	const times, months = 2, 3
	return Requests{Lists: times * months, Reads: times * s.sealers / s.buckets}
}

// reported is what a day's reports cost in one bucket: each sealer writes one of reconcile, and one is written of verify and of
// keep.
func (s sight) reported() Requests { return Requests{Writes: s.sealers + 2} }

// verify is what a run asks of one bucket: everything is listed, notes and reports too, one copy of each seal read, and one of so
// many parts of all.
func (s sight) verify(parts float64) Requests {
	const always = 5
	return Requests{
		Lists: always + pages(s.batches) + pages(s.seals()),
		Reads: s.hours()/s.buckets + (s.batches+s.hours())/parts,
	}
}

// keep is what a day asks of one bucket: four runs list everything and look at a seventh; the first of them extends it.
func (s sight) keep() Requests {
	const always, runs = 3, 4
	seventh := (s.batches + s.seals() + 2) / 7
	return Requests{Lists: runs * (always + pages(s.batches) + pages(s.seals())), Reads: runs * seventh, Writes: seventh}
}
