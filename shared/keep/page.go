package keep

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"outlast.example/shared/store"
)

// met is what became of one object.
type met struct {
	ended     bool // there is an outcome: the error is of the store, and not of a run that was stopped
	extension store.Extension
	err       error
}

// page does a page's objects, some at once, and accounts for them in order, up to the first that is left for the next run.
// It gives their number.
func (p *part) page(ctx context.Context, objects []store.Object) int {
	all := make([]met, len(objects))
	var claimed atomic.Int64
	var workers sync.WaitGroup
	for range max(p.Parallel, 1) {
		workers.Go(func() {
			for ctx.Err() == nil && p.halted.Load() == nil && p.reserve(2) {
				i := claimed.Add(1) - 1
				if i >= int64(len(objects)) {
					p.requests.Add(-2)
					return
				}
				all[i] = p.object(ctx, objects[i].Key)
			}
		})
	}
	workers.Wait()
	done := p.accounted(all)
	for i := range done {
		p.account(objects[i].Key, all[i])
	}
	return done
}

// object sees to one lock, with the two requests that are reserved for it, and gives back the one that it did not make.
func (p *part) object(ctx context.Context, key string) met {
	m := met{}
	if p.DryRun {
		m.extension.Before, m.err = p.Lock(ctx, key)
		m.extension.After = m.extension.Before
	} else {
		m.extension, m.err = p.Extend(ctx, key, p.until)
	}
	if !m.extension.Sent {
		p.requests.Add(-1)
	}
	if m.ended = m.err == nil || ctx.Err() == nil; m.ended {
		p.heard(m.err)
	}
	return m
}

// accounted is how many objects at the beginning of the page have an outcome. Those that a bucket's silence ends with are
// left for the next run.
func (p *part) accounted(all []met) int {
	done := 0
	for done < len(all) && all[done].ended {
		done++
	}
	halted := p.halted.Load()
	if halted == nil {
		return done
	}
	p.err = *halted
	for i := range done {
		if fatal(all[i].err) {
			return i
		}
	}
	for done > 0 && store.Worth(all[done-1].err) {
		done--
	}
	return done
}

// fatal errors say something of the bucket, not of the object.
func fatal(err error) bool {
	return errors.Is(err, store.ErrNoLocks) || errors.Is(err, store.ErrNoBucket)
}

func (p *part) account(key string, m met) {
	b, before, lock := p.report, m.extension.Before, m.extension.After
	b.Objects++
	b.USD += readUSD
	if m.extension.Sent {
		b.USD += writeUSD
	}
	b.reaches(lock.Until)
	if !before.Until.IsZero() && !before.Until.After(p.Now) {
		b.Ended++
		p.find(key, "its lock had ended at "+before.Until.Format(time.RFC3339))
	}
	if lock.Removable {
		b.Removable++
		p.find(key, "its lock can be lifted by somebody with enough rights")
	}
	switch {
	case store.Worth(m.err):
		b.Unknown++
		p.find(key, reason(m.err))
	case m.err != nil:
		b.Refused++
		p.find(key, reason(m.err))
	case p.DryRun && lock.Until.IsZero():
		b.Unknown++
	case m.extension.Sent, lock.Until.Before(p.until):
		b.Extended++
	default:
		b.Enough++
	}
}
