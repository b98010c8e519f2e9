package crmtest

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"outlast.example/shared/crm"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

// Folder holds this repository's own payloads, seen from a kind's package: one folder for each kind.
const Folder = "../../../testdata/payloads"

// Payload is a body, and what its .meta.json says of it.
type Payload struct {
	Name string // without its extension
	Body []byte
	Meta
}

// Meta is what of a .meta.json counts here. All of it is optional.
type Meta struct {
	Method  string            `json:"method"`
	Headers map[string]string `json:"headers"`
	Options map[string]string `json:"options"` // of the source
	Error   string            `json:"error"`   // a part of the interpreter's error
	Vector  struct {
		Secret    string `json:"secret"`
		PublicKey string `json:"public_key"`
		KeyHex    string `json:"signature_key_hex"`
		URI       string `json:"uri"`
	} `json:"vector"`
}

// Delivery is the payload as capture would have kept it.
func (p Payload) Delivery() *format.Delivery {
	return &format.Delivery{ID: "0197f4a1-6a1e-7c2b-9d3f-1a2b3c4d5e6f", Header: p.Header(), Body: p.Body}
}

// Header holds the meta's headers.
func (p Payload) Header() http.Header {
	h := http.Header{}
	for name, value := range p.Headers {
		h.Set(name, value)
	}
	return h
}

// Shared reads the payloads whose names start with prefix from the folder that OUTLAST_CRM_PAYLOADS names, or, where it
// is not set, all of the kind's own folder; shared tells which.
func Shared(t testing.TB, kind crm.Kind, prefix string) (payloads []Payload, shared bool) {
	t.Helper()
	if folder := os.Getenv("OUTLAST_CRM_PAYLOADS"); folder != "" {
		return load(t, folder, prefix), true
	}
	return load(t, filepath.Join(Folder, kind.Name), ""), false
}

// load reads bodies of any extension; what has none is a folder, and those in .golden.json and .meta.json speak of others.
func load(t testing.TB, folder, prefix string) []Payload {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, prefix+"*"))
	if err != nil {
		t.Fatal(err)
	}
	var payloads []Payload
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
		if filepath.Ext(path) == "" || strings.HasSuffix(name, ".golden") || strings.HasSuffix(name, ".meta") {
			continue
		}
		p := Payload{Name: name, Body: readFile(t, path)}
		if meta, err := os.ReadFile(filepath.Join(folder, name+".meta.json")); err == nil {
			decode(t, name, meta, &p.Meta)
		}
		payloads = append(payloads, p)
	}
	if len(payloads) == 0 {
		t.Fatalf("no payloads %s* in %s", prefix, folder)
	}
	return payloads
}

// Golden interprets every payload of the kind's own folder and compares with <name>.golden.json, which was written by
// hand: a list of changes without identities. A time of year 1 stands for the time of receipt.
func Golden(t *testing.T, kind crm.Kind, s crm.Settings) {
	for _, p := range load(t, filepath.Join(Folder, kind.Name), "") {
		t.Run(p.Name, func(t *testing.T) {
			s := s
			s.Options = maps.Clone(s.Options)
			if p.Options != nil {
				s.Options = p.Options
			}
			got, err := Interpret(t, Open(t, kind, s), p.Delivery())
			checkError(t, err, p.Error)
			distinct(t, got)
			var want []history.Change
			decode(t, p.Name, readFile(t, filepath.Join(Folder, kind.Name, p.Name+".golden.json")), &want)
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("want -, got +: %s", diff)
			}
		})
	}
}

// Expected is what a payload of others means, written by hand: all that a golden file of them holds.
type Expected struct {
	Options map[string]string `json:"options"` // of the source, in place of the test's
	Error   string            `json:"error"`   // a part of the interpreter's error
	Changes []history.Change  `json:"changes"` // without identities; a time of year 1 stands for the time of receipt
}

// SharedGolden interprets every payload whose name starts with prefix of the folder that OUTLAST_CRM_PAYLOADS names, and
// compares it with shared/<name>.golden.json in the kind's own folder. A payload without one fails the test; without the
// folder, there is nothing to compare but that the golden files can be read.
func SharedGolden(t *testing.T, kind crm.Kind, s crm.Settings, prefix string) {
	goldens := expectations(t, filepath.Join(Folder, kind.Name, "shared"))
	folder := os.Getenv("OUTLAST_CRM_PAYLOADS")
	if folder == "" {
		return
	}
	payloads := load(t, folder, prefix)
	if len(payloads) != len(goldens) {
		t.Errorf("%d payloads, %d golden files", len(payloads), len(goldens))
	}
	for _, p := range payloads {
		t.Run(p.Name, func(t *testing.T) {
			want, known := goldens[p.Name]
			if !known {
				t.Fatal("nobody has written down what it means")
			}
			s := s
			if want.Options != nil {
				s.Options = want.Options
			}
			got, err := Interpret(t, Open(t, kind, s), p.Delivery())
			checkError(t, err, want.Error)
			distinct(t, got)
			if diff := cmp.Diff(want.Changes, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("want -, got +: %s", diff)
			}
		})
	}
}

func expectations(t *testing.T, folder string) map[string]Expected {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.golden.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no golden files in %s: %v", folder, err)
	}
	all := map[string]Expected{}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".golden.json")
		var e Expected
		d := json.NewDecoder(bytes.NewReader(readFile(t, path)))
		d.DisallowUnknownFields()
		if err := d.Decode(&e); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[name] = e
	}
	return all
}

func checkError(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case err == nil && want != "":
		t.Errorf("no error, want one that says %q", want)
	case err != nil && (want == "" || !strings.Contains(err.Error(), want)):
		t.Errorf("got error %v, want %q", err, want)
	}
}

// distinct clears the identities, which are hashes, after it saw that they differ.
func distinct(t *testing.T, changes []history.Change) {
	t.Helper()
	seen := map[string]bool{}
	for i := range changes {
		if seen[changes[i].Identity] {
			t.Errorf("change %d has the identity of another one", i)
		}
		seen[changes[i].Identity] = true
		changes[i].Identity = ""
	}
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func decode(t testing.TB, name string, b []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}
