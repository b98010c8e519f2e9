package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"outlast.example/shared/store"
)

const (
	// mostVersions of one object are looked at: one page of a listing. Nobody has a reason to write an object twice.
	mostVersions = 1000
	// mostNamed of them are named to an operator.
	mostNamed = 3
)

// beneath is a version whose bytes are those of the name, and what lies on top of it, the latest first.
type beneath struct {
	sound  store.Version
	object []byte
	above  []store.Version
}

var errNothingBeneath = errors.New("no other version of it is sound")

// beneath looks for a sound version that is not the current one, the oldest first: that is the one which was created.
func (b *asked) beneath(ctx context.Context, key string, r *remedy) (*beneath, error) {
	all, err := b.layers(ctx, key)
	if err != nil {
		return nil, err
	}
	errs := []error{errNothingBeneath}
	for i, v := range slices.Backward(all) {
		switch {
		case v.Marker || v.Current:
			continue
		case v.Deleted:
			errs = append(errs, fmt.Errorf("%s is soft-deleted: an administrator can restore it", name(v)))
			continue
		}
		object, err := b.readVersion(ctx, key, v.ID, r.limit)
		if err == nil {
			err = r.sound(object)
		}
		if err == nil {
			return &beneath{v, object, all[:i]}, nil
		}
		errs = append(errs, fmt.Errorf("%s: %w", name(v), err))
	}
	return nil, errors.Join(errs[:min(len(errs), 1+mostNamed)]...)
}

// layers lists the versions of one object, the latest first.
func (b *asked) layers(ctx context.Context, key string) ([]store.Version, error) {
	var all []store.Version
	for v, err := range b.versions(ctx, key) {
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

func name(v store.Version) string {
	what := "version"
	if v.Marker {
		what = "delete marker"
	}
	return what + " " + v.ID
}

// known says where the sound bytes are.
func (u *beneath) known() string {
	text := fmt.Sprintf("%s of %s holds the sound bytes", name(u.sound), u.sound.Time.Format(time.RFC3339))
	if len(u.above) > 0 {
		text += ", under " + u.top()
	}
	return text
}

// top names what lies on top of the sound version.
func (u *beneath) top() string {
	var names []string
	for _, v := range u.above[:min(len(u.above), mostNamed)] {
		names = append(names, name(v))
	}
	if n := len(u.above) - len(names); n > 0 {
		names = append(names, fmt.Sprintf("%d more", n))
	}
	return strings.Join(names, ", ")
}

// advice is what an administrator can do. Where there are no delete markers, as on Google Cloud Storage and Azure, to delete
// what lies on top makes no older version current.
func (u *beneath) advice() string {
	text := fmt.Sprintf("with an administrator's identity, copy %s to the same name", name(u.sound))
	if len(u.above) > 0 {
		text += ", or, on S3, delete by version id what lies on top of it: " + u.top()
	}
	return text
}

// locate says of a fault which version holds sound bytes. Where the listing showed no version at all, there is none.
func (p *pass) locate(ctx context.Context, f *fault) {
	b := p.buckets[f.bucket]
	if f.mend == nil || f.Verdict == Missing || b.plain.Load() {
		return
	}
	err := p.tasks.hold(ctx, f.mend.limit, func() error {
		u, err := b.beneath(ctx, f.Key, f.mend)
		if err == nil {
			f.Known += "; " + u.known()
			f.older = u.advice()
		}
		return err
	})
	if err != nil && (f.Verdict == Hidden || !errors.Is(err, errNothingBeneath)) {
		f.Known += "; " + strings.ReplaceAll(err.Error(), "\n", ", ")
	}
}
