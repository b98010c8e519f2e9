package listing

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"outlast.example/shared/store"
)

// mostVersions of one object are looked at: one page of a listing. Nobody has a reason to write an object twice.
const mostVersions = 1000

// mostNamed errors of versions are told.
const mostNamed = 3

// Versioned is a bucket that shows versions. *store.Reader is one.
type Versioned interface {
	Versions(ctx context.Context, prefix string) iter.Seq2[store.Version, error]
	ReadVersion(ctx context.Context, key, version string, limit int64) ([]byte, error)
}

// Beneath is a version whose bytes are those of the name, and what lies on top of it, the latest first.
type Beneath struct {
	Sound  store.Version
	Object []byte
	Above  []store.Version
}

// ErrNothingBeneath: of all versions of an object, none that can be read is sound.
var ErrNothingBeneath = errors.New("no other version of it is sound")

// Under looks for a version that is sound and not the current one, the oldest first: that is the one which was created.
func Under(ctx context.Context, b Versioned, key string, limit int64, sound func(object []byte) error) (*Beneath, error) {
	all, err := layers(ctx, b, key)
	if err != nil {
		return nil, err
	}
	errs := []error{ErrNothingBeneath}
	for i, v := range slices.Backward(all) {
		switch {
		case v.Marker || v.Current:
			continue
		case v.Deleted:
			errs = append(errs, fmt.Errorf("%s is soft-deleted: an administrator can restore it", VersionName(v)))
			continue
		}
		object, err := b.ReadVersion(ctx, key, v.ID, limit)
		if err == nil {
			err = sound(object)
		}
		if err == nil {
			return &Beneath{v, object, all[:i]}, nil
		}
		errs = append(errs, fmt.Errorf("%s: %w", VersionName(v), err))
	}
	return nil, errors.Join(errs[:min(len(errs), 1+mostNamed)]...)
}

// layers lists the versions of one object, the latest first.
func layers(ctx context.Context, b Versioned, key string) ([]store.Version, error) {
	var all []store.Version
	for v, err := range b.Versions(ctx, key) {
		switch {
		case err != nil:
			return nil, err
		case v.Key != key: // a longer one
			continue
		case len(all) == mostVersions:
			return nil, fmt.Errorf("it has more than %d versions: look through them with the store's own tools", mostVersions)
		}
		all = append(all, v)
	}
	slices.SortStableFunc(all, func(x, y store.Version) int {
		switch {
		case x.Current:
			return -1
		case y.Current:
			return 1
		}
		return y.Time.Compare(x.Time)
	})
	return all, nil
}

// VersionName says which version is meant.
func VersionName(v store.Version) string {
	what := "version"
	if v.Marker {
		what = "delete marker"
	}
	return what + " " + v.ID
}
