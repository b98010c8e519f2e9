package standing

import (
	"context"
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
	oldest, err := l.oldest(ctx, i)
	locked := Locked{Err: err}
	keys := []string{oldest, l.all[i].newest, l.all[i].seal}
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

// oldest is the key of the first batch that a receiver signed; none if it is not among the first objects.
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
			break
		}
	}
	return "", nil
}
