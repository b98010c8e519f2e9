package gcs

import (
	"context"
	"time"

	"cloud.google.com/go/storage"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/transport"
)

type trespasser struct{ *driver }

// OpenTrespasser opens the bucket for what must be refused in it.
func OpenTrespasser(ctx context.Context, o Options) (store.TrespassDriver, error) {
	d, err := Open(ctx, o)
	if err != nil {
		return nil, err
	}
	return trespasser{d.(*driver)}, nil
}

func (t trespasser) object(key string) *storage.ObjectHandle {
	return t.bucket.Object(key).Retryer(storage.WithPolicy(storage.RetryNever))
}

func (t trespasser) Overwrite(ctx context.Context, key string, content store.Content) error {
	ctx, attempt := transport.Watch(ctx)
	w := t.object(key).NewWriter(ctx)
	w.ChunkSize = 0
	_, _ = w.Write(content.Bytes) // Close gives the upload's error
	return explain(attempt, w.Close())
}

func (t trespasser) Delete(ctx context.Context, key string) error {
	watched, attempt := transport.Watch(ctx)
	return t.explainLock(ctx, attempt, t.object(key).Delete(watched))
}

// Shorten takes storage.objects.setRetention and overrideUnlockedRetention: https://cloud.google.com/storage/docs/using-object-lock
func (t trespasser) Shorten(ctx context.Context, key string, until time.Time) error {
	watched, attempt := transport.Watch(ctx)
	_, err := t.object(key).OverrideUnlockedRetention(true).
		Update(watched, storage.ObjectAttrsToUpdate{Retention: &storage.ObjectRetention{Mode: removable, RetainUntil: until}})
	return t.explainLock(ctx, attempt, err)
}

// Lift takes the same permissions as Shorten.
func (t trespasser) Lift(ctx context.Context, key string) error {
	watched, attempt := transport.Watch(ctx)
	_, err := t.object(key).OverrideUnlockedRetention(true).
		Update(watched, storage.ObjectAttrsToUpdate{Retention: &storage.ObjectRetention{}})
	return t.explainLock(ctx, attempt, err)
}

func (t trespasser) Erase(ctx context.Context, key string) error {
	watched, attempt := transport.Watch(ctx)
	attrs, err := t.object(key).Attrs(watched)
	if err == nil {
		err = t.object(key).Generation(attrs.Generation).Delete(watched)
	}
	return t.explainLock(ctx, attempt, err)
}
