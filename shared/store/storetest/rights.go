package storetest

import (
	"testing"

	"outlast.example/shared/store"
)

// testRefused asserts that every method gives the same sentinel.
func testRefused(t *testing.T, d store.Driver, want error) {
	wantError(t, "create", d.Create(t.Context(), "key", store.NewContent([]byte("x"))), want)
	_, err := readRange(t, d, "key", 0, -1)
	wantError(t, "read", err, want)
	_, err = readRange(t, d, "key", 1, 1)
	wantError(t, "read a range", err, want)
	_, err = d.List(t.Context(), "", "")
	wantError(t, "list", err, want)
	_, err = d.List(t.Context(), "folder/", "")
	wantError(t, "list a folder", err, want)
}

func testCreateOnly(t *testing.T, creator, full store.Driver, taken error) {
	first := []byte("first")
	mustCreate(t, creator, "log/key", first)
	wantError(t, "create again", creator.Create(t.Context(), "log/key", store.NewContent([]byte("second"))), taken)
	_, err := readRange(t, creator, "log/key", 0, -1)
	wantError(t, "read", err, store.ErrDenied)
	_, err = creator.List(t.Context(), "", "")
	wantError(t, "list", err, store.ErrDenied)
	wantBytes(t, full, "log/key", first)
}
