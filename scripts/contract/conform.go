package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"outlast.example/shared/doctor"
	"outlast.example/shared/store"
	"outlast.example/shared/store/storetest"
)

const passes = "passes"

// conform runs the suite that every driver passes (storetest) against the account, in the open bucket as administrator, each
// case below a prefix of its own. What it says of failures goes to stderr.
func (s *stage) conform(ctx context.Context) []Row {
	var rows []Row
	for _, part := range []struct {
		action string
		run    func(*testing.T)
	}{
		{"the drivers' suite", func(t *testing.T) { storetest.Run(t, s.harness(ctx)) }},
		{"the drivers' suite for locks", func(t *testing.T) { storetest.RunLocks(t, s.lockHarness(ctx)) }},
		{"the drivers' suite for versions", func(t *testing.T) { storetest.RunVersions(t, s.versionHarness(ctx)) }},
	} {
		seen := passes
		switch _, err := s.driver(ctx, administrator, s.open); {
		case err != nil:
			seen = fmt.Sprintf("%s: %v", notRun, err)
		case !passed(part.action, part.run):
			seen = "fails: see above"
		}
		rows = append(rows, newRow(string(administrator), part.action, passes, seen))
	}
	return rows
}

// passed runs a test outside of "go test", whose stdout is data here.
func passed(name string, test func(*testing.T)) bool {
	if !flag.Parsed() {
		testing.Init()
		_ = flag.CommandLine.Parse(nil) // the program has read its own
	}
	out := os.Stdout
	os.Stdout = os.Stderr
	defer func() { os.Stdout = out }()
	every := func(string, string) (bool, error) { return true, nil }
	return testing.RunTests(every, []testing.InternalTest{{Name: name, F: test}})
}

// part opens a fresh prefix of a bucket. Every call of what it gives opens another driver on it.
func (s *stage) part(ctx context.Context, role doctor.Role, rawURL string) storetest.Bucket {
	prefix := s.key()
	return func(t *testing.T) store.Driver {
		t.Helper()
		d, err := s.paged(ctx, actor{role, rawURL}, storetest.PageSize)
		if err != nil {
			t.Fatal(err)
		}
		return store.Prefixed(d, prefix)
	}
}

func (s *stage) fresh(ctx context.Context) func(*testing.T) storetest.Bucket {
	return func(*testing.T) storetest.Bucket { return s.part(ctx, administrator, s.open) }
}

// both gives an identity and the administrator, in the same part of the bucket that infra/ gives the identity its rights in.
func (s *stage) both(ctx context.Context, role doctor.Role) func(*testing.T) (own, full store.Driver) {
	if _, has := s.who[role]; !has {
		return nil
	}
	return func(t *testing.T) (own, full store.Driver) {
		prefix := s.key()
		open := func(role doctor.Role) store.Driver {
			d, err := s.paged(ctx, actor{role, s.bucket}, storetest.PageSize)
			if err != nil {
				t.Fatal(err)
			}
			return store.Prefixed(d, prefix)
		}
		return open(role), open(administrator)
	}
}

func (s *stage) absent(ctx context.Context) storetest.Bucket {
	return func(t *testing.T) store.Driver {
		nowhere, err := s.nowhere()
		if err != nil {
			t.Fatal(err)
		}
		return s.part(ctx, administrator, nowhere)(t)
	}
}

func (s *stage) harness(ctx context.Context) storetest.Harness {
	return storetest.Harness{Bucket: s.fresh(ctx), NoBucket: s.absent(ctx), CreateOnly: s.both(ctx, doctor.Capture)}
}

func (s *stage) lockHarness(ctx context.Context) storetest.LockHarness {
	return storetest.LockHarness{
		Bucket: func(t *testing.T) storetest.LockBucket {
			d, trespass := s.administered(ctx, t)
			return storetest.LockBucket{
				Driver:  d,
				Erase:   func(t *testing.T, key string) error { return trespass(t, key).Erase(ctx) },
				Shorten: func(t *testing.T, key string, until time.Time) error { return trespass(t, key).Shorten(ctx, until) },
			}
		},
		NoBucket: s.absent(ctx), CreateOnly: s.both(ctx, doctor.Capture), KeepOnly: s.both(ctx, doctor.Keep),
	}
}

func (s *stage) versionHarness(ctx context.Context) storetest.VersionHarness {
	h := storetest.VersionHarness{
		Bucket: func(t *testing.T) storetest.VersionBucket {
			d, trespass := s.administered(ctx, t)
			return storetest.VersionBucket{
				Driver: d,
				Overwrite: func(t *testing.T, key string, b []byte) {
					must(t, trespass(t, key).Overwrite(ctx, store.NewContent(b)))
				},
				Delete: func(t *testing.T, key string) { must(t, trespass(t, key).Delete(ctx)) },
			}
		},
		NoBucket: s.absent(ctx),
	}
	if _, has := s.who[doctor.Capture]; has {
		h.CreateOnly = s.part(ctx, doctor.Capture, s.bucket)
	}
	return h
}

// administered is a part of the open bucket, and what its administrator can do in it.
func (s *stage) administered(ctx context.Context, t *testing.T) (store.Driver, func(*testing.T, string) *store.Trespasser) {
	prefix := s.key()
	d, err := s.paged(ctx, actor{administrator, s.open}, storetest.PageSize)
	must(t, err)
	return store.Prefixed(d, prefix), func(t *testing.T, key string) *store.Trespasser {
		trespasser, err := s.trespasser(ctx, s.open, prefix+"/"+key)
		must(t, err)
		return trespasser
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
