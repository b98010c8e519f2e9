package capture_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"outlast.example/shared/capture"
	"outlast.example/shared/crm"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
	"outlast.example/shared/replica"
)

const token = "correct-horse-battery"

// fakeCRM verifies by a header and interprets nothing.
type fakeCRM struct{ seen *crm.Request }

func (f *fakeCRM) Verify(r *crm.Request, _ time.Time) (string, error) {
	f.seen = r
	if r.Header.Get("X-Token") != token {
		return "", fmt.Errorf("%w: wrong token", crm.ErrUnverified)
	}
	return "token", nil
}

func (*fakeCRM) Interpret(*format.Delivery) ([]history.Change, error) {
	panic("capture must not interpret")
}

// fakeWriter keeps what it is given and answers what it is told.
type fakeWriter struct {
	verdict  replica.Verdict
	notReady bool

	mu       sync.Mutex
	got      []*format.Delivery
	deadline time.Time
}

func (w *fakeWriter) Write(d *format.Delivery, deadline time.Time) replica.Result {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.got, w.deadline = append(w.got, d), deadline
	return replica.Result{
		Verdict: w.verdict, Key: "log/batch",
		Buckets: []replica.BucketResult{{Bucket: "s3://one", Status: replica.Stored, Took: 7 * time.Millisecond}},
	}
}

func (w *fakeWriter) Ready() bool { return !w.notReady }

type fixture struct {
	handler *capture.Handler
	crm     *fakeCRM
	writer  *fakeWriter
	log     *bytes.Buffer
}

func newFixture(t *testing.T) *fixture { return newFixtureWith(t, func(*capture.Options) {}) }

func newFixtureWith(t *testing.T, change func(*capture.Options)) *fixture {
	f := &fixture{crm: &fakeCRM{}, writer: &fakeWriter{verdict: replica.Acknowledged}, log: &bytes.Buffer{}}
	source := &crm.Source{
		Kind: "fake", Name: "acme", Verifier: f.crm, Interpreter: f.crm,
		Credentials: []crm.Place{{In: "header", Name: "X-Token"}, {In: "query", Name: "code"}},
	}
	o := capture.Options{
		Sources: map[string]*crm.Source{"acme": source}, Writer: f.writer, PublicURL: "https://hooks.example.com/base/",
		MaxBody: 100, MaxReading: 101, ReadTimeout: time.Second, Deadline: 4 * time.Second,
		Log: slog.New(slog.NewJSONHandler(f.log, nil)),
	}
	change(&o)
	var err error
	if f.handler, err = capture.New(o); err != nil {
		t.Fatal(err)
	}
	return f
}

func post(path string, body io.Reader) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, body)
	r.Header.Set("X-Token", token)
	return r
}

func (f *fixture) serve(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	f.handler.ServeHTTP(w, r)
	return w
}

func TestAnswers(t *testing.T) {
	const hook = "/v1/hooks/acme"
	change := func(r *http.Request, do func(*http.Request)) *http.Request { do(r); return r }
	cases := []struct {
		name    string
		request *http.Request
		verdict replica.Verdict
		status  int
		header  string // must be present
		written bool
	}{
		{"stored", post(hook, strings.NewReader("x")), replica.Acknowledged, 200, "", true},
		{"empty body", post(hook, nil), replica.Acknowledged, 200, "", true},
		{"token in the path", post(hook+"/secret", nil), replica.Acknowledged, 200, "", true},
		{"below quorum", post(hook, nil), replica.BelowQuorum, 503, "Retry-After", true},
		{"overloaded", post(hook, nil), replica.Overloaded, 503, "Retry-After", true},
		{"not encoded", post(hook, nil), replica.NotEncoded, 503, "Retry-After", true},
		{"unknown source", post("/v1/hooks/other", nil), "", 404, "", false},
		{"unknown path", post("/v2/hooks/acme", nil), "", 404, "", false},
		{"deeper path", post(hook+"/a/b", nil), "", 404, "", false},
		{"a slash too many, which is no redirect", post("//v1/hooks/acme", nil), "", 404, "", false},
		{"a slash too many before the source", post("/v1/hooks//acme", nil), "", 404, "", false},
		{"a path that leads elsewhere", post("/v1/x/../hooks/acme", nil), "", 404, "", false},
		{"GET", httptest.NewRequest(http.MethodGet, hook, nil), "", 405, "Allow", false},
		{"DELETE", httptest.NewRequest(http.MethodDelete, hook, nil), "", 405, "Allow", false},
		{"unverified", change(post(hook, nil), func(r *http.Request) { r.Header.Del("X-Token") }), "", 401, "", false},
		{"compressed", change(post(hook, nil), func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }), "", 415, "", false},
		{"as large as allowed", post(hook, strings.NewReader(strings.Repeat("x", 100))), replica.Acknowledged, 200, "", true},
		{"announced too large", post(hook, strings.NewReader(strings.Repeat("x", 101))), "", 413, "", false},
		{"too large without announcement", post(hook, io.MultiReader(strings.NewReader(strings.Repeat("x", 101)))), "", 413, "", false},
		{"broken off", post(hook, iotest.ErrReader(io.ErrUnexpectedEOF)), "", 400, "", false},
		{"shorter than announced", change(post(hook, strings.NewReader("x")), func(r *http.Request) { r.ContentLength = 2 }), "", 400, "", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t)
			f.writer.verdict = c.verdict
			w := f.serve(c.request)
			if w.Code != c.status || c.header != "" && w.Header().Get(c.header) == "" {
				t.Fatalf("status %d, header %v; want %d with %q", w.Code, w.Header(), c.status, c.header)
			}
			if written := len(f.writer.got) > 0; written != c.written {
				t.Errorf("written: %t, want %t", written, c.written)
			}
			if line := w.Body.String(); !json.Valid([]byte(line)) || strings.Count(line, "\n") != 1 {
				t.Errorf("body %q, want one line of JSON", line)
			}
		})
	}
}

func TestDeliveryIsWhatCameLessItsCredentials(t *testing.T) {
	f := newFixture(t)
	body := "\xef\xbb\xbf{\"n\": 9007199254740993, \"bad\": \"\xff\"}"
	r := post("/v1/hooks/acme?b=%2F&code=hush&a", strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer hush")
	f.serve(r)
	d := f.writer.got[0]
	if string(d.Body) != body || d.Path != "/v1/hooks/acme?b=%2F&code=[cut]&a" || d.Source != "acme" || d.Verified != "token" {
		t.Errorf("%+v", d)
	}
	if kept := fmt.Sprint(d.Header, d.Path); strings.Contains(kept, "hush") || strings.Contains(kept, token) {
		t.Errorf("a credential was kept: %s", kept)
	}
	if got := strings.Join(d.Cuts, " "); got != "header:Authorization header:X-Token query:code" {
		t.Errorf("cuts %q", got)
	}
}

func TestSignaturesSeeThePublicURL(t *testing.T) {
	f := newFixture(t)
	r := post("/v1/hooks/acme?q=%41", nil)
	r.Host = "10.0.0.1:8080"
	f.serve(r)
	if want := "https://hooks.example.com/base/v1/hooks/acme?q=%41"; f.crm.seen.URL != want {
		t.Errorf("URL %q, want %q", f.crm.seen.URL, want)
	}
}

func TestDeadlineFitsTheCRMAndTheRuntime(t *testing.T) {
	f := newFixture(t)
	before := time.Now()
	f.serve(post("/v1/hooks/acme", nil))
	if left := f.writer.deadline.Sub(before); left < 4*time.Second || left > 5*time.Second {
		t.Errorf("deadline after %s, want 4s", left)
	}
	ends := time.Now().Add(time.Second)
	ctx, cancel := context.WithDeadline(t.Context(), ends)
	defer cancel()
	f.serve(post("/v1/hooks/acme", nil).WithContext(ctx))
	if !f.writer.deadline.Before(ends) {
		t.Errorf("deadline %s, after the invocation's end %s", f.writer.deadline, ends)
	}
}

func TestBodiesBeingReadAreBounded(t *testing.T) {
	const body = 60 << 10
	f := newFixtureWith(t, func(o *capture.Options) { o.MaxBody, o.MaxReading = body, 100<<10 })
	slow, feed := io.Pipe()
	first := make(chan int)
	r := post("/v1/hooks/acme", slow)
	r.ContentLength = body
	go func() { first <- f.serve(r).Code }()
	if _, err := feed.Write(make([]byte, body-1)); err != nil { // returns when the handler has read it: its room is taken
		t.Fatal(err)
	}
	if code := f.serve(post("/v1/hooks/acme", strings.NewReader(strings.Repeat("x", body)))).Code; code != 503 {
		t.Errorf("a second body that does not fit: %d, want 503", code)
	}
	if code := f.serve(post("/v1/hooks/acme", strings.NewReader("small"))).Code; code != 200 {
		t.Errorf("a small one: %d, want 200", code)
	}
	_, _ = feed.Write([]byte("x"))
	if code := <-first; code != 200 {
		t.Errorf("the slow one: %d, want 200", code)
	}
}

// TestAnnouncingCostsNothing: callers who have proven nothing, announce much and send little or nothing must not shut others out.
func TestAnnouncingCostsNothing(t *testing.T) {
	f := newFixtureWith(t, func(o *capture.Options) { o.MaxBody, o.MaxReading = 6<<20, 64<<20 })
	var all sync.WaitGroup
	var feeds []*io.PipeWriter
	for i := range 2000 {
		body, feed := io.Pipe()
		feeds = append(feeds, feed)
		r := post("/v1/hooks/acme", body)
		r.ContentLength = 6 << 20
		all.Go(func() {
			f.serve(r)
			_ = body.Close()
		})
		if _, err := feed.Write(make([]byte, i%600)); err != nil { // returns when the handler is reading
			t.Fatal(err)
		}
	}
	if code := f.serve(post("/v1/hooks/acme", strings.NewReader(strings.Repeat("x", 1<<20)))).Code; code != 200 {
		t.Errorf("a valid delivery beside them: %d, want 200", code)
	}
	for _, feed := range feeds {
		_ = feed.Close()
	}
	all.Wait()
}

// Whatever a body's length is, announced or not, it arrives whole, up to the limit.
func TestBodiesOfAllLengths(t *testing.T) {
	const most = 5000
	f := newFixtureWith(t, func(o *capture.Options) { o.MaxBody, o.MaxReading = most, 10_000 })
	for _, n := range []int{0, 1, 511, 512, 513, 1023, 1024, 1025, most - 1, most, most + 1} {
		for _, announced := range []int64{int64(n), -1} {
			r := post("/v1/hooks/acme", iotest.OneByteReader(strings.NewReader(strings.Repeat("x", n))))
			r.ContentLength = announced
			want := 200
			if n > most {
				want = 413
			}
			if code := f.serve(r).Code; code != want {
				t.Errorf("%d bytes, %d announced: %d, want %d", n, announced, code, want)
			}
			if got := f.writer.got[len(f.writer.got)-1].Body; want == 200 && string(got) != strings.Repeat("x", n) {
				t.Errorf("%d bytes, %d announced: %d arrive", n, announced, len(got))
			}
		}
	}
}

// TestAnswerIsNotHeldBackByTheLog: the answer is on its way before the line is written.
func TestAnswerIsNotHeldBackByTheLog(t *testing.T) {
	blocked, unblock := io.Pipe()
	f := newFixtureWith(t, func(o *capture.Options) { o.Log = slog.New(slog.NewTextHandler(unblock, nil)) })
	server := httptest.NewServer(f.handler)
	defer server.Close()
	defer func() { _ = blocked.Close() }()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/v1/hooks/acme", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Token", token)
	response, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	line, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK || !json.Valid(line) {
		t.Errorf("status %d, %q, %v", response.StatusCode, line, err)
	}
	_ = response.Body.Close()
}

func TestSlowBodyIsGivenUp(t *testing.T) {
	f := newFixture(t)
	f.handler.ReadTimeout = time.Millisecond
	server := httptest.NewServer(f.handler)
	defer server.Close()
	body, feed := io.Pipe()
	defer func() { _ = feed.Close() }()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/v1/hooks/acme", body)
	if err != nil {
		t.Fatal(err)
	}
	response, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusBadRequest || len(f.writer.got) > 0 {
		t.Errorf("status %d, %d written; want 400 and none", response.StatusCode, len(f.writer.got))
	}
}

func TestLogSaysWhatBecameOfItAndNothingOfItsContent(t *testing.T) {
	f := newFixture(t)
	f.serve(post("/v1/hooks/acme/path-token?code=hush", strings.NewReader(`{"email":"zoe@example.com"}`)))
	f.serve(httptest.NewRequest(http.MethodPost, "/v1/hooks/acme", strings.NewReader("zoe@example.com")))
	f.serve(post("/v1/hooks/hush", nil))
	log := f.log.String()
	for _, secret := range []string{"zoe", "hush", "path-token", token} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q:\n%s", secret, log)
		}
	}
	for _, want := range []string{`"source":"acme"`, `"bytes":27`, `"verdict":"acknowledged"`, `"buckets":{"s3://one":{"status":"stored","ms":7}}`, `"reason":"not verified: wrong token"`} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s:\n%s", want, log)
		}
	}
}

func TestHealthAndReadiness(t *testing.T) {
	f := newFixture(t)
	get := func(path string) int { return f.serve(httptest.NewRequest(http.MethodGet, path, nil)).Code }
	if get("/healthz") != 200 || get("/readyz") != 200 {
		t.Error("healthy and ready, yet not said")
	}
	f.writer.notReady = true
	if get("/healthz") != 200 || get("/readyz") != 503 {
		t.Error("below quorum: want healthy, not ready")
	}
}

func TestOptionsAreChecked(t *testing.T) {
	good := capture.Options{PublicURL: "https://x", MaxBody: 1, MaxReading: 2, ReadTimeout: 1, Deadline: 1}
	if _, err := capture.New(good); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*capture.Options){
		"no public URL": func(o *capture.Options) { o.PublicURL = "" }, "bodies beyond the format": func(o *capture.Options) { o.MaxBody = format.MaxBody + 1 },
		"no room to read": func(o *capture.Options) { o.MaxReading = 0 }, "no deadline": func(o *capture.Options) { o.Deadline = 0 },
	} {
		o := good
		spoil(&o)
		if _, err := capture.New(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// observer remembers what it heard, and what had been answered by then.
type observer struct {
	heard []string
	block chan struct{} // closed to let it go on; nil: it does not wait
}

func (o *observer) Heard(source *crm.Source, d *format.Delivery) {
	o.heard = append(o.heard, source.Name+" "+string(d.Body))
	if o.block != nil {
		<-o.block
	}
}

func TestOnlyWhatWasAcknowledgedIsObserved(t *testing.T) {
	o := &observer{}
	f := newFixtureWith(t, func(options *capture.Options) { options.Observer = o })
	f.serve(post("/v1/hooks/acme", strings.NewReader("stored")))
	f.serve(httptest.NewRequest(http.MethodPost, "/v1/hooks/acme", strings.NewReader("unverified")))
	f.serve(post("/v1/hooks/other", strings.NewReader("unknown")))
	f.serve(httptest.NewRequest(http.MethodGet, "/v1/hooks/acme", nil))
	f.writer.verdict = replica.BelowQuorum
	f.serve(post("/v1/hooks/acme", strings.NewReader("not stored")))
	if got := strings.Join(o.heard, ", "); got != "acme stored" {
		t.Errorf("observed %q", got)
	}
}

// TestAnswerIsNotHeldBackByTheObserver: the whole answer arrives while the observer hangs.
func TestAnswerIsNotHeldBackByTheObserver(t *testing.T) {
	o := &observer{block: make(chan struct{})}
	f := newFixtureWith(t, func(options *capture.Options) { options.Observer = o })
	server := httptest.NewServer(f.handler)
	defer server.Close()
	defer close(o.block)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/v1/hooks/acme", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Token", token)
	response, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	line, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK || !json.Valid(line) {
		t.Errorf("status %d, %q, %v", response.StatusCode, line, err)
	}
	_ = response.Body.Close()
}
