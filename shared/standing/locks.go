package standing

import (
	"context"
	"fmt"
	"slices"
	"time"

	"outlast.example/shared/format"
)

// sought is how many objects are listed in search of the oldest batch.
const sought = 1000

// Locked is what a few objects' locks show: of the oldest batch, the newest one, and the newest seal. That the oldest one's
// reaches far says that locks are being extended.
type Locked struct {
	Sampled   int
	Reach     time.Time // the earliest end of these locks; zero: none is known
	Removable int       // that somebody with enough rights can lift
	Hidden    int       // of which the store shows no lock
	Err       error     // why one of them could not be looked at
}

func (l *look) locked(ctx context.Context, i int) Locked {
	s := &l.all[i]
	var locked Locked
	s.oldest, locked.Err = l.oldest(ctx, i)
	keys := []string{s.oldest, s.newest, s.seal}
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		if key == "" || locked.Err != nil {
			continue
		}
		lock, err := l.Locks[i].Lock(ctx, key)
		if err != nil {
			locked.Err = err
			continue
		}
		locked.Sampled++
		switch {
		case lock.Until.IsZero():
			locked.Hidden++
		case locked.Reach.IsZero() || lock.Until.Before(locked.Reach):
			locked.Reach = lock.Until
		}
		if lock.Removable {
			locked.Removable++
		}
	}
	return locked
}

// errSought: who can create may put names before all batches.
var errSought = fmt.Errorf("none of the first %d objects under %s is a batch that a receiver signed", sought, format.LogPrefix)

// oldest is the key of the first batch that a receiver signed; empty if there is none.
func (l *look) oldest(ctx context.Context, i int) (string, error) {
	n := 0
	for o, err := range l.Buckets[i].List(ctx, format.LogPrefix) {
		if err != nil {
			return "", err
		}
		if key, err := format.ParseKey(o.Key); err == nil && l.opener.CheckName(key) == nil {
			return o.Key, nil
		}
		if n++; n == sought {
			return "", errSought
		}
	}
	return "", nil
}

// compare says which buckets lack the oldest batch of all. Of the long time before the window it is the only one that is looked
// for: who deletes the old ones in a bucket deletes it, too.
func (l *look) compare() {
	var first format.Key
	for _, s := range l.all {
		if key, err := format.ParseKey(s.oldest); err == nil && (first.Time.IsZero() || stem(key) < stem(first)) {
			first = key
		}
	}
	for i := range l.all {
		s := &l.all[i]
		key, err := format.ParseKey(s.oldest)
		lacks := s.oldest == "" && s.Locked.Err == nil || err == nil && stem(key) != stem(first)
		if lacks && first.Time.Before(l.Now.Add(-Window)) && s.Err == nil {
			s.Older = first.Time
		}
	}
}

// stem is a batch's name, whichever repair of it this is.
func stem(k format.Key) string {
	k.Repair = 0
	return k.String()
}
