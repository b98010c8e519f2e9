package wire_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"outlast.example/shared/config"
	"outlast.example/shared/crm"
	"outlast.example/shared/history"
	"outlast.example/shared/restore"
	"outlast.example/shared/wire"
)

// story is some days of a CRM's users, as the deliveries that tell of them, and what a restore must say at some moments.
type story struct {
	Kind          string
	Secrets       []config.Secret
	Options       map[string]string
	Credentials   []string
	Deliveries    []told
	Uninterpreted int // deliveries that are kept and not understood, in the last moment's report
	Moments       []moment
}

type told struct {
	At     time.Time // of receipt
	What   string    // for people
	Path   string    // what follows the source's URL
	Header map[string]string
	Body   string
	Lost   bool // never arrives
	Status int  // that the CRM hears; 0 is 200
}

type moment struct {
	At      time.Time
	KnownAt time.Time `yaml:"known_at"`
	State   string    // a line for each record, then one for each type of which any may have changed
}

// TestStories tells every story of testdata/stories to a receiver, in the story's own time, through the real handler into
// three folders, and restores them at the story's moments. Then it tells it to two receivers at once: nothing changes.
func TestStories(t *testing.T) {
	paths, err := filepath.Glob("../../testdata/stories/*.yaml")
	fatal(t, err)
	if len(paths) == 0 {
		t.Fatal("no stories")
	}
	// Where one timer of a bubble ends on one processor and another on a second, the race detector crashes: golang/go issue 78156, open.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, path := range paths {
		s := readStory(t, path)
		t.Run(strings.TrimSuffix(filepath.Base(path), ".yaml"), func(t *testing.T) {
			for name, listeners := range map[string][]string{"one receiver": receivers[:1], "two receivers": receivers} {
				t.Run(name, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { s.play(t, listeners) })
				})
			}
		})
	}
}

func readStory(t *testing.T, path string) *story {
	t.Helper()
	text, err := os.ReadFile(path)
	fatal(t, err)
	var s story
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&s); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	lost := 0
	for _, d := range s.Deliveries {
		if d.Lost {
			lost++
		}
	}
	if n := len(s.Deliveries); n < 30 || n > 60 || lost != 1 || len(s.Moments) != 5 {
		t.Errorf("%s: %d deliveries, %d lost, %d moments; want 30 to 60, 1, 5", path, n, lost, len(s.Moments))
	}
	return &s
}

func (s *story) play(t *testing.T, listeners []string) {
	c := new(clouds)
	c.begin(t, []string{"file://" + t.TempDir(), "file://" + t.TempDir(), "file://" + t.TempDir()})
	c.config.Sources = []config.Source{{Name: "story", Kind: s.Kind, Secrets: s.Secrets, Options: s.Options, Credentials: s.Credentials}}
	s.tell(t, c, listeners)
	for i, m := range s.Moments {
		state, report := c.remember(t, m)
		if diff := cmp.Diff(lines(m.State), state); diff != "" {
			t.Errorf("moment %d (-want +got):\n%s", i+1, diff)
		}
		if last := i == len(s.Moments)-1; last && report.Uninterpreted != s.Uninterpreted*len(listeners) {
			t.Errorf("%d deliveries not interpreted, want %d: %v", report.Uninterpreted, s.Uninterpreted*len(listeners), report.Strange)
		}
	}
}

// tell makes every delivery to all listeners at once, when the story's clock says so.
func (s *story) tell(t *testing.T, c *clouds, listeners []string) {
	var handlers []*wire.Receiver
	for _, name := range listeners {
		c.config.Receiver = config.Signer{Name: name, Key: c.keys[name]}
		receiver, err := wire.Capture(t.Context(), c.config, slog.New(slog.DiscardHandler))
		fatal(t, err)
		handlers = append(handlers, receiver)
	}
	sources, err := wire.Sources(c.config)
	fatal(t, err)
	for _, d := range s.Deliveries {
		<-time.After(time.Until(d.At))
		if d.Lost {
			continue
		}
		var all sync.WaitGroup
		for _, h := range handlers {
			all.Go(func() { d.deliver(t, h, sources["story"]) })
		}
		all.Wait()
	}
	for _, h := range handlers {
		fatal(t, h.Drain(t.Context()))
	}
}

func (d told) deliver(t *testing.T, h http.Handler, source *crm.Source) {
	path := "/v1/hooks/story" + d.Path
	signed := &crm.Request{Method: http.MethodPost, URL: "http://127.0.0.1" + path, Path: path, Header: http.Header{}, Body: []byte(d.Body)}
	for name, value := range d.Header {
		signed.Header.Set(name, value)
	}
	if err := source.Sign(signed, time.Now()); err != nil {
		t.Error(err)
		return
	}
	r := httptest.NewRequest(http.MethodPost, signed.Path, bytes.NewReader(signed.Body))
	r.Header = signed.Header
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if want := max(d.Status, http.StatusOK); w.Code != want {
		t.Errorf("%s, %s: status %d: %s; want %d", d.At.Format(time.RFC3339), d.What, w.Code, w.Body, want)
	}
}

// remember restores at a moment, and tells every record in a line.
func (c *clouds) remember(t *testing.T, m moment) ([]string, restore.Report) {
	t.Helper()
	readers, err := wire.Readers(t.Context(), c.config.Federation, c.config.Buckets)
	fatal(t, err)
	sources, err := wire.Interpreters(c.config)
	fatal(t, err)
	result, err := restore.Read(t.Context(), restore.Options{
		Buckets: readers, Root: c.root, Repository: c.config.Repository, Identities: []age.Identity{c.identity}, Sources: sources,
		Selection: restore.Selection{At: m.At, KnownAt: m.KnownAt},
	})
	fatal(t, err)
	var state []string
	for s := range result.Records() {
		state = append(state, line(s))
	}
	for _, gap := range result.Report.TypeGap {
		state = append(state, gap.Type+"/* "+gap.Reason)
	}
	return state, result.Report
}

// line tells a record as the stories do: what it holds or became, its associations, and why it is not known.
func line(s history.State) string {
	text := s.Record.Type + "/" + s.Record.ID
	switch {
	case s.MergedInto != nil:
		text += " → " + s.MergedInto.Type + "/" + s.MergedInto.ID
	case s.Deleted:
		text += " deleted"
	default:
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		_ = e.Encode(s.Fields) // raw JSON, checked when it was read
		text += " " + strings.TrimSpace(b.String())
	}
	for _, a := range s.Associations {
		text += " +" + a.String()
	}
	for _, gap := range s.Gaps {
		text += "; " + gap
	}
	return text
}

func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
