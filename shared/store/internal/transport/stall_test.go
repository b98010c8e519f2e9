package transport_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/transport"
)

func TestAnAnswerThatStops(t *testing.T) {
	for _, c := range []struct {
		name         string
		pause        time.Duration // of the store, before each byte after the first
		think        time.Duration // of the reader, before each read
		want         string
		err          error
		took         time.Duration
		ofTheAttempt error // what the next request of the same operation gets
	}{
		{"stalls", time.Hour, 0, "a", store.ErrNoAnswer, transport.StallTimeout, store.ErrNoAnswer},
		{"is slow, and moves", transport.StallTimeout - time.Second, 0, "abc", nil, 2 * (transport.StallTimeout - time.Second), nil},
		{"waits for its reader", 0, time.Hour, "abc", nil, 3 * time.Hour, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := transport.NewClient()
				defer client.CloseIdleConnections()
				transport.Dial(client, slowly(t, "abc", c.pause))
				ctx, attempt := transport.Watch(t.Context())
				began := time.Now()
				got, err := read(t, client, ctx, c.think)
				if got != c.want || !errors.Is(err, c.err) || time.Since(began) != c.took {
					t.Errorf("read %q after %v, error %v, want %q after %v, %v", got, time.Since(began), err, c.want, c.took, c.err)
				}
				began = time.Now()
				_, err = client.Do(request(t, ctx)) //nolint:bodyclose // of a connection that this test ends
				if err = attempt.Explain(err, nil, nil); !errors.Is(err, c.ofTheAttempt) || time.Since(began) != 0 {
					t.Errorf("next request: error %v after %v, want %v at once", err, time.Since(began), c.ofTheAttempt)
				}
			})
		})
	}
}

// read reads an answer's body byte for byte, as a driver hands it on.
func read(t *testing.T, client *http.Client, ctx context.Context, think time.Duration) (got string, err error) { //nolint:revive // t first
	t.Helper()
	response, err := client.Do(request(t, ctx))
	if err != nil {
		t.Fatal(err)
	}
	body := transport.Body(response.Body)
	defer func() { err = errors.Join(err, body.Close()) }()
	for b := make([]byte, 1); ; {
		<-time.After(think)
		n, err := body.Read(b)
		got += string(b[:n])
		if err == io.EOF { //nolint:errorlint // io.Reader's contract is io.EOF itself
			return got, nil
		}
		if err != nil {
			return got, err
		}
	}
}

func request(t *testing.T, ctx context.Context) *http.Request { //nolint:revive // t first
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://store.example/", nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// slowly dials a store that answers each request with body and pauses before each byte after the first.
func slowly(t *testing.T, body string, pause time.Duration) func(context.Context, string, string) (net.Conn, error) {
	t.Helper()
	return func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go func() {
			for buffer := make([]byte, 4<<10); ; {
				if _, err := server.Read(buffer); err != nil {
					return
				}
				_, _ = fmt.Fprintf(server, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body[:1])
				for _, b := range []byte(body[1:]) {
					select {
					case <-time.After(pause):
					case <-t.Context().Done():
						return
					}
					_, _ = server.Write([]byte{b})
				}
			}
		}()
		return client, nil
	}
}
