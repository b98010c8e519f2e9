package capture_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"outlast.example/shared/crm"
	"outlast.example/shared/replica"
)

func answering(t *testing.T, answers crm.Answers) *fixture {
	f := newFixture(t)
	f.handler.Sources["acme"].Answers = answers
	return f
}

func ask(f *fixture, method, body string, header http.Header) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/v1/hooks/acme", strings.NewReader(body))
	r.Header = header
	w := httptest.NewRecorder()
	f.handler.ServeHTTP(w, r)
	return w
}

// A CRM that reads the answer hears its own words, and only when the delivery is stored.
func TestStoredInTheWordsOfTheCRM(t *testing.T) {
	ack := &crm.Reply{Status: 202, Header: http.Header{"Content-Type": {"text/xml"}}, Body: []byte("<Ack>true</Ack>")}
	f := answering(t, crm.Answers{Stored: ack})
	w := ask(f, "POST", "{}", http.Header{"X-Token": {token}})
	if w.Code != 202 || w.Body.String() != "<Ack>true</Ack>" || w.Header().Get("Content-Type") != "text/xml" {
		t.Errorf("stored: %d %v %s", w.Code, w.Header(), w.Body)
	}
	f.writer.verdict = replica.BelowQuorum
	if w := ask(f, "POST", "{}", http.Header{"X-Token": {token}}); w.Code != 503 || strings.Contains(w.Body.String(), "Ack") {
		t.Errorf("not stored: %d %s", w.Code, w.Body)
	}
	if w := ask(f, "POST", "{}", http.Header{"X-Token": {"wrong"}}); w.Code != 401 || strings.Contains(w.Body.String(), "Ack") {
		t.Errorf("not verified: %d %s", w.Code, w.Body)
	}
}

// EspoCRM drops a delivery that is answered with 415, and comes back after 503.
func TestStatusThatACRMTakesForFinal(t *testing.T) {
	f := answering(t, crm.Answers{Instead: map[int]int{http.StatusUnsupportedMediaType: http.StatusServiceUnavailable}})
	w := ask(f, "POST", "{}", http.Header{"X-Token": {token}, "Content-Encoding": {"gzip"}})
	if w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("got %d %v", w.Code, w.Header())
	}
	if w := ask(f, "POST", "{}", http.Header{"X-Token": {"wrong"}}); w.Code != 401 {
		t.Errorf("another status: got %d", w.Code)
	}
}

func TestGreeting(t *testing.T) {
	greet := func(r *crm.Request) (crm.Reply, bool) {
		origin := r.Header.Get("WebHook-Request-Origin")
		return crm.Reply{Status: 200, Header: http.Header{"WebHook-Allowed-Origin": {origin}}}, origin != "" && r.Path == "/v1/hooks/acme"
	}
	f := answering(t, crm.Answers{Greet: greet})
	for name, test := range map[string]struct {
		method string
		header http.Header
		status int
	}{
		"asked":          {"OPTIONS", http.Header{"Webhook-Request-Origin": {"events.example.com"}}, 200},
		"no such asking": {"OPTIONS", http.Header{}, 405},
		"another method": {"GET", http.Header{"Webhook-Request-Origin": {"events.example.com"}}, 405},
		"still verified": {"POST", http.Header{"Webhook-Request-Origin": {"events.example.com"}}, 401},
	} {
		t.Run(name, func(t *testing.T) {
			if w := ask(f, test.method, "", test.header); w.Code != test.status {
				t.Errorf("got %d %s, want %d", w.Code, w.Body, test.status)
			}
		})
	}
	if len(f.writer.got) != 0 {
		t.Error("a question was stored")
	}
	if w := ask(newFixture(t), "OPTIONS", "", http.Header{"Webhook-Request-Origin": {"x"}}); w.Code != 405 {
		t.Errorf("a CRM without questions: %d", w.Code)
	}
}
