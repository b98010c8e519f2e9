package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"outlast.example/shared/store"
)

// hidden creates an object in the open bucket and deletes it without naming a version.
func (s *stage) hidden(ctx context.Context, c clause) (store.Driver, string, error) {
	return s.trespassed(ctx, c, func(t *store.Trespasser) error { return t.Delete(ctx) })
}

func (s *stage) trespassed(ctx context.Context, c clause, do func(*store.Trespasser) error) (store.Driver, string, error) {
	key, err := s.created(ctx, c, s.open)
	if err != nil {
		return nil, "", err
	}
	t, err := s.trespasser(ctx, s.open, key)
	if err != nil {
		return nil, "", err
	}
	d, err := s.driver(ctx, c.as, s.open)
	return d, key, errors.Join(err, do(t))
}

func readHidden(ctx context.Context, s *stage, c clause) (string, error) {
	d, key, err := s.hidden(ctx, c)
	if err != nil {
		return "", err
	}
	return read(ctx, d, key)
}

func createOverHidden(ctx context.Context, s *stage, c clause) (string, error) {
	d, key, err := s.hidden(ctx, c)
	if err != nil {
		return "", err
	}
	return said(d.Create(ctx, key, content), created)
}

func listHidden(ctx context.Context, s *stage, c clause) (string, error) {
	d, key, err := s.hidden(ctx, c)
	if err != nil {
		return "", err
	}
	versions, err := versionsOf(ctx, d, key)
	var words []string
	for _, v := range versions {
		words = append(words, word(v))
	}
	return said(err, strings.Join(words, ", "))
}

func word(v store.Version) string {
	words := "a "
	if v.Current {
		words += "current "
	}
	if v.Marker {
		return words + "marker"
	}
	return words + "version"
}

// versionsOf lists a key's versions, delete markers last.
func versionsOf(ctx context.Context, d store.Driver, key string) (versions []store.Version, err error) {
	var markers []store.Version
	for v, err := range store.NewReader(key, d).Versions(ctx, key) {
		switch {
		case err != nil:
			return nil, err
		case v.Marker:
			markers = append(markers, v)
		default:
			versions = append(versions, v)
		}
	}
	return append(versions, markers...), nil
}

func readBeneath(ctx context.Context, s *stage, c clause) (string, error) {
	d, key, err := s.hidden(ctx, c)
	if err != nil {
		return "", err
	}
	return readOlder(ctx, d, key)
}

func readOverwritten(ctx context.Context, s *stage, c clause) (string, error) {
	d, key, err := s.trespassed(ctx, c, func(t *store.Trespasser) error {
		return t.Overwrite(ctx, store.NewContent([]byte("evil")))
	})
	if err != nil {
		return "", err
	}
	return readOlder(ctx, d, key)
}

func readOlder(ctx context.Context, d store.Driver, key string) (string, error) {
	versions, err := versionsOf(ctx, d, key)
	if err != nil {
		return said(err, "")
	}
	for _, v := range versions {
		if !v.Current && !v.Marker {
			return compared(all(store.VersionsOf(d).ReadVersion(ctx, key, v.ID, 0, -1)))
		}
	}
	return fmt.Sprintf("none of %d versions", len(versions)), nil
}
