package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"outlast.example/shared/store"
)

func testCancel(t *testing.T, bucket Bucket) {
	d := open(t, bucket)
	mustCreate(t, d, "there", []byte("there"))
	t.Run("before", func(t *testing.T) { testCancelBefore(t, d) })
	t.Run("during create", func(t *testing.T) { testCancelCreate(t, d) })
}

func testCancelBefore(t *testing.T, d store.Driver) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	want := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v, want %v", what, err, context.Canceled)
		}
	}
	want("create", d.Create(ctx, "cancelled", store.NewContent([]byte("x"))))
	_, err := d.Read(ctx, "there", 0, -1)
	want("read", err)
	_, err = d.List(ctx, "", "")
	want("list", err)
	wantAbsent(t, d, "cancelled")
}

// testCancelCreate ends creates at several moments. Wherever it strikes, the answer must not say more than is known, and
// what is stored is whole.
func testCancelCreate(t *testing.T, d store.Driver) {
	content := store.NewContent(noise(8 << 20))
	for _, after := range []time.Duration{100 * time.Microsecond, time.Millisecond, 5 * time.Millisecond, 25 * time.Millisecond} {
		t.Run(after.String(), func(t *testing.T) {
			key := fmt.Sprintf("cancel/%v", after)
			ctx, cancel := context.WithTimeout(t.Context(), after)
			defer cancel()
			err := d.Create(ctx, key, content)
			switch {
			case err == nil:
				wantBytes(t, d, key, content.Bytes)
			case errors.Is(err, store.ErrNoAnswer):
				wantWholeOrAbsent(t, d, key, content.Bytes)
			case errors.Is(err, context.DeadlineExceeded):
				wantAbsent(t, d, key)
			default:
				t.Errorf("create: error %v, want %v or %v", err, store.ErrNoAnswer, context.DeadlineExceeded)
			}
		})
	}
}

func wantWholeOrAbsent(t *testing.T, d store.Driver, key string, want []byte) {
	t.Helper()
	got, err := readRange(t, d, key, 0, -1)
	if err != nil {
		wantError(t, "read "+key, err, store.ErrNotFound)
		return
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%q holds %d of %d bytes", key, len(got), len(want))
	}
}

// largeObject is above what stores and their clients take in one buffer, and far above a socket's.
const largeObject = 64 << 20 // bytes

func testLarge(t *testing.T, bucket Bucket) {
	d := open(t, bucket)
	large := noise(largeObject)
	mustCreate(t, d, "large", large)
	wantError(t, "create again", d.Create(t.Context(), "large", store.NewContent(large[:1])), store.ErrExists)
	wantBytes(t, d, "large", large)
	wantObjects(t, "list", listAll(t, d, ""), []store.Object{{Key: "large", Size: largeObject}})

	tail, err := readRange(t, d, "large", largeObject-1000, 1000)
	if err != nil || !bytes.Equal(tail, large[largeObject-1000:]) {
		t.Errorf("tail: %d bytes, error %v", len(tail), err)
	}
	t.Run("close early", func(t *testing.T) {
		if err := startReading(t.Context(), t, d, "large").Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	t.Run("cancel during read", func(t *testing.T) { testCancelRead(t, d, "large") })
}

func testCancelRead(t *testing.T, d store.Driver, key string) {
	ctx, cancel := context.WithCancel(t.Context())
	body := startReading(ctx, t, d, key)
	defer func() { _ = body.Close() }() // the test is about reading
	cancel()
	n, err := io.Copy(io.Discard, body)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("read %d bytes, error %v, want %v", n, err, context.Canceled)
	}
}

// startReading opens an object and reads its first bytes.
func startReading(ctx context.Context, t *testing.T, d store.Driver, key string) io.ReadCloser {
	t.Helper()
	body, err := d.Read(ctx, key, 0, -1)
	if err != nil {
		t.Fatalf("read %q: %v", key, err)
	}
	if _, err := io.ReadFull(body, make([]byte, 100)); err != nil {
		t.Fatalf("read %q: %v", key, err)
	}
	return body
}
