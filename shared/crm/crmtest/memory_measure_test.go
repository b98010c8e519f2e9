//go:build !race

package crmtest_test

import (
	"runtime"
	"runtime/metrics"

	"outlast.example/shared/crm"
	"outlast.example/shared/format"
)

// memory is what one interpretation takes besides the body, in bytes.
type memory struct {
	peak      int // the most that was live at once
	allocated int // in all, garbage included
}

// measure interprets while another goroutine collects garbage without pause. What that finds live holds besides what was
// allocated while it looked: peak is rather too high than too low, and never lower than what the interpreter returns.
func measure(in crm.Interpreter, d *format.Delivery) (m memory, changes int) {
	runtime.GC()
	before, began := live(), metric("/gc/heap/allocs:bytes")
	done, peak := make(chan struct{}), make(chan int)
	go watch(done, peak)
	found, _ := in.Interpret(d)
	m.allocated = metric("/gc/heap/allocs:bytes") - began
	close(done)
	m.peak = <-peak
	runtime.GC()
	m.peak = max(m.peak, live()) - before
	runtime.KeepAlive(found)
	runtime.KeepAlive(d)
	return m, len(found)
}

// watch sends the most that was live until done is closed.
func watch(done <-chan struct{}, peak chan<- int) {
	most := 0
	for {
		select {
		case <-done:
			peak <- most
			return
		default:
			runtime.GC()
			most = max(most, live())
		}
	}
}

// live is what the last collection found in use.
func live() int { return metric("/gc/heap/live:bytes") }

func metric(name string) int {
	sample := []metrics.Sample{{Name: name}}
	metrics.Read(sample)
	return int(sample[0].Value.Uint64()) //nolint:gosec // a heap fits an int
}
