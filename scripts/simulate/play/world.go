// Package play carries a scene out: Outlast's own code in the hands of a scheduler, among clouds and CRMs that misbehave, and a
// ledger of what is true, which is held against everything that the code says and does.
package play

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"time"

	"outlast.example/scripts/simulate/cloud"
	"outlast.example/scripts/simulate/loop"
	"outlast.example/scripts/simulate/scene"
	"outlast.example/shared/format"
)

// World is a run under way.
type World struct {
	*scene.Scene
	loop      *loop.Loop
	cast      *cast
	buckets   []*cloud.Bucket
	receivers []*receiver
	clouds    []*keeper
	crm       *crmSystem
	operator  *operator
	extenders []*extender // one in each cloud
	auditor   *auditor
	lastKept  []time.Time // by bucket: when the last run of keep began that was through with it
	ledger    *ledger

	victims   map[int]bool
	harmed    map[int]time.Time         // by bucket: when somebody last did so
	snapshots map[uint64]cloud.Snapshot // by the seed of the act that rolls back to it
	turned    bool                      // every hour has had its turn, or has it now
	ruined    map[string]bool           // names whose bytes in the victim's bucket may be others

	trace io.Writer // nil: nobody reads it
	hash  interface {
		io.Writer
		Sum64() uint64
	}
	Counts    Counts
	violation *Violation
}

// Violation is a promise that was broken.
type Violation struct {
	Promise string
	Detail  string
	At      time.Time
}

func (v *Violation) Error() string {
	return fmt.Sprintf("%s: %s (at %s)", v.Promise, v.Detail, v.At.Format("2006-01-02 15:04:05.000"))
}

// Result is a run that is over.
type Result struct {
	Violation *Violation // nil: every promise held
	Counts    Counts
	Hash      uint64 // of everything that happened
}

// Run carries a scene out. What happens is written to trace, if there is one.
func Run(s *scene.Scene, trace io.Writer) Result {
	w := newWorld(s, trace)
	defer w.loop.Close()
	for _, a := range s.Acts {
		w.remember(a)
		w.loop.At(scene.Begin.Add(a.At), func() { w.act(a) })
	}
	w.loop.Run(scene.Begin.Add(s.Span))
	w.finale()
	w.Counts.Events += w.loop.Events()
	return Result{w.violation, w.Counts, w.hash.Sum64()}
}

func newWorld(s *scene.Scene, trace io.Writer) *World {
	w := &World{Scene: s, loop: loop.New(scene.Begin, s.Seed), cast: everybody(), trace: trace, hash: fnv.New64a()}
	w.harmed = map[int]time.Time{}
	w.victims, w.snapshots, w.ruined = victims(s.Acts), map[uint64]cloud.Snapshot{}, map[string]bool{}
	w.Counts.Faults = map[string]int{}
	w.Counts.Seeds = 1
	w.ledger = newLedger(w)
	for i := range s.Buckets {
		w.buckets = append(w.buckets, cloud.New(w.loop, i, fmt.Sprintf("mem://%d", i), s.Kinds[i], w.ledger))
		w.clouds = append(w.clouds, &keeper{World: w, index: i})
		w.extenders = append(w.extenders, &extender{World: w, index: i, left: map[int]*extending{}})
		w.lastKept = append(w.lastKept, scene.Begin)
	}
	for i := range s.Skews {
		w.receivers = append(w.receivers, newReceiver(w, i))
	}
	w.crm = newCRM(w)
	w.operator = &operator{World: w, again: map[int]time.Time{}}
	w.auditor = &auditor{World: w, here: map[string][]format.Look{}, seenTo: map[int]bool{}}
	w.operator.begin()
	return w
}

// fail notes the first promise that is broken, and ends the run.
func (w *World) fail(promise, detail string, args ...any) {
	if w.violation == nil {
		w.violation = &Violation{promise, fmt.Sprintf(detail, args...), w.loop.Now()}
		w.say("BROKEN     %s: %s", promise, w.violation.Detail)
		w.loop.Halt()
	}
}

// say writes a line of the trace.
func (w *World) say(line string, args ...any) {
	if w.trace != nil {
		_, _ = fmt.Fprintf(w.trace, w.loop.Now().Format("02 15:04:05.000")+"  "+line+"\n", args...)
	}
}

// note makes something a part of the run's hash.
func (w *World) note(parts ...string) {
	var now [8]byte
	binary.LittleEndian.PutUint64(now[:], uint64(w.loop.Now().UnixNano())) //nolint:gosec // any number will do
	_, _ = w.hash.Write(now[:])
	for _, p := range parts {
		_, _ = io.WriteString(w.hash, p+"\n")
	}
}

// short is a name as people read it.
func short(key string) string {
	if k, err := format.ParseKey(key); err == nil {
		return fmt.Sprintf("batch %s %x of %s", k.Time.Format("15:04:05.000"), k.SHA256[:3], k.Receiver)
	}
	if n, err := format.ParseSealName(key); err == nil {
		return fmt.Sprintf("seal of %s %x", n.Hour.Format("02 15h"), n.SHA256[:3])
	}
	if s, err := format.ParseSealSignature(key); err == nil {
		return fmt.Sprintf("signature by %s of the seal of %s %x", s.Sealer, s.Hour.Format("02 15h"), s.SHA256[:3])
	}
	if n, err := format.ParseDescriptorName(key); err == nil {
		return fmt.Sprintf("descriptor %d %x", n.Number, n.SHA256[:3])
	}
	return key
}
