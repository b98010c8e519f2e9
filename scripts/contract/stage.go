package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"outlast.example/shared/config"
	"outlast.example/shared/doctor"
	"outlast.example/shared/store"
	"outlast.example/shared/wire"
)

// stage is the buckets and who acts in them.
type stage struct {
	kind
	scheme       string
	bucket, open string // URLs; without an open bucket what needs one is not run
	under        string // before every key, and below where capture may create
	now          time.Time
	who          identities
	brief        bool

	drivers map[actor]store.Driver
	admin   map[string]store.TrespassDriver // by bucket
	checks  map[doctor.Role][]doctor.Check  // what doctor found
	keys    int
}

// actor is an identity in a bucket.
type actor struct {
	role doctor.Role
	url  string
}

func newStage(o options, who identities, now time.Time) (*stage, error) {
	s := &stage{
		bucket: o.url, open: o.open, now: now, who: who, brief: o.brief,
		under:   "log/contract-" + now.UTC().Format("20060102t150405.000000000") + "/",
		drivers: map[actor]store.Driver{}, admin: map[string]store.TrespassDriver{}, checks: map[doctor.Role][]doctor.Check{},
	}
	for _, rawURL := range []string{o.url, o.open} {
		u, err := url.Parse(rawURL)
		switch {
		case rawURL == "":
			continue
		case err != nil || strings.Trim(u.Path, "/") != "":
			return nil, fmt.Errorf("%w: want the URL of a whole bucket, without a path", errUsage)
		case s.scheme != "" && u.Scheme != s.scheme:
			return nil, fmt.Errorf("%w: the open bucket must be of the same kind", errUsage)
		}
		s.scheme = u.Scheme
	}
	kind, known := kinds[s.scheme]
	if !known {
		return nil, fmt.Errorf("%w: want s3://, gs:// or azblob://", errUsage)
	}
	s.kind = kind
	return s, nil
}

// key is one that nobody has used.
func (s *stage) key() string {
	s.keys++
	return fmt.Sprintf("%s%03d", s.under, s.keys)
}

// driver opens a bucket as an identity, once.
func (s *stage) driver(ctx context.Context, role doctor.Role, rawURL string) (store.Driver, error) {
	if rawURL == "" {
		return nil, errNoOpen
	}
	a := actor{role, rawURL}
	if d, has := s.drivers[a]; has {
		return d, nil
	}
	d, err := s.paged(ctx, a, 0)
	if err == nil {
		s.drivers[a] = d
	}
	return d, err
}

var errNoOpen = errors.New("no second bucket: see -open")

func (s *stage) paged(ctx context.Context, a actor, pageSize int) (d store.Driver, err error) {
	u, err := url.Parse(a.url)
	if err != nil {
		return nil, err
	}
	err = s.who.as(a.role, func() (err error) {
		d, err = s.kind.driver(ctx, u, pageSize)
		return err
	})
	return d, err
}

// trespasser is the administrator, with an object of this run.
func (s *stage) trespasser(ctx context.Context, rawURL, key string) (*store.Trespasser, error) {
	if !strings.HasPrefix(key, s.under) {
		return nil, fmt.Errorf("%s is not an object of this run", key)
	}
	d, has := s.admin[rawURL]
	if !has {
		u, err := url.Parse(rawURL)
		if err != nil {
			return nil, err
		}
		if err := s.who.as(administrator, func() (err error) { d, err = s.trespass(ctx, u); return err }); err != nil {
			return nil, err
		}
		s.admin[rawURL] = d
	}
	return store.NewTrespasser(rawURL, d, key), nil
}

// examined is what doctor finds as an identity in the bucket. Capture and reconcile create the probe that it tries on; the
// others try on capture's.
func (s *stage) examined(ctx context.Context, role doctor.Role) (_ []doctor.Check, err error) {
	if checks, has := s.checks[role]; has {
		return checks, nil
	}
	probe := doctor.Probe{Key: s.under + "probe", Content: store.NewContent([]byte("probe"))}
	if role == doctor.Reconcile {
		probe.Key = s.under + "probe-of-reconcile"
	}
	var b doctor.Bucket
	err = s.who.as(role, func() (err error) {
		b, err = wire.Doctored(ctx, config.Federation{}, s.bucket, probe.Key)
		return err
	})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	s.checks[role] = doctor.Examine(ctx, role, b, probe, s.now)
	return s.checks[role], nil
}

func (s *stage) close() error {
	var errs []error
	for _, d := range s.drivers {
		errs = append(errs, d.Close())
	}
	for _, d := range s.admin {
		errs = append(errs, d.Close())
	}
	return errors.Join(errs...)
}
