package replica

import (
	"testing"
	"time"
)

func TestCrowd(t *testing.T) {
	// answered has a batch of n deliveries answered at 14 ms, 6 ms after it was formed, while nobody else waits.
	answered := func(t *testing.T, n int, change func(*Policy)) *driver {
		d := newDriver(t, change)
		d.begin(0, 1)
		for id := 2; id <= n+1; id++ {
			d.at(1, Arrived{DeliveryID(id), 1, start.Add(deadline)})
		}
		d.created(4, 1)
		d.m.Step(start.Add(8*time.Millisecond), Woken{}) // the lone one and those behind it were a crowd, too
		d.m.Step(start.Add(8*time.Millisecond), Encoded{2, 1, true})
		d.created(14, 2)
		return d
	}
	three := func(p *Policy) { p.MinCrowd, p.Gather = 3, 5*time.Millisecond }
	t.Run("comes back and goes together", func(t *testing.T) {
		d := answered(t, 3, three)
		d.at(15, Arrived{5, 1, start.Add(deadline)})
		d.at(16, Arrived{6, 1, start.Add(deadline)})
		d.at(17, Arrived{7, 1, start.Add(deadline)}, "encode 3 [5 6 7]")
	})
	t.Run("is not waited for any longer", func(t *testing.T) {
		d := answered(t, 3, three)
		d.at(15, Arrived{5, 1, start.Add(deadline)})
		d.wakes(19)
		d.at(19, Woken{}, "encode 3 [5]")
	})
	t.Run("is not waited for longer than it waited", func(t *testing.T) {
		d := answered(t, 3, func(p *Policy) { p.MinCrowd, p.Gather = 3, time.Minute })
		d.at(15, Arrived{5, 1, start.Add(deadline)})
		d.wakes(20)
	})
	t.Run("is gone after its time", func(t *testing.T) {
		d := answered(t, 3, three)
		d.at(19, Arrived{5, 1, start.Add(deadline)}, "encode 3 [5]")
	})
	t.Run("is more than a few", func(t *testing.T) {
		d := answered(t, 2, three)
		d.at(15, Arrived{5, 1, start.Add(deadline)}, "encode 3 [5]")
	})
	t.Run("can be too large to be waited for", func(t *testing.T) {
		d := answered(t, 3, func(p *Policy) { p.MinCrowd, p.MaxCrowd = 1, 2 })
		d.at(15, Arrived{5, 1, start.Add(deadline)}, "encode 3 [5]")
	})
	t.Run("of those who wait when the others are answered", func(t *testing.T) {
		d := newDriver(t, three)
		d.begin(0, 1)
		d.at(1, Arrived{2, 1, start.Add(deadline)})
		d.at(1, Arrived{3, 1, start.Add(deadline)})
		d.created(3, 1)
		d.at(4, Arrived{4, 1, start.Add(deadline)}, "encode 2 [2 3 4]")
	})
	t.Run("has deadlines", func(t *testing.T) {
		d := answered(t, 3, three)
		d.at(15, Arrived{5, 1, start.Add(17 * time.Millisecond)})
		d.wakes(17)
		d.at(17, Woken{}, "answer [5] below quorum")
	})
}
