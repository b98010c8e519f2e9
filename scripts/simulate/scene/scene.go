// Package scene draws what a run is about, from a seed: who takes part, and what befalls them when. Everything that is to
// happen is an act of a list, and each act brings the seed of its own details: one that is taken out leaves the others as
// they were. So a failure can be shrunk to the acts that it needs.
package scene

import (
	"fmt"
	"strings"
	"time"

	"outlast.example/scripts/simulate/cloud"
)

// Begin is when every repository does.
var Begin = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// Scene is a run before it runs.
type Scene struct {
	Seed    uint64
	Buckets int
	Quorum  int
	Skews   []time.Duration // of the receivers' clocks
	Leads   []time.Duration // of the clouds' clocks, one for each bucket
	Lines   int             // deliveries in a batch at most
	Bytes   int             // of deliveries in a batch at most
	Span    time.Duration   // until the troubles end
	Kinds   []cloud.Kind    // of the buckets
	Weeks   bool            // it lasts so long that locks end, and nothing is sealed or made equal meanwhile
	Short   bool            // it lasts for an hour at most, and hardly anything is sealed
	Acts    []Act           // in order
}

// Kind is what an act is.
type Kind string

// The kinds. Those after Trouble destroy; all of a scene's befall the same bucket, and stand for an accident or for the
// administrator of its cloud.
const (
	Webhooks  Kind = "webhooks"        // the CRM has N changes to tell
	Kill      Kind = "kill"            // a receiver dies, and begins again after For
	Reconcile Kind = "reconcile"       // a cloud's function runs; with N, it dies after N requests; with Slice, it stops by itself
	Keep      Kind = "keep"            // a cloud's function extends all locks; with N, it dies or stops as above, in each bucket
	Verify    Kind = "verify"          // the operator looks at all buckets; with N, he is interrupted after N requests
	Status    Kind = "status"          // the operator asks how everything stands
	Next      Kind = "descriptor next" // the operator asks for one in which a bucket is complete, or removed
	Trouble   Kind = "trouble"         // of a bucket, for For

	Empty     Kind = "empty"              // the bucket loses everything
	Replace   Kind = "replace"            // the operator puts an empty bucket in its place, and says so in the descriptor
	RollBack  Kind = "roll back"          // it goes back to what it held For ago
	Delete    Kind = "delete"             // N objects
	Rot       Kind = "rot"                // a bit of each of N objects
	Cut       Kind = "cut"                // N objects to their halves
	Hide      Kind = "hide"               // N objects from listings
	Lie       Kind = "lie"                // it confirms creates, and stores nothing, for For
	Forge     Kind = "forge"              // a batch signed with a key of his own
	Rename    Kind = "rename"             // a receiver's batch under other names
	Replay    Kind = "replay"             // a batch of another repository that has the same receivers
	ForgeSeal Kind = "forge seal"         // a seal that lists a forged batch, signed with a key of his own
	ForgeRepo Kind = "forge descriptor"   // a descriptor that trusts the administrator's key
	Squat     Kind = "take a name"        // other bytes in place of N objects
	Usurp     Kind = "take a name unseen" // the same, and listings leave the name out
	Litter    Kind = "litter"             // foreign names
	Mourn     Kind = "note as lost"       // notes that N batches are lost, whatever they are
	Erase     Kind = "erase"              // all that no lock holds
)

var destructions = []Kind{
	Empty, Replace, RollBack, RollBack, Delete, Delete, Rot, Cut, Hide, Lie, Forge, Mourn, Rename, Replay, ForgeSeal, ForgeRepo, Squat, Litter,
}

// Act is one thing that is to happen.
type Act struct {
	At      time.Duration // after Begin
	Kind    Kind
	On      int // index of the receiver, the cloud or the bucket
	N       int
	Slice   bool
	Deep    bool // verify reads everything
	Repair  bool // verify repairs
	For     time.Duration
	Trouble cloud.Trouble
	Seed    uint64 // of the details
}

// Destroys reports whether the act takes or alters what is stored, or may.
func (a Act) Destroys() bool {
	switch a.Kind {
	case Webhooks, Kill, Reconcile, Keep, Verify, Status, Next, Trouble:
		return false
	}
	return true
}

// String is the act in a line.
func (a Act) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-10s %-9s %d", a.At.Round(time.Millisecond), a.Kind, a.On)
	if a.Trouble != "" {
		fmt.Fprintf(&b, " %s", a.Trouble)
	}
	if a.N > 0 {
		fmt.Fprintf(&b, " n=%d", a.N)
	}
	if a.Slice {
		b.WriteString(" as a slice")
	}
	if a.Deep {
		b.WriteString(" reading everything")
	}
	if a.Repair {
		b.WriteString(" and repairing")
	}
	if a.For > 0 {
		fmt.Fprintf(&b, " for %s", a.For.Round(time.Millisecond))
	}
	return b.String()
}

// String is who takes part, in a line, and each act in one more.
func (s *Scene) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d: %d buckets %s, quorum %d, receivers' clocks %v, clouds' clocks %v, at most %d lines and %d bytes a batch, %s",
		s.Seed, s.Buckets, s.kinds(), s.Quorum, s.Skews, s.Leads, s.Lines, s.Bytes, s.Span)
	for _, a := range s.Acts {
		fmt.Fprintf(&b, "\n   %s", a)
	}
	return b.String()
}

// kinds says which buckets are not like the others.
func (s *Scene) kinds() string {
	var all []string
	for i, k := range s.Kinds {
		if k.Versions {
			all = append(all, fmt.Sprintf("%d keeps versions", i))
		}
		if k.Silent {
			all = append(all, fmt.Sprintf("%d shows no lock of its own", i))
		}
	}
	return "(" + strings.Join(all, ", ") + ")"
}

// With gives the scene with other acts.
func (s *Scene) With(acts []Act) *Scene {
	other := *s
	other.Acts = acts
	return &other
}
