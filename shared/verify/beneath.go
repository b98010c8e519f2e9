package verify

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"outlast.example/shared/listing"
)

// mostNamed versions are named to an operator.
const mostNamed = 3

// beneath is listing.Beneath, and what is said of it.
type beneath listing.Beneath

// beneath looks for a sound version that is not the current one.
func (b *asked) beneath(ctx context.Context, key string, r *remedy) (*beneath, error) {
	u, err := listing.Under(ctx, b, key, r.limit, r.sound)
	return (*beneath)(u), err
}

// known says where the sound bytes are.
func (u *beneath) known() string {
	text := fmt.Sprintf("%s of %s holds the sound bytes", listing.VersionName(u.Sound), u.Sound.Time.Format(time.RFC3339))
	if len(u.Above) > 0 {
		text += ", under " + u.top()
	}
	return text
}

// top names what lies on top of the sound version.
func (u *beneath) top() string {
	var names []string
	for _, v := range u.Above[:min(len(u.Above), mostNamed)] {
		names = append(names, listing.VersionName(v))
	}
	if n := len(u.Above) - len(names); n > 0 {
		names = append(names, fmt.Sprintf("%d more", n))
	}
	return strings.Join(names, ", ")
}

// advice is what an administrator can do. Where there are no delete markers, as on Google Cloud Storage and Azure, to delete
// what lies on top makes no older version current.
func (u *beneath) advice() string {
	text := fmt.Sprintf("with an administrator's identity, copy %s to the same name", listing.VersionName(u.Sound))
	if len(u.Above) > 0 {
		text += ", or, on S3, delete by version id what lies on top of it: " + u.top()
	}
	return text
}

// locate says of a fault which version holds sound bytes. Where the listing showed no version at all, there is none.
func (p *pass) locate(ctx context.Context, f *fault) {
	if f.mend == nil || f.Verdict == Missing || p.buckets[f.bucket].plain.Load() {
		return
	}
	err := p.tasks.hold(ctx, f.mend.limit, func() error {
		u, err := p.buckets[f.bucket].beneath(ctx, f.Key, f.mend)
		if err == nil {
			f.Known += "; " + u.known()
			f.older = u.advice()
		}
		return err
	})
	if err != nil && (f.Verdict == Hidden || !errors.Is(err, listing.ErrNothingBeneath)) {
		f.Known += "; " + strings.ReplaceAll(err.Error(), "\n", ", ")
	}
}
