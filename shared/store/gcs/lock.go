package gcs

import (
	"context"
	"errors"
	"time"

	"cloud.google.com/go/storage"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/transport"
)

// The modes of an object's retention: https://cloud.google.com/storage/docs/object-lock
const (
	firm      = "Locked"
	removable = "Unlocked"
)

// Locked gives the later of what the object itself retains and what the bucket's policy does. Whether the policy is a locked one, no
// object's answer shows, and to ask for it takes storage.buckets.get, which nobody has: it is taken for one. That lasts until keep comes
// to the object, within a week: it then retains by itself, Locked, and for longer than a policy of 14 days.
func (d *driver) Locked(ctx context.Context, key string) (store.Lock, error) {
	watched, attempt := transport.Watch(ctx)
	attrs, err := d.bucket.Object(key).Attrs(watched)
	if err != nil {
		return store.Lock{}, d.explainLock(ctx, attempt, err)
	}
	lock := store.Lock{Until: whole(attrs.RetentionExpirationTime)}
	if own := attrs.Retention; own != nil && !own.RetainUntil.Before(lock.Until) {
		lock = store.Lock{Until: whole(own.RetainUntil), Removable: own.Mode != firm}
	}
	return lock, nil
}

func whole(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Second)
}

// Extend keeps the mode: to change Unlocked to Locked takes overrideUnlockedRetention, which a keeper must not have. It
// takes a bucket with object retention enabled, and storage.objects.setRetention.
func (d *driver) Extend(ctx context.Context, key string, to store.Lock) (store.Lock, error) {
	mode := firm
	if to.Removable {
		mode = removable
	}
	watched, attempt := transport.Watch(ctx)
	_, err := d.bucket.Object(key).
		Retryer(storage.WithPolicy(storage.RetryAlways)). // the same end twice is the same end
		Update(watched, storage.ObjectAttrsToUpdate{Retention: &storage.ObjectRetention{Mode: mode, RetainUntil: to.Until}})
	return to, d.explainLock(ctx, attempt, err)
}

func (d *driver) explainLock(ctx context.Context, attempt *transport.Attempt, err error) error {
	if errors.Is(err, storage.ErrObjectNotExist) {
		return d.whatIsMissing(ctx)
	}
	return explain(attempt, err)
}
