package transport_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/transport"
	"outlast.example/shared/store/internal/transport/transporttest"
)

func TestRequestsWithoutAnAnswer(t *testing.T) {
	for _, c := range []struct {
		name    string
		address func(t *testing.T) string
		want    error
	}{
		{"nobody listens", closedAddress, store.ErrBusy},
		{"no such host", func(*testing.T) string { return "http://host.invalid" }, store.ErrBusy},
		{"not TLS", func(t *testing.T) string { return strings.Replace(lossy(t), "http:", "https:", 1) }, store.ErrBusy},
		{"connection lost", lossy, store.ErrNoAnswer},
	} {
		t.Run(c.name, func(t *testing.T) {
			attempt, err := put(t, t.Context(), c.address(t)+"/?signature=secret")
			err = attempt.Explain(err, nil, nil)
			if !errors.Is(err, c.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("error %v, want %v, without the URL", err, c.want)
			}
		})
	}
}

func TestCancelledRequests(t *testing.T) {
	for _, c := range []struct {
		name   string
		cancel func(t *testing.T) (context.Context, string)
		want   error
	}{
		{"before it is sent", func(t *testing.T) (context.Context, string) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			return ctx, lossy(t)
		}, store.ErrBusy},
		{"before the answer", func(t *testing.T) (context.Context, string) {
			ctx, cancel := context.WithCancel(t.Context())
			return ctx, serve(t, func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				cancel()
				<-r.Context().Done()
			})
		}, store.ErrNoAnswer},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, address := c.cancel(t)
			attempt, err := put(t, ctx, address)
			err = attempt.Explain(err, nil, nil)
			if !errors.Is(err, c.want) || !errors.Is(err, context.Canceled) {
				t.Errorf("error %v, want %v and %v", err, c.want, context.Canceled)
			}
		})
	}
}

func TestAnswersByStatus(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		store  error // the store answers so
		issuer error // the token issuer answers so, and the store is never asked
	}{
		{"answer that cannot be read", 200, store.ErrNoAnswer, store.ErrBusy},
		{"moved", 301, nil, store.ErrBusy},
		{"bad request", 400, nil, store.ErrDenied},
		{"unauthorized", 401, store.ErrDenied, store.ErrDenied},
		{"forbidden", 403, store.ErrDenied, store.ErrDenied},
		{"not found", 404, nil, store.ErrDenied},
		{"request timeout", 408, store.ErrNoAnswer, store.ErrBusy},
		{"conflict", 409, nil, store.ErrDenied},
		{"precondition", 412, nil, store.ErrDenied},
		{"too many requests", 429, store.ErrBusy, store.ErrBusy},
		{"internal error", 500, store.ErrNoAnswer, store.ErrBusy},
		{"bad gateway", 502, store.ErrNoAnswer, store.ErrBusy},
		{"unavailable", 503, store.ErrBusy, store.ErrBusy},
		{"gateway timeout", 504, store.ErrNoAnswer, store.ErrBusy},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer := &transport.Answer{Status: c.status}
			silent := func(*transport.Answer) error { return nil }
			exists := func(*transport.Answer) error { return store.ErrExists }
			sent, _ := put(t, t.Context(), serve(t, func(http.ResponseWriter, *http.Request) {}))
			transporttest.WantSentinel(t, sent.Explain(io.EOF, answer, silent), c.store)
			_, unsent := transport.Watch(t.Context())
			transporttest.WantSentinel(t, unsent.Explain(io.EOF, answer, exists), c.issuer)
			transporttest.WantSentinel(t, sent.Explain(io.EOF, answer, exists), store.ErrExists)
		})
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	response, err := transport.NewClient().Get(address)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil || response.StatusCode != http.StatusTemporaryRedirect {
		t.Errorf("status %s, error %v, want the redirect itself", response.Status, err)
	}
}

func TestAnswerIsOneShortLine(t *testing.T) {
	answer := &transport.Answer{
		Status: 403, Code: "Denied", Message: "<html>\r\n\x00no\xff " + strings.Repeat("x", 1000), Request: "r1",
	}
	got := answer.Error()
	if !strings.HasPrefix(got, "HTTP 403 Denied: <html> no xxx") || !strings.HasSuffix(got, "xxx (request r1)") || len(got) > 400 {
		t.Errorf("answer %q", got)
	}
}

func TestBrokenBodyIsNoAnswer(t *testing.T) {
	body := transport.Body(io.NopCloser(io.MultiReader(strings.NewReader("half"), broken{})))
	b, err := io.ReadAll(body)
	if string(b) != "half" || !errors.Is(err, store.ErrNoAnswer) || !errors.Is(err, net.ErrClosed) {
		t.Errorf("read %q, error %v, want %v", b, err, store.ErrNoAnswer)
	}
	if b, err := io.ReadAll(transport.Body(io.NopCloser(strings.NewReader("whole")))); string(b) != "whole" || err != nil {
		t.Errorf("read %q, error %v", b, err)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) {
	return 0, &url.Error{Op: "Get", URL: "http://secret", Err: net.ErrClosed}
}

// put sends a request as a driver does. The answer, if any, does not matter.
func put(t *testing.T, ctx context.Context, address string) (*transport.Attempt, error) { //nolint:revive // t first
	t.Helper()
	ctx, attempt := transport.Watch(ctx)
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, address, strings.NewReader("content"))
	if err != nil {
		t.Fatal(err)
	}
	client := transport.NewClient()
	defer client.CloseIdleConnections()
	response, err := client.Do(request)
	if err == nil {
		err = response.Body.Close()
	}
	return attempt, err
}

func serve(t *testing.T, handle http.HandlerFunc) (address string) {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	return server.URL
}

// lossy gives the address of a server that takes a request and closes the connection.
func lossy(t *testing.T) string {
	t.Helper()
	return serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
}

func closedAddress(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(nil)
	server.Close()
	return server.URL
}
