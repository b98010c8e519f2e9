package replica

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var start = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

const deadline = 4 * time.Second

// driver feeds a machine and reads its actions as short lines, times in milliseconds since the start:
// "encode 1 [1]", "create 1/0 until 1500", "answer [1] acknowledged", "finish 1 stored stored stored".
type driver struct {
	t *testing.T
	m *Machine
}

func newDriver(t *testing.T, change func(*Policy)) *driver {
	p := DefaultPolicy(3)
	if change != nil {
		change(&p)
	}
	if err := p.Check(3); err != nil {
		t.Fatal(err)
	}
	return &driver{t, NewMachine(p, 3, func() float64 { return 0.5 })}
}

func (d *driver) at(ms int, e Event, want ...string) {
	d.t.Helper()
	var got []string
	for _, a := range d.m.Step(start.Add(time.Duration(ms)*time.Millisecond), e) {
		got = append(got, line(a))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		d.t.Fatalf("at %d ms, %T%+v (-want +got):\n%s", ms, e, e, diff)
	}
}

func (d *driver) wakes(ms int) {
	d.t.Helper()
	if got := d.m.Wake().Sub(start).Milliseconds(); got != int64(ms) {
		d.t.Fatalf("wakes at %d ms, want %d", got, ms)
	}
}

// begin brings a lone delivery to its three creates.
func (d *driver) begin(ms int, id int) {
	d.t.Helper()
	at := start.Add(time.Duration(ms) * time.Millisecond)
	batch := d.m.lastBatch + 1
	d.at(ms, Arrived{DeliveryID(id), 1, at.Add(deadline)}, fmt.Sprintf("encode %d [%d]", batch, id))
	if got := len(d.m.Step(at, Encoded{batch, 1, true})); got != 3 {
		d.t.Fatalf("%d creates, want 3", got)
	}
}

// created lets every bucket store a batch.
func (d *driver) created(ms int, batch BatchID) {
	for bucket := range d.m.lanes {
		d.m.Step(start.Add(time.Duration(ms)*time.Millisecond), Created{batch, bucket, OutcomeStored})
	}
}

func line(a Action) string {
	switch a := a.(type) {
	case Encode:
		return fmt.Sprintf("encode %d %v", a.Batch, a.Deliveries)
	case Create:
		return fmt.Sprintf("create %d/%d until %d", a.Batch, a.Bucket, a.Until.Sub(start).Milliseconds())
	case Answer:
		return fmt.Sprintf("answer %v %s", a.Deliveries, a.Verdict)
	case Finish:
		return fmt.Sprintf("finish %d %v", a.Batch, a.Buckets)
	}
	return fmt.Sprintf("%T", a)
}

func TestLoneDeliveryGoesToEveryBucketAtOnce(t *testing.T) {
	d := newDriver(t, nil)
	d.at(0, Arrived{1, 100, start.Add(deadline)}, "encode 1 [1]")
	d.at(1, Encoded{1, 80, true}, "create 1/0 until 1501", "create 1/1 until 1501", "create 1/2 until 1501")
	d.at(5, Created{1, 0, OutcomeStored})
	d.at(6, Created{1, 1, OutcomeStored}) // quorum: the third is still waited for
	d.wakes(1506)
	d.at(7, Created{1, 2, OutcomeExisted}, "answer [1] acknowledged", "finish 1 [stored stored existed]")
	if !d.m.Idle() || !d.m.Wake().IsZero() || d.m.held != 0 {
		t.Errorf("not idle at the end: %+v", d.m)
	}
}

func TestBelowQuorumIsNeverAcknowledged(t *testing.T) {
	t.Run("refused by two", func(t *testing.T) {
		d := newDriver(t, nil)
		d.begin(0, 1)
		d.at(5, Created{1, 0, OutcomeStored})
		d.at(6, Created{1, 1, OutcomeRefused})
		d.at(7, Created{1, 2, OutcomeRefused}, "answer [1] below quorum", "finish 1 [stored failed failed]")
	})
	t.Run("no answer from two until the deadline", func(t *testing.T) {
		d := newDriver(t, func(p *Policy) { p.Attempt = time.Minute })
		d.begin(0, 1)
		d.at(5, Created{1, 0, OutcomeStored})
		d.wakes(4000)
		d.at(4000, Woken{}, "answer [1] below quorum")
		d.at(4000, Created{1, 1, OutcomeNoAnswer})
		d.at(4000, Created{1, 2, OutcomeNoAnswer}, "finish 1 [stored unknown unknown]")
	})
	t.Run("one delivery that cannot be encoded does not spoil the others", func(t *testing.T) {
		d := newDriver(t, func(p *Policy) { p.MaxLines = 2 })
		d.begin(0, 1)
		d.at(1, Arrived{2, 1, start.Add(deadline)})
		d.at(1, Arrived{3, 1, start.Add(deadline)}, "encode 2 [2 3]")
		d.at(2, Encoded{Batch: 2}, "encode 3 [2]", "encode 4 [3]", "finish 2 []")
		d.at(3, Encoded{Batch: 3}, "answer [2] not encoded", "finish 3 []")
	})
	t.Run("a batch that cannot be made", func(t *testing.T) {
		d := newDriver(t, nil)
		d.at(0, Arrived{1, 1, start.Add(deadline)}, "encode 1 [1]")
		d.at(1, Encoded{Batch: 1}, "answer [1] not encoded", "finish 1 []")
	})
	t.Run("encoding takes longer than the deadline", func(t *testing.T) {
		d := newDriver(t, nil)
		d.at(0, Arrived{1, 1, start.Add(deadline)}, "encode 1 [1]")
		d.wakes(4000)
		d.at(4000, Woken{}, "answer [1] below quorum")
		d.at(4100, Encoded{1, 1, true}, "finish 1 []")
	})
}

func TestStragglerIsWaitedForOnlySoLong(t *testing.T) {
	d := newDriver(t, func(p *Policy) { p.Attempt = time.Minute })
	d.begin(0, 1)
	d.at(5, Created{1, 0, OutcomeStored})
	d.at(10, Created{1, 1, OutcomeStored})
	d.wakes(1510)
	d.at(1509, Woken{})
	d.at(1510, Woken{}, "answer [1] acknowledged")
	d.at(2000, Created{1, 2, OutcomeStored}, "finish 1 [stored stored stored]")
}

func TestDeadlinesBelongToDeliveries(t *testing.T) {
	d := newDriver(t, func(p *Policy) { p.Attempt = time.Minute })
	d.begin(0, 1)
	d.at(1, Arrived{2, 1, start.Add(500 * time.Millisecond)})
	d.at(2, Arrived{3, 1, start.Add(3 * time.Second)})
	d.wakes(100)
	d.at(100, Woken{}, "encode 2 [2 3]")
	d.at(101, Encoded{2, 1, true}, "create 2/0 until 3000", "create 2/1 until 3000", "create 2/2 until 3000")
	d.at(102, Created{2, 0, OutcomeStored})
	d.at(500, Woken{}, "answer [2] below quorum")
	d.at(600, Created{2, 1, OutcomeStored})
	d.at(700, Created{2, 2, OutcomeStored}, "answer [3] acknowledged", "finish 2 [stored stored stored]")
}

func TestRetries(t *testing.T) {
	t.Run("after a pause, inside the deadline", func(t *testing.T) {
		d := newDriver(t, nil)
		d.begin(0, 1)
		d.at(5, Created{1, 0, OutcomeStored})
		d.at(5, Created{1, 1, OutcomeBusy})
		d.wakes(55)
		d.at(55, Woken{}, "create 1/1 until 3055") // its time-out too
		d.at(60, Created{1, 1, OutcomeBusy})
		d.wakes(160) // the pause doubles
		d.at(160, Woken{}, "create 1/1 until 4000")
		d.at(165, Created{1, 1, OutcomeStored})
		d.at(170, Created{1, 2, OutcomeStored}, "answer [1] acknowledged", "finish 1 [stored stored stored]")
	})
	t.Run("a lost answer shows as existed", func(t *testing.T) {
		d := newDriver(t, nil)
		d.begin(0, 1)
		d.at(5, Created{1, 0, OutcomeNoAnswer})
		d.at(55, Woken{}, "create 1/0 until 3055")
		d.at(56, Created{1, 0, OutcomeExisted})
		d.at(57, Created{1, 1, OutcomeStored})
		d.at(58, Created{1, 2, OutcomeStored}, "answer [1] acknowledged", "finish 1 [existed stored stored]")
	})
	t.Run("a refusal after a lost answer proves nothing", func(t *testing.T) {
		d := newDriver(t, nil)
		d.begin(0, 1)
		d.at(5, Created{1, 0, OutcomeStored})
		d.at(5, Created{1, 1, OutcomeStored})
		d.at(5, Created{1, 2, OutcomeNoAnswer})
		d.at(55, Woken{}, "create 1/2 until 3055")
		d.at(60, Created{1, 2, OutcomeRefused}, "answer [1] acknowledged", "finish 1 [stored stored unknown]")
	})
	t.Run("a large batch has longer", func(t *testing.T) {
		d := newDriver(t, nil)
		d.at(0, Arrived{1, 1, start.Add(deadline)}, "encode 1 [1]")
		d.at(0, Encoded{1, 2 << 20, true}, "create 1/0 until 3500", "create 1/1 until 3500", "create 1/2 until 3500")
	})
	t.Run("none begins after the deadline", func(t *testing.T) {
		d := newDriver(t, nil)
		d.begin(0, 1)
		d.at(3990, Created{1, 0, OutcomeBusy})
		d.at(3990, Created{1, 1, OutcomeBusy}, "answer [1] below quorum")
		d.at(3991, Created{1, 2, OutcomeStored}, "finish 1 [failed failed stored]")
	})
}

func TestBreaker(t *testing.T) {
	// hang lets bucket 2 hang for n batches: each is answered after the straggler budget.
	hang := func(d *driver, n int) (ms int) {
		for i := 1; i <= n; i++ {
			d.begin(ms, i)
			d.m.Step(start.Add(time.Duration(ms)*time.Millisecond), Created{BatchID(i), 0, OutcomeStored})
			d.m.Step(start.Add(time.Duration(ms)*time.Millisecond), Created{BatchID(i), 1, OutcomeStored})
			ms += 1500
			d.at(ms, Woken{}, fmt.Sprintf("answer [%d] acknowledged", i))
		}
		return ms
	}
	patient := func(p *Policy) { p.Attempt = time.Minute }

	t.Run("opens after three misses, then nobody waits", func(t *testing.T) {
		d := newDriver(t, patient)
		ms := hang(d, 3)
		d.begin(ms, 9) // still sent to all three
		d.at(ms+1, Created{4, 0, OutcomeStored})
		d.at(ms+2, Created{4, 1, OutcomeStored}, "answer [9] acknowledged")
	})
	t.Run("stays closed after two", func(t *testing.T) {
		d := newDriver(t, patient)
		ms := hang(d, 2)
		d.begin(ms, 9)
		d.at(ms+1, Created{3, 0, OutcomeStored})
		d.at(ms+2, Created{3, 1, OutcomeStored})
	})
	t.Run("frees every batch that waits when it opens", func(t *testing.T) {
		d := newDriver(t, patient)
		ms := hang(d, 2)
		d.begin(ms, 8)
		d.m.Step(start.Add(time.Duration(ms)*time.Millisecond), Created{3, 0, OutcomeStored})
		d.m.Step(start.Add(time.Duration(ms)*time.Millisecond), Created{3, 1, OutcomeStored})
		d.at(ms+1000, Arrived{9, 1, start.Add(time.Hour)}, "encode 4 [9]")
		d.m.Step(start.Add(time.Duration(ms+1000)*time.Millisecond), Encoded{4, 1, true})
		d.at(ms+1000, Created{4, 0, OutcomeStored})
		d.at(ms+1000, Created{4, 1, OutcomeStored})
		d.at(ms+1500, Woken{}, "answer [8] acknowledged", "answer [9] acknowledged")
	})
	t.Run("frees older batches when a newer one opens it", func(t *testing.T) {
		d := newDriver(t, patient)
		ms := hang(d, 2)
		d.begin(ms, 8)
		d.at(ms, Created{3, 0, OutcomeStored})
		d.at(ms, Created{3, 1, OutcomeStored})
		d.at(ms+100, Arrived{9, 1, start.Add(time.Hour)}, "encode 4 [9]")
		d.m.Step(start.Add(time.Duration(ms+100)*time.Millisecond), Encoded{4, 1, true})
		d.at(ms+101, Created{4, 2, OutcomeRefused}, "answer [8] acknowledged")
	})
	t.Run("stops excusing when another bucket fails", func(t *testing.T) {
		d := newDriver(t, func(p *Policy) { patient(p); p.Quorum = 1 })
		ms := hang(d, 3)
		d.begin(ms, 9)
		d.at(ms+1, Created{4, 0, OutcomeRefused})
		d.at(ms+2, Created{4, 1, OutcomeStored}) // the third copy matters now
		d.at(ms+3, Created{4, 2, OutcomeStored}, "answer [9] acknowledged", "finish 4 [failed stored stored]")
	})
	t.Run("closes with the first batch stored in time", func(t *testing.T) {
		d := newDriver(t, patient)
		ms := hang(d, 3)
		d.begin(ms, 8)
		d.at(ms+1, Created{4, 0, OutcomeStored})
		d.at(ms+2, Created{4, 1, OutcomeStored}, "answer [8] acknowledged")
		d.at(ms+9, Created{4, 2, OutcomeStored}, "finish 4 [stored stored stored]")
		d.begin(ms+10, 9)
		d.at(ms+11, Created{5, 0, OutcomeStored})
		d.at(ms+12, Created{5, 1, OutcomeStored}) // waits again
	})
	t.Run("stays open for what is stored late", func(t *testing.T) {
		d := newDriver(t, patient)
		ms := hang(d, 3)
		d.at(ms, Created{3, 2, OutcomeStored}, "finish 3 [stored stored stored]") // at exactly the budget: in time
		if d.m.lanes[2].open(&d.m.policy) {
			t.Error("open after a batch stored within the budget")
		}
		d = newDriver(t, patient)
		ms = hang(d, 3)
		d.at(ms+1, Created{3, 2, OutcomeStored}, "finish 3 [stored stored stored]")
		if !d.m.lanes[2].open(&d.m.policy) {
			t.Error("closed by a batch that took longer than the budget")
		}
	})
}

func TestReadinessForgets(t *testing.T) {
	d := newDriver(t, func(p *Policy) { p.Misses = 1 })
	d.begin(0, 1)
	d.m.Step(start, Created{1, 0, OutcomeRefused})
	d.m.Step(start, Created{1, 1, OutcomeRefused})
	if d.m.Ready(start) {
		t.Error("ready with two of three buckets refusing")
	}
	if !d.m.Ready(start.Add(readiness)) {
		t.Error("not ready for ever: nobody would send what closes the breakers")
	}
}

func TestHungBucketIsBounded(t *testing.T) {
	d := newDriver(t, func(p *Policy) { p.Attempt = time.Minute; p.MaxCreates = 2 })
	for i := 1; i <= 2; i++ {
		ms := 100 * i
		d.begin(ms, i) // bucket 2 hangs; 100 ms later the next batch no longer waits for this one
		d.at(ms, Created{BatchID(i), 0, OutcomeStored})
		d.at(ms, Created{BatchID(i), 1, OutcomeStored})
	}
	d.at(300, Arrived{3, 1, start.Add(deadline)}, "encode 3 [3]")
	d.at(300, Encoded{3, 1, true}, "create 3/0 until 4000", "create 3/1 until 4000") // not a third one
	d.at(301, Created{3, 0, OutcomeStored})
	d.at(302, Created{3, 1, OutcomeStored}, "answer [3] acknowledged", "finish 3 [stored stored failed]")
}

func TestGroupCommit(t *testing.T) {
	t.Run("the next batch fills while one is written", func(t *testing.T) {
		d := newDriver(t, nil)
		d.begin(0, 1)
		d.at(1, Arrived{2, 1, start.Add(deadline)})
		d.at(2, Arrived{3, 1, start.Add(deadline)})
		d.at(3, Created{1, 0, OutcomeStored})
		d.at(3, Created{1, 1, OutcomeStored})
		d.at(4, Created{1, 2, OutcomeStored}, "answer [1] acknowledged", "finish 1 [stored stored stored]", "encode 2 [2 3]")
	})
	t.Run("a slow write does not hold the next one back", func(t *testing.T) {
		d := newDriver(t, nil)
		d.begin(0, 1)
		d.at(1, Arrived{2, 1, start.Add(deadline)})
		d.wakes(100)
		d.at(99, Woken{})
		d.at(100, Woken{}, "encode 2 [2]")
	})
	t.Run("a full batch does not wait", func(t *testing.T) {
		d := newDriver(t, func(p *Policy) { p.MaxLines = 2 })
		d.begin(0, 1)
		d.at(1, Arrived{2, 1, start.Add(deadline)})
		d.at(1, Arrived{3, 1, start.Add(deadline)}, "encode 2 [2 3]")
	})
	t.Run("bytes bound a batch, and a large delivery goes alone", func(t *testing.T) {
		d := newDriver(t, func(p *Policy) { p.MaxBytes = 10 })
		d.begin(0, 1)
		d.at(1, Arrived{2, 6, start.Add(deadline)})
		d.at(1, Arrived{3, 60, start.Add(deadline)}, "encode 2 [2]", "encode 3 [3]")
	})
	t.Run("more bytes than may wait are refused", func(t *testing.T) {
		d := newDriver(t, func(p *Policy) { p.MaxHeld = 10 })
		d.at(0, Arrived{1, 100, start.Add(deadline)}, "encode 1 [1]") // alone, even one above the cap gets its try
		d.at(1, Arrived{2, 1, start.Add(deadline)}, "answer [2] overloaded")
	})
	t.Run("the deadline of a queued delivery", func(t *testing.T) {
		d := newDriver(t, func(p *Policy) { p.Pipeline = time.Minute })
		d.begin(0, 1)
		d.at(1, Arrived{2, 1, start.Add(50 * time.Millisecond)})
		d.wakes(50)
		d.at(50, Woken{}, "answer [2] below quorum")
	})
}

func TestPolicyCheckNamesTheFault(t *testing.T) {
	p := DefaultPolicy(3)
	if p.MaxBytes = maxBytes + 1; p.Check(3) == nil {
		t.Error("batches beyond the format passed")
	}
	for _, quorum := range []int{0, 4, -1} {
		p := DefaultPolicy(3)
		p.Quorum = quorum
		if p.Check(3) == nil {
			t.Errorf("quorum %d of 3 passed", quorum)
		}
	}
	if quorums := []int{DefaultPolicy(1).Quorum, DefaultPolicy(2).Quorum, DefaultPolicy(3).Quorum, DefaultPolicy(5).Quorum}; !slices.Equal(quorums, []int{1, 2, 2, 3}) {
		t.Errorf("default quorums %v", quorums)
	}
}
