package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"testing"

	"outlast.example/shared/store"
)

func testCreate(t *testing.T, bucket Bucket) {
	d := open(t, bucket)
	t.Run("read back", func(t *testing.T) { testReadBack(t, d, open(t, bucket)) })
	t.Run("twice", func(t *testing.T) { testTwice(t, d) })
	t.Run("at once", func(t *testing.T) { testAtOnce(t, d) })
	t.Run("wrong checksum", func(t *testing.T) { testChecksum(t, d) })
}

// testReadBack reads through the driver that wrote and through another one.
func testReadBack(t *testing.T, d, another store.Driver) {
	for name, b := range map[string][]byte{
		"empty": {}, "one byte": {0}, "text": []byte("{\"id\":1}\n"), "1 MiB": noise(1 << 20),
	} {
		t.Run(name, func(t *testing.T) {
			key := "readback/" + name
			mustCreate(t, d, key, b)
			wantBytes(t, d, key, b)
			wantBytes(t, another, key, b)
			wantObjects(t, "list", listAll(t, another, key), []store.Object{{Key: key, Size: int64(len(b))}})
		})
	}
}

func testTwice(t *testing.T, d store.Driver) {
	first := []byte("first")
	mustCreate(t, d, "twice", first)
	for name, second := range map[string][]byte{
		"same bytes": first, "other bytes": []byte("other"), "shorter": {}, "longer": noise(1 << 16),
	} {
		t.Run(name, func(t *testing.T) {
			wantError(t, "create again", d.Create(t.Context(), "twice", store.NewContent(second)), store.ErrExists)
			wantBytes(t, d, "twice", first)
		})
	}
}

// testAtOnce lets many writers meet on one key, some times over.
func testAtOnce(t *testing.T, d store.Driver) {
	const rounds, writers = 6, 16
	for round := range rounds {
		key := fmt.Sprintf("atonce/%d", round)
		var contents [writers]store.Content
		for i := range contents {
			contents[i] = store.NewContent(bytes.Repeat([]byte{byte('a' + i)}, 1000+i))
		}
		winner := wantOneWinner(t, createAtOnce(t, d, key, contents[:]))
		wantBytes(t, d, key, contents[winner].Bytes)
		wantError(t, "create afterwards", d.Create(t.Context(), key, contents[0]), store.ErrExists)
	}
}

func createAtOnce(t *testing.T, d store.Driver, key string, contents []store.Content) []error {
	t.Helper()
	errs := make([]error, len(contents))
	start := make(chan struct{})
	var writers sync.WaitGroup
	for i, content := range contents {
		writers.Go(func() {
			<-start
			errs[i] = d.Create(t.Context(), key, content)
		})
	}
	close(start)
	writers.Wait()
	return errs
}

func wantOneWinner(t *testing.T, errs []error) (winner int) {
	t.Helper()
	winner = -1
	for i, err := range errs {
		switch {
		case err == nil && winner >= 0:
			t.Fatalf("creates %d and %d of one key both succeeded", winner, i)
		case err == nil:
			winner = i
		case !errors.Is(err, store.ErrExists) && !store.Worth(err):
			t.Fatalf("losing create: error %v, want %v or one worth another try", err, store.ErrExists)
		}
	}
	if winner < 0 {
		t.Fatalf("no create of %d succeeded: %v", len(errs), errors.Join(errs...))
	}
	return winner
}

// testChecksum alters bytes on their way, after the checksums were computed.
func testChecksum(t *testing.T, d store.Driver) {
	for name, alter := range map[string]func([]byte) []byte{
		"first byte": func(b []byte) []byte { b[0] ^= 1; return b },
		"last byte":  func(b []byte) []byte { b[len(b)-1] ^= 0x80; return b },
		"truncated":  func(b []byte) []byte { return b[:len(b)-1] },
		"emptied":    func([]byte) []byte { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			key := "checksum/" + name
			good := store.NewContent(noise(5000))
			bad := good
			bad.Bytes = alter(bytes.Clone(good.Bytes))
			wantError(t, "create", d.Create(t.Context(), key, bad), store.ErrChecksum)
			wantAbsent(t, d, key)
			mustCreate(t, d, key, good.Bytes)
		})
	}
}
