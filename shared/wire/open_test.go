package wire

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/config"
	"outlast.example/shared/store"
	"outlast.example/shared/store/file"
)

// withoutCredentials is a bucket for which no client can be made: the file that the environment names is not there.
func withoutCredentials(t *testing.T) string {
	t.Setenv("STORAGE_EMULATOR_HOST", "")
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", filepath.Join(t.TempDir(), "missing.json"))
	return "gs://b"
}

func TestBucketWithoutAClientStopsNoOther(t *testing.T) {
	without := withoutCredentials(t)
	keepers, err := Keepers(t.Context(), config.Federation{}, []string{without, "file://" + t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	content := store.NewContent([]byte("a"))
	if err := keepers[1].Create(t.Context(), "log/a", content); err != nil {
		t.Error(err)
	}
	if err := keepers[0].Create(t.Context(), "log/a", content); !errors.Is(err, store.ErrBusy) || !strings.Contains(err.Error(), "missing.json") {
		t.Errorf("got %v, want what is missing, and that another try may succeed", err)
	}
	if err := Close(keepers); err != nil {
		t.Error(err)
	}
}

func TestNoClientAtAllIsAnError(t *testing.T) {
	without := withoutCredentials(t)
	if _, err := Readers(t.Context(), config.Federation{}, []string{without, "gs://c"}); err == nil || strings.Count(err.Error(), "missing.json") != 2 {
		t.Errorf("got %v, want both problems", err)
	}
}

// What speaks of locks opens the other buckets, too; the locks of the one are not known, and never none.
func TestLocksOfABucketWithoutAClient(t *testing.T) {
	urls := []string{withoutCredentials(t), "file://" + t.TempDir()}
	until := time.Now().Add(time.Hour)
	viewers, err := LockViewers(t.Context(), config.Federation{}, urls)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := viewers[0].Lock(t.Context(), "log/a"); !errors.Is(err, store.ErrBusy) || errors.Is(err, store.ErrNoLocks) {
		t.Errorf("got %v, want that its client could not be made", err)
	}
	if _, err := viewers[1].Lock(t.Context(), "log/a"); !errors.Is(err, store.ErrNoLocks) {
		t.Errorf("got %v, want that a folder has none", err)
	}
	lockers, err := Lockers(t.Context(), config.Federation{}, urls)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lockers[0].Extend(t.Context(), "log/a", until); !errors.Is(err, store.ErrBusy) {
		t.Errorf("got %v, want that its client could not be made", err)
	}
	if _, err := lockers[1].Extend(t.Context(), "log/a", until); !errors.Is(err, store.ErrNoLocks) {
		t.Errorf("got %v, want that a folder has none", err)
	}
	if err := errors.Join(Close(viewers), Close(lockers)); err != nil {
		t.Error(err)
	}
}

func TestCaptureWantsClientsForAQuorum(t *testing.T) {
	without := withoutCredentials(t)
	var log bytes.Buffer
	c := &config.Config{Buckets: []string{without, "file://" + t.TempDir()}, Quorum: 1}
	buckets, err := creators(t.Context(), c, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil || len(buckets) != 2 || !strings.Contains(log.String(), "missing.json") {
		t.Errorf("%d buckets, %v; log: %s", len(buckets), err, &log)
	}
	c.Quorum = 2
	if _, err := creators(t.Context(), c, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "missing.json") {
		t.Errorf("got %v, want the problem", err)
	}
}

// A client is made as soon as it can be, once.
func TestClientThatComesLate(t *testing.T) {
	folder, tries := t.TempDir(), 0
	l := &late{url: "gs://b", open: func(context.Context, string) (store.Driver, error) {
		if tries++; tries == 1 {
			return nil, errors.New("issuer is down")
		}
		return file.Open(folder, file.Options{}), nil
	}}
	if _, err := l.List(t.Context(), "", ""); !errors.Is(err, store.ErrBusy) {
		t.Errorf("got %v", err)
	}
	if err := l.Create(t.Context(), "log/a", store.NewContent([]byte("a"))); err != nil {
		t.Error(err)
	}
	if page, err := l.List(t.Context(), "", ""); err != nil || len(page.Objects) != 1 || tries != 2 {
		t.Errorf("%+v, %v after %d tries", page, err, tries)
	}
	body, err := l.Read(t.Context(), "log/a", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	if err := body.Close(); err != nil {
		t.Error(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}
