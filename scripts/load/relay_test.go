package main

import (
	"bufio"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// A relay that did not hang, or never stopped to, would make the figures of a hung bucket untrue.
func TestARelayHangsAndIsWellAgain(t *testing.T) {
	arrived := make(chan struct{}, 10)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { arrived <- struct{}{} }))
	defer server.Close()
	b := newBench(t.Context())
	defer b.close()
	r, err := newRelay(b, server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	before := dial(t, r)
	if !before.answered() {
		t.Fatal("no answer while all is well")
	}
	end := r.hang()
	during := dial(t, r)
	if err := during.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	before.ask()
	if during.answered() || len(arrived) != 1 {
		t.Errorf("%d requests arrived, want the first only, and no answer to the others", len(arrived))
	}
	end()
	if before.answer() {
		t.Error("an answer after all to what was asked while it hung")
	}
	if !dial(t, r).answered() {
		t.Error("no answer after it")
	}
}

// asker is one connection.
type asker struct {
	t *testing.T
	net.Conn
}

func dial(t *testing.T, r *relay) asker {
	connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", r.address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	return asker{t, connection}
}

func (a asker) answered() bool { a.ask(); return a.answer() }

func (a asker) ask() {
	if _, err := a.Write([]byte("GET / HTTP/1.1\r\nHost: relay\r\n\r\n")); err != nil {
		a.t.Fatal(err)
	}
}

// answer reports whether one comes before the connection ends.
func (a asker) answer() bool {
	response, err := http.ReadResponse(bufio.NewReader(a.Conn), nil)
	return err == nil && response.Body.Close() == nil
}
