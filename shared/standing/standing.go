// Package standing says how each bucket of a repository stands: what of the last hours it holds and lacks, how far it is
// sealed, and how far its locks reach. It lists the last days and never the whole history, and looks at a few locks.
package standing

import (
	"context"
	"iter"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
)

// Bucket can be listed. *Asked is one.
type Bucket interface {
	Name() string
	List(ctx context.Context, prefix string) iter.Seq2[store.Object, error]
}

// Locks can be seen. *store.LockViewer is one.
type Locks interface {
	Lock(ctx context.Context, key string) (store.Lock, error)
}

const (
	day = 24 * time.Hour

	// Window is how far back batches and seals are looked at: seals wait for a bucket for a day after the end of an hour, and
	// reconcile may be an hour late.
	Window = 26 * time.Hour

	// underway is how young a batch is that may still be on its way to a bucket.
	underway = time.Minute
)

// Options say what to look at.
type Options struct {
	Buckets    []Bucket
	Locks      []Locks // in the order of Buckets
	Descriptor *format.Descriptor
	Now        time.Time
}

// Standing is how a bucket stands, of what the window shows. Times are zero where there is nothing.
type Standing struct {
	Err     error             // why it was not listed to its end
	Newest  time.Time         // batch that it holds
	Missing int               // batches that another bucket holds
	Since   time.Time         // the oldest of these
	Older   time.Time         // the oldest batch of all, which another bucket holds and this one does not list; zero: it does
	Seal    time.Time         // the last hour whose seal it holds, with a signature that counts
	Firm    time.Time         // the last hour that is firm by the seals that it holds
	Seals   []format.SealName // that it holds, with a signature that counts
	Locked  Locked
	Faults  int   // objects that nobody signed whose signature counts, or whose names are none of the format
	Fault   error // the first of them

	oldest, newest, seal string // keys of objects whose locks are looked at
}

// Look lists the last hours in all buckets side by side, and then a few locks in each. What it could not see is in the
// standings.
func Look(ctx context.Context, o Options) []Standing {
	l := &look{Options: o, opener: format.NewOpener(o.Descriptor, nil), all: make([]Standing, len(o.Buckets))}
	l.batches(ctx)
	l.seals(ctx)
	for i := range l.all {
		l.all[i].Locked = l.locked(ctx, i)
	}
	l.compare()
	return l.all
}

type look struct {
	Options
	opener *format.Opener
	all    []Standing
}

// days are those of the window, and of clocks that are ahead.
func (l *look) days() iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		last := l.Now.Add(time.Hour).Truncate(day)
		for at := l.Now.Add(-Window).Truncate(day); !at.After(last) && yield(at); at = at.Add(day) {
		}
	}
}

func (s *Standing) fault(err error) {
	if s.Faults++; s.Fault == nil {
		s.Fault = err
	}
}
