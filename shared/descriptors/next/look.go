package next

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"outlast.example/shared/descriptors"
	"outlast.example/shared/format"
)

// Where says where to look.
type Where[B descriptors.Bucket] struct {
	Open       func(ctx context.Context, url string) (B, error)
	URLs       []string // to begin with; those that the descriptor names are added
	Root       ed25519.PublicKey
	Repository string
	After      string // the first digits, 8 at least, of the SHA-256 of the descriptor that shall count; empty: the highest number counts
}

// Sight is what was found.
type Sight[B descriptors.Bucket] struct {
	*format.Descriptor           // the one that counts
	Buckets            []Seen[B] // those to begin with, then others that the descriptor names
}

// Seen is one bucket.
type Seen[B descriptors.Bucket] struct {
	URL    string
	Bucket B     // not there where Number is 0 and Err says that it cannot be opened
	Number int   // of its highest valid descriptor; 0: none
	Err    error // why not all of it could be read
	opened bool
}

// ErrAfter: the descriptor that shall count is not there, or is not the newest.
var ErrAfter = errors.New("the descriptor to build on")

// Look finds the descriptor that counts, in all buckets that are known and all that it names itself.
func Look[B descriptors.Bucket](ctx context.Context, w Where[B]) (*Sight[B], error) {
	s := &Sight[B]{}
	for more := w.URLs; len(more) > 0; more = s.unknown() {
		s.open(ctx, w, more)
		if err := s.find(ctx, w); err != nil {
			return s, err
		}
	}
	return s, ctx.Err()
}

func (s *Sight[B]) open(ctx context.Context, w Where[B], urls []string) {
	for _, url := range urls {
		if s.at(url) == nil {
			bucket, err := w.Open(ctx, url)
			s.Buckets = append(s.Buckets, Seen[B]{URL: url, Bucket: bucket, Err: err, opened: err == nil})
		}
	}
}

// unknown are the descriptor's buckets that have not been looked into.
func (s *Sight[B]) unknown() []string {
	var urls []string
	for _, b := range s.Descriptor.Buckets {
		if s.at(b.URL) == nil {
			urls = append(urls, b.URL)
		}
	}
	return urls
}

func (s *Sight[B]) at(url string) *Seen[B] {
	i := slices.IndexFunc(s.Buckets, func(b Seen[B]) bool { return b.URL == url })
	if i < 0 {
		return nil
	}
	return &s.Buckets[i]
}

func (s *Sight[B]) find(ctx context.Context, w Where[B]) error {
	views, errs := s.views()
	if w.After != "" {
		after, err := named(ctx, views, w.After)
		if err != nil {
			return err
		}
		for i, v := range views {
			views[i] = view{v, after}
		}
	}
	found, err := descriptors.Find(ctx, views, w.Root, w.Repository)
	if err != nil {
		if fork := checkFork(ctx, views, w.Root, w.Repository); fork != nil {
			return fork
		}
		return errors.Join(append(errs, err)...)
	}
	if hash := hex.EncodeToString(found.SHA256[:]); !strings.HasPrefix(hash, w.After) {
		return fmt.Errorf("%w is not the newest: number %d, %s, is", ErrAfter, found.Number, hash)
	}
	s.Descriptor = found.Descriptor
	for i := range s.Buckets {
		if b := &s.Buckets[i]; b.opened {
			b.Number, b.Err = found.Held[0].Number, found.Held[0].Err
			found.Held = found.Held[1:]
		}
	}
	return nil
}

// views are the buckets that could be opened, and why others could not.
func (s *Sight[B]) views() (opened []descriptors.Bucket, errs []error) {
	for _, b := range s.Buckets {
		if b.opened {
			opened = append(opened, b.Bucket)
		} else {
			errs = append(errs, b.Err)
		}
	}
	return opened, errs
}

// Opened are the buckets to be closed.
func (s *Sight[B]) Opened() []B {
	var all []B
	for _, b := range s.Buckets {
		if b.opened {
			all = append(all, b.Bucket)
		}
	}
	return all
}
