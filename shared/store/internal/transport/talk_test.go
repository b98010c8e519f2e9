package transport_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"outlast.example/shared/store/internal/transport"
)

// Whoever asks holds an answer in memory, but for an object's bytes: a store that sends without end is not listened to for ever.
func TestAnAnswerWithoutEnd(t *testing.T) {
	const endless = 80 << 20 // bytes
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/refused" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		for n := 0; n < endless; n += 1 << 20 {
			if _, err := io.WriteString(w, strings.Repeat("x", 1<<20)); err != nil {
				return
			}
		}
	})
	for _, c := range []struct {
		name, method, path string
		object             bool
		want               int64
	}{
		{"made", http.MethodPut, "/", false, transport.MaxTalk},
		{"refused", http.MethodGet, "/refused", false, transport.MaxTalk},
		{"object refused", http.MethodGet, "/refused", true, transport.MaxTalk},
		{"page", http.MethodGet, "/", false, transport.MaxPage},
		{"object", http.MethodGet, "/", true, endless},
	} {
		t.Run(c.name, func(t *testing.T) {
			watch := transport.Watch
			if c.object {
				watch = transport.WatchRead
			}
			ctx, _ := watch(t.Context())
			request, err := http.NewRequestWithContext(ctx, c.method, address+c.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			client := transport.NewClient()
			defer client.CloseIdleConnections()
			response, err := client.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			n, err := io.Copy(io.Discard, response.Body)
			if err = errors.Join(err, response.Body.Close()); n != c.want || err != nil {
				t.Errorf("%d bytes, error %v, want %d", n, err, c.want)
			}
		})
	}
}
