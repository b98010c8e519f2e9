// Package transporttest serves the answers that a store's documentation names, so that a driver's SDK reads them from the
// wire, and checks what the driver makes of them.
package transporttest

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync/atomic"
	"testing"

	"outlast.example/shared/store"
)

// Server counts the requests that it answers.
type Server struct {
	Address  string // http://127.0.0.1:PORT
	requests atomic.Int64
}

// Serve answers every request by handle, after it was read whole, until the test ends.
func Serve(t *testing.T, handle http.HandlerFunc) *Server {
	t.Helper()
	return serve(t, func(r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }, handle)
}

// Record is Serve, and shows each request and its body before it is answered.
func Record(t *testing.T, record func(r *http.Request, body []byte), handle http.HandlerFunc) *Server {
	t.Helper()
	return serve(t, func(r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		record(r, body)
	}, handle)
}

// serve reads a request whole before it is answered. One that broke off is the caller's to notice.
func serve(t *testing.T, read func(*http.Request), handle http.HandlerFunc) *Server {
	t.Helper()
	s := new(Server)
	listening := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		read(r)
		handle(w, r)
	}))
	t.Cleanup(listening.Close)
	s.Address = listening.URL
	return s
}

// Answer answers every request alike.
func Answer(status int, header http.Header, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for name := range header {
			w.Header().Set(name, header.Get(name))
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // as above
	}
}

// WantOneRequest asserts that the driver made exactly one attempt.
func (s *Server) WantOneRequest(t *testing.T) {
	t.Helper()
	if requests := s.requests.Load(); requests != 1 {
		t.Errorf("%d requests, want one attempt", requests)
	}
}

// WantSentinel asserts that err wraps the sentinel want and no other; want nil, that it wraps none.
func WantSentinel(t *testing.T, err, want error) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %v", want)
	}
	for _, sentinel := range []error{
		store.ErrExists, store.ErrNotFound, store.ErrNoBucket, store.ErrDenied, store.ErrChecksum, store.ErrBusy, store.ErrNoAnswer,
		store.ErrNoLocks, store.ErrHidden, store.ErrLocked,
	} {
		if errors.Is(err, sentinel) != errors.Is(want, sentinel) {
			t.Errorf("error %v, want %v", err, want)
		}
	}
}

// WantNoCopy asserts that a create sends a large object from the caller's bytes. open gives a driver on an address where
// every create succeeds with the status ok.
func WantNoCopy(t *testing.T, ok int, open func(address string) store.Driver) {
	t.Helper()
	server := Serve(t, Answer(ok, http.Header{"Content-Type": {"application/json"}, "Etag": {`"e"`}}, "{}"))
	d := open(server.Address)
	large := store.NewContent(make([]byte, 32<<20))
	create := func() {
		if err := d.Create(t.Context(), "key", large); err != nil {
			t.Fatal(err)
		}
	}
	create() // what is made once, such as connections
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	create()
	runtime.ReadMemStats(&after)
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > uint64(len(large.Bytes)/8) {
		t.Errorf("a create of %d bytes allocated %d", len(large.Bytes), allocated)
	}
}

// WantLostAnswer asserts that a create whose connection ends before the answer is made once and is of unknown outcome.
func WantLostAnswer(t *testing.T, open func(address string) store.Driver) {
	t.Helper()
	server := Serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	WantSentinel(t, open(server.Address).Create(t.Context(), "key", store.NewContent([]byte("content"))), store.ErrNoAnswer)
	server.WantOneRequest(t)
}

// WantEmpty asserts that a read gives an object's end.
func WantEmpty(t *testing.T, body io.ReadCloser, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(body); len(b) > 0 || err != nil {
		t.Errorf("read %q, error %v, want nothing", b, err)
	}
}
