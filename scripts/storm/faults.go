package main

import (
	"context"
	"math/rand/v2"
	"time"
)

// The directions of a toxic.
const (
	upstream   = "upstream"   // requests
	downstream = "downstream" // answers
)

// fault is one way in which a cloud is bad.
type fault struct {
	name  string
	toxic toxic                                                 // of the proxy
	begin func(ctx context.Context, st *stage, s *server) error // instead of a toxic
	end   func(ctx context.Context, st *stage, s *server) error // nil: the proxy is calmed
}

// faults are those of a proxy: everything about them is over when the proxy is calmed.
var faults = []fault{
	{name: "slow", toxic: toxic{"latency", downstream, map[string]int{"latency": 900, "jitter": 800}}},
	{name: "narrow", toxic: toxic{"bandwidth", upstream, map[string]int{"rate": 10}}},
	{name: "reset", toxic: toxic{"reset_peer", downstream, map[string]int{"timeout": 0}}},
	{name: "half a request", toxic: toxic{"limit_data", upstream, map[string]int{"bytes": 1200}}},
	{name: "half an answer", toxic: toxic{"limit_data", downstream, map[string]int{"bytes": 60}}},
	{name: "answer lost", toxic: toxic{"limit_data", downstream, map[string]int{"bytes": 0}}},
	{name: "answer never", toxic: toxic{"timeout", downstream, map[string]int{"timeout": 0}}},
	{name: "503", begin: func(ctx context.Context, st *stage, s *server) error {
		return st.proxies.replace(ctx, s.name, st.proxies.busy.Listener.Addr().String())
	}},
	{name: "refused", begin: func(ctx context.Context, st *stage, s *server) error { return st.proxies.refuse(ctx, s.name) }},
}

// hungFor is long enough for breakers to open (three batches, each waited for as long as the straggler budget, 1.5 s, partly
// at the same time) and for as many answers after that.
const (
	hungFor     = 10 * time.Second
	breakerOpen = 4 * time.Second
)

// hung is the fault by which the speed with one bad bucket is measured: requests vanish, connections stay.
var hung = fault{name: "hung", toxic: toxic{"timeout", upstream, map[string]int{"timeout": 0}}}

// killed and wiped are faults of the server itself.
var (
	killed = fault{name: "server killed", begin: kill, end: start}
	wiped  = fault{name: "disk wiped", begin: wipe, end: start}
)

func kill(_ context.Context, _ *stage, s *server) error { s.kill(); return nil }

func wipe(_ context.Context, _ *stage, s *server) error { s.kill(); return s.wipe() }

func start(ctx context.Context, _ *stage, s *server) error { return s.start(ctx) }

// forgets reports whether the server may not know afterwards what it confirmed before: a killed one too, since not every
// server writes everything down at once (azurite saves its index every few seconds).
func (f fault) forgets() bool { return f.end != nil }

// cutsUploads reports whether requests arrive in part.
func (f fault) cutsUploads() bool { return f.toxic.Stream == upstream }

// trouble is a fault of one cloud.
type trouble struct {
	fault
	cloud int
}

// step is what is bad at one time, and who is killed in the middle of it.
type step struct {
	troubles []trouble
	hold     time.Duration
	victim   int // a number of stage.victims; nobody: -1
}

const nobody = -1

// deal gives every fault once, kills every server, and has two pairs of clouds. In as many rounds as there are clouds, every
// cloud has every fault.
func deal(random *rand.Rand, round, victims int) []step {
	single := func(f fault, place int) step { return step{troubles: []trouble{{f, (round + place) % len(clouds)}}} }
	all := []step{single(wiped, 0), single(killed, 1), single(killed, 2), single(hung, 2), pair(random, round), pair(random, round+1)}
	for i, f := range faults {
		all = append(all, single(f, i))
	}
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for i := range all {
		all[i].victim = (round + i) % victims
		switch all[i].hold = time.Second + time.Duration(random.Int64N(int64(2*time.Second))); all[i].kind() {
		case twoBad:
			all[i].hold += hangUp // or everything would be stored within the deadline, once it is over
		case oneHung: // whose answers are measured
			all[i].hold, all[i].victim = hungFor, nobody
		}
	}
	return all
}

// pair lets two clouds be bad at once, and worse than slow, so that 503 is the right answer.
func pair(random *rand.Rand, round int) step {
	bad := func(cloud int) trouble { return trouble{faults[2+random.IntN(len(faults)-2)], cloud % len(clouds)} }
	return step{troubles: []trouble{bad(round), bad(round + 1)}}
}

// kind says to which phase of the account the step belongs.
func (s step) kind() kind {
	switch {
	case len(s.troubles) > 1:
		return twoBad
	case s.troubles[0].name == hung.name:
		return oneHung
	}
	return oneBad
}

// forgets reports whether a cloud may lose in it what it confirmed.
func (s step) forgets() bool { return s.troubles[0].forgets() }
