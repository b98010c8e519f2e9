package main

import (
	"context"
	"fmt"
	"math"
	"time"

	"outlast.example/shared/store"
)

// seeDefaultLock creates an object, on which the bucket's own lock then lies.
func seeDefaultLock(ctx context.Context, s *stage, c clause) (string, error) {
	key, err := s.created(ctx, c, s.bucket)
	if err != nil {
		return "", err
	}
	return s.lock(ctx, c, key)
}

func (s *stage) created(ctx context.Context, c clause, rawURL string) (key string, err error) {
	d, err := s.driver(ctx, c.as, rawURL)
	if err != nil {
		return "", err
	}
	key = s.key()
	return key, d.Create(ctx, key, content)
}

// lock tells an object's lock in days from the beginning of the run.
func (s *stage) lock(ctx context.Context, c clause, key string) (string, error) {
	d, err := s.driver(ctx, c.as, s.bucket)
	if err != nil {
		return "", err
	}
	lock, err := store.NewLocker(s.bucket, d, time.Now).Lock(ctx, key)
	switch days := math.Round(lock.Until.Sub(s.now).Hours() / 24); {
	case err != nil:
		return said(err, "")
	case lock.Until.IsZero():
		return "no lock shown", nil
	case lock.Removable:
		return fmt.Sprintf("a lock of %g days that can be lifted", days), nil
	default:
		return fmt.Sprintf("locked for %g days", days), nil
	}
}

// tried is what became of something on a fresh object whose lock was extended, as a keeper does.
func (s *stage) tried(ctx context.Context, c clause, try func(*store.Trespasser) error) (key, seen string, err error) {
	if key, err = s.created(ctx, c, s.bucket); err != nil {
		return "", "", err
	}
	d, err := s.driver(ctx, c.as, s.bucket)
	if err != nil {
		return "", "", err
	}
	// A store without locks cannot extend one, and what follows shows that it refuses nothing.
	_, _ = store.NewLocker(s.bucket, d, time.Now).Extend(ctx, key, s.now.Add(14*24*time.Hour+time.Hour))
	t, err := s.trespasser(ctx, s.bucket, key)
	if err != nil {
		return "", "", err
	}
	seen, err = said(try(t), could)
	return key, seen, err
}

// against wants lock and object to be as they were afterwards.
func (s *stage) against(ctx context.Context, c clause, try func(*store.Trespasser) error) (string, error) {
	key, seen, err := s.tried(ctx, c, try)
	if err != nil || seen == could {
		return seen, err
	}
	if lock, err := s.lock(ctx, c, key); err != nil || lock != lockedByDefault {
		return seen + ", but " + lock, err
	}
	d, err := s.driver(ctx, c.as, s.bucket)
	if err != nil {
		return "", err
	}
	if left, err := read(ctx, d, key); err != nil || left != whole {
		return seen + ", but " + left, err
	}
	return seen, nil
}

func overwriteLocked(ctx context.Context, s *stage, c clause) (string, error) {
	return s.against(ctx, c, func(t *store.Trespasser) error { return t.Overwrite(ctx, store.NewContent([]byte("evil"))) })
}

func shortenLock(ctx context.Context, s *stage, c clause) (string, error) {
	return s.against(ctx, c, func(t *store.Trespasser) error { return t.Shorten(ctx, s.now.Add(time.Hour)) })
}

func liftLock(ctx context.Context, s *stage, c clause) (string, error) {
	return s.against(ctx, c, func(t *store.Trespasser) error { return t.Lift(ctx) })
}

// eraseLocked does not look at the object afterwards: on Azure it is an older version by then.
func eraseLocked(ctx context.Context, s *stage, c clause) (string, error) {
	_, seen, err := s.tried(ctx, c, func(t *store.Trespasser) error { return t.Erase(ctx) })
	return seen, err
}

func hideLocked(ctx context.Context, s *stage, c clause) (string, error) {
	return s.against(ctx, c, func(t *store.Trespasser) error { return t.Delete(ctx) })
}
