package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// reconciler runs `outlast reconcile` again and again, and kills every third run.
type reconciler struct {
	repository *repository
	random     *rand.Rand
	within     time.Duration // longest time to become equal
	slice      time.Duration // longest time of a run: an hour's batches are listed within it, however long it stormed
	cancel     context.CancelFunc
	done       chan struct{}

	mu     sync.Mutex
	equal  time.Time         // when the last run began that found or made all buckets equal
	lost   map[int]time.Time // when a cloud last forgot something, by its number
	runs   int
	killed int
	codes  map[int]int // exit codes, of those that were not killed
	fault  error       // of the storm itself
}

func newReconciler(ctx context.Context, r *repository, o options) *reconciler {
	ctx, cancel := context.WithCancel(ctx)
	all := &reconciler{
		repository: r, cancel: cancel, done: make(chan struct{}), codes: map[int]int{}, lost: map[int]time.Time{},
		random: rand.New(rand.NewPCG(o.seed, 2)), within: o.span + settleWithin, slice: time.Minute + o.span/12, //nolint:gosec // no secret
	}
	go all.loop(ctx)
	return all
}

// stop kills the run under way. It may be called again.
func (r *reconciler) stop() {
	r.cancel()
	<-r.done
}

func (r *reconciler) loop(ctx context.Context) {
	defer close(r.done)
	for n := 1; ctx.Err() == nil; n++ {
		kill := n%3 == 0
		running, cancel := ctx, context.CancelFunc(func() {})
		if kill {
			running, cancel = context.WithTimeout(ctx, time.Duration(r.random.Int64N(int64(time.Second))))
		}
		began := time.Now()
		result, err := r.repository.run(running, "reconcile", "--for", r.slice.String(), "--json")
		cancel()
		if ctx.Err() != nil {
			return
		}
		r.note(began, result, err)
		if wait(ctx, 500*time.Millisecond+time.Duration(r.random.Int64N(int64(2*time.Second)))) != nil {
			return
		}
	}
}

// Exit codes of outlast. Others say that a bucket could not be seen or that copies were not sound, which is no surprise here.
const (
	codeOK     = 0
	codeUsage  = 2 // Go's code for a panic, too
	codeKilled = -1
)

func (r *reconciler) note(began time.Time, result result, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.runs++
	switch {
	case err != nil:
		r.fault = errors.Join(r.fault, err)
		return
	case result.code == codeKilled:
		r.killed++
		return
	case result.code == codeUsage:
		r.fault = errors.Join(r.fault, fmt.Errorf("reconcile ended with %d: %s", result.code, result.talk))
	case result.code == codeOK:
		r.equal = began
	}
	r.codes[result.code]++
	r.fault = errors.Join(r.fault, r.log(began, result))
}

func (r *reconciler) log(began time.Time, result result) error {
	f, err := os.OpenFile(filepath.Join(r.repository.folder, "reconcile.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "%s exit code %d\n%s%s", began.Format(time.RFC3339Nano), result.code, result.talk, result.output)
	return errors.Join(err, f.Close())
}

// forgot notes that a cloud may have lost something now.
func (r *reconciler) forgot(cloud int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lost[cloud] = time.Now()
}

// equalAfterLossOfOthers reports whether every other cloud got back what it may have lost.
func (r *reconciler) equalAfterLossOfOthers(cloud int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for other, at := range r.lost {
		if other != cloud && !r.equal.After(at) {
			return false
		}
	}
	return true
}

// settleWithin is what filling an empty bucket may take beyond the time that it took to fill the others: busy machines do
// some dozens of objects a second.
const settleWithin = 10 * time.Minute

// settle waits for a run that began from now on and left all buckets equal: promise 4, where nothing is bad.
func (r *reconciler) settle(ctx context.Context) error {
	since := time.Now()
	ctx, cancel := context.WithTimeout(ctx, r.within)
	defer cancel()
	for {
		r.mu.Lock()
		equal, fault := r.equal.After(since), r.fault
		r.mu.Unlock()
		switch {
		case fault != nil:
			return fault
		case equal:
			return nil
		case wait(ctx, 50*time.Millisecond) != nil:
			return fmt.Errorf("%w: the buckets do not become equal, though nothing is bad; reconcile.log says what is found: %w", errLost, ctx.Err())
		}
	}
}

// said gives runs by exit code, for the account.
func (r *reconciler) said() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	text := fmt.Sprintf("%d runs, %d killed", r.runs, r.killed)
	for _, code := range slices.Sorted(maps.Keys(r.codes)) {
		text += fmt.Sprintf(", %d ended with %d", r.codes[code], code)
	}
	return text
}
