package functiontest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"outlast.example/shared/store/storetest/servers"
)

// AzureHost does what the Functions host does for a custom handler, as documented: it starts what host.json names, lets
// through what the routes of the function.json files name, and calls the handler when a timer fires
// (https://learn.microsoft.com/azure/azure-functions/functions-custom-handlers). The real host may treat headers and escapes
// in another way.
type AzureHost struct {
	*Process
	URL     string // from outside
	handler string // its URL, which only the host knows
	timers  map[string]string
	keyed   []string
}

type hostJSON struct {
	CustomHandler struct {
		Description struct {
			DefaultExecutablePath string
		}
		EnableProxyingHTTPRequest bool `json:"enableProxyingHttpRequest"`
	}
	Extensions struct {
		HTTP struct {
			RoutePrefix *string
		}
	}
}

type functionJSON struct {
	Bindings []struct {
		Type, Name, Route, AuthLevel string
		Methods                      []string
	}
}

// StartAzure runs an unpacked app.
func StartAzure(t testing.TB, app string, environ ...string) *AzureHost {
	t.Helper()
	var settings hostJSON
	readJSON(t, filepath.Join(app, "host.json"), &settings)
	if !settings.CustomHandler.EnableProxyingHTTPRequest || settings.Extensions.HTTP.RoutePrefix == nil || *settings.Extensions.HTTP.RoutePrefix != "" {
		t.Fatalf("host.json: %+v; want requests to come through as they are, without a prefix", settings)
	}
	port := servers.FreePort(t)
	binary := filepath.Join(app, settings.CustomHandler.Description.DefaultExecutablePath)
	h := &AzureHost{start(t, app, binary, append(environ, "FUNCTIONS_CUSTOMHANDLER_PORT="+port)), "", "http://127.0.0.1:" + port, map[string]string{}, nil}
	mux := http.NewServeMux()
	h.load(t, app, mux)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	h.URL = server.URL
	return h
}

// Await waits until the handler answers, however it answers.
func (h *AzureHost) Await(t testing.TB) *AzureHost {
	t.Helper()
	h.await(t, func(ctx context.Context) bool { return answers(ctx, h.handler) })
	return h
}

func answers(ctx context.Context, url string) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(r)
	return err == nil && response.Body.Close() == nil
}

var optional = regexp.MustCompile(`/\{\w+\?\}$`)

// load reads each function's triggers. The route's last part may be left out where it says so.
func (h *AzureHost) load(t testing.TB, app string, mux *http.ServeMux) {
	t.Helper()
	target, err := url.Parse(h.handler)
	if err != nil {
		t.Fatal(err)
	}
	through := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host }}
	files, err := filepath.Glob(filepath.Join(app, "*", "function.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no functions: %v", err)
	}
	for _, path := range files {
		var f functionJSON
		readJSON(t, path, &f)
		trigger, name := f.Bindings[0], filepath.Base(filepath.Dir(path))
		if trigger.Type == "timerTrigger" {
			h.timers[name] = trigger.Name
			continue
		}
		serve := http.Handler(through)
		if trigger.AuthLevel != "anonymous" {
			serve = keyed(through)
			h.keyed = append(h.keyed, name)
		}
		for _, method := range trigger.Methods {
			if method == "head" {
				continue // a GET's route has it
			}
			route := strings.ToUpper(method) + " /" + trigger.Route
			mux.Handle(strings.ReplaceAll(route, "?}", "}"), serve)
			if short := optional.ReplaceAllString(route, ""); short != route {
				mux.Handle(short, serve)
			}
		}
	}
}

// HostKey is what the host wants of who calls a function that is not open to all
// (https://learn.microsoft.com/azure/azure-functions/function-keys-how-to).
const HostKey = "a-key-of-the-host"

func keyed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Functions-Key") != HostKey {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Keyed are the functions that the host opens to nobody without a key.
func (h *AzureHost) Keyed() []string { return h.keyed }

func readJSON(t testing.TB, path string, to any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, to); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// Timer lets a function's timer fire, and gives the handler's status and answer.
func (h *AzureHost) Timer(t testing.TB, name string) (int, map[string]json.RawMessage) {
	t.Helper()
	binding, is := h.timers[name]
	if !is {
		t.Fatalf("%s is no timer", name)
	}
	body, err := json.Marshal(map[string]any{
		"Data": map[string]any{binding: map[string]any{
			"Schedule": map[string]any{"AdjustForDST": true}, "IsPastDue": false,
			"ScheduleStatus": map[string]any{"Last": "2026-11-22T09:05:00+00:00", "Next": "2026-11-22T09:20:00+00:00"},
		}},
		"Metadata": map[string]any{"sys": map[string]any{"MethodName": name, "UtcNow": "2026-11-22T09:05:00Z"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return h.Post(t, name, body)
}

// Post calls the handler as the host does: from outside nobody can.
func (h *AzureHost) Post(t testing.TB, name string, body []byte) (int, map[string]json.RawMessage) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.handler+"/"+name, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var outcome map[string]json.RawMessage
	_ = json.Unmarshal(answer, &outcome) // an error's text is none
	return response.StatusCode, outcome
}
