package storetest

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/store"
)

// open opens a driver for as long as the test runs.
func open(t *testing.T, b Bucket) store.Driver {
	t.Helper()
	return closing(t, b(t))
}

func closing(t *testing.T, d store.Driver) store.Driver {
	t.Helper()
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return d
}

func mustCreate(t *testing.T, d store.Driver, key string, b []byte) {
	t.Helper()
	if err := d.Create(t.Context(), key, store.NewContent(b)); err != nil {
		t.Fatalf("create %q (%d bytes): %v", key, len(b), err)
	}
}

// readRange reads a range whole. It gives the error of opening and ends the test on one of reading.
func readRange(t *testing.T, d store.Driver, key string, offset, length int64) ([]byte, error) {
	t.Helper()
	body, err := d.Read(t.Context(), key, offset, length)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(body)
	if err := errors.Join(err, body.Close()); err != nil {
		t.Fatalf("read %q from %d, %d bytes: %v", key, offset, length, err)
	}
	return b, nil
}

func wantBytes(t *testing.T, d store.Driver, key string, want []byte) {
	t.Helper()
	got, err := readRange(t, d, key, 0, -1)
	if err != nil {
		t.Fatalf("read %q: %v", key, err)
	}
	if !bytes.Equal(got, want) {
		t.Fatalf("read %q: got %d bytes that differ from the %d stored", key, len(got), len(want))
	}
}

// wantAbsent asserts that nothing is stored under key: neither to be read nor to be listed.
func wantAbsent(t *testing.T, d store.Driver, key string) {
	t.Helper()
	_, err := readRange(t, d, key, 0, -1)
	wantError(t, "read "+key, err, store.ErrNotFound)
	if objects := listAll(t, d, key); len(objects) > 0 {
		t.Errorf("list: %v, want nothing", objects)
	}
}

// wantError asserts the sentinel, and that err is no second sentinel besides.
func wantError(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: error %v, want %v", what, err, want)
	}
	for _, other := range sentinels {
		if errors.Is(err, other) && !errors.Is(want, other) {
			t.Errorf("%s: error %v is also %q, want only %q", what, err, other, want)
		}
	}
}

var sentinels = []error{
	store.ErrExists, store.ErrNotFound, store.ErrNoBucket, store.ErrDenied, store.ErrChecksum, store.ErrBusy,
	store.ErrNoAnswer, store.ErrNoLocks, store.ErrHidden, store.ErrLocked,
}

// maxPages ends a listing whose tokens lead in a circle.
const maxPages = 1000

func listAll(t *testing.T, d store.Driver, prefix string) []store.Object {
	t.Helper()
	var objects []store.Object
	token := ""
	for range maxPages {
		page, err := d.List(t.Context(), prefix, token)
		if err != nil {
			t.Fatalf("list %q: %v", prefix, err)
		}
		objects = append(objects, page.Objects...)
		if token = page.Next; token == "" {
			return objects
		}
	}
	t.Fatalf("list %q: no end after %d pages", prefix, maxPages)
	return nil
}

func wantObjects(t *testing.T, what string, got, want []store.Object) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

// noise is n bytes that do not compress and are the same in every run.
func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{}).Read(b) // never fails
	return b
}
