package main

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/term"
)

// show draws, every second and on a terminal only, how far the run is. The function that it returns ends that.
func (t *tally) show(to *os.File) (end func()) {
	if !term.IsTerminal(int(to.Fd())) {
		return func() {}
	}
	ticker, over, ended := time.NewTicker(time.Second), make(chan struct{}), make(chan struct{})
	began := time.Now()
	go func() {
		defer close(ended)
		for {
			select {
			case <-over:
				_, _ = fmt.Fprint(to, "\r\x1b[K") // erase the line (ECMA-48, EL)
				return
			case <-ticker.C:
				_, _ = fmt.Fprintf(to, "\r\x1b[K%s", t.progress(time.Since(began)))
			}
		}
	}()
	return func() {
		ticker.Stop()
		close(over)
		<-ended
	}
}

// progress is how far the run is, in a line.
func (t *tally) progress(spent time.Duration) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	done, left := t.counts.Seeds, t.end-t.next
	line := fmt.Sprintf("seed %d, %d to go, %d acknowledged", t.next-1, left, t.counts.Acks)
	if done > 0 {
		line += fmt.Sprintf(", %s left", (spent / time.Duration(done) * time.Duration(left)).Round(time.Second)) //nolint:gosec // seeds that somebody waits for
	}
	return line
}
