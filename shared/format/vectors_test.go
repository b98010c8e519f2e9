package format

import (
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
)

var update = flag.Bool("update", false, "make the vectors that testdata/vectors/vectors.json does not list; delete it to make all anew")

const (
	vectorFolder = "../../testdata/vectors"
	vectorList   = "vectors.json"
	vectorLimit  = 400_000 // bytes, of the whole folder
)

// vectorIndex is the list.
type vectorIndex struct {
	Note        string             `json:"note"`
	Format      int                `json:"format"`
	Root        string             `json:"root"`
	Descriptor  string             `json:"descriptor"` // key of the one by which the batches are read
	Identities  map[string]string  `json:"identities"` // file by name
	Descriptors []descriptorVector `json:"descriptors"`
	Sets        []setVector        `json:"sets"`
	Batches     []batchVector      `json:"batches"`

	SealDescriptor string            `json:"seal_descriptor"` // key of the one by which the seals are read
	Seals          []sealVector      `json:"seals"`
	Parts          []partVector      `json:"parts"`
	Signatures     []signatureVector `json:"signatures"`
	Chains         []chainVector     `json:"chains"`
}

type descriptorVector struct {
	Title   string `json:"title"`
	Key     string `json:"key"`
	File    string `json:"file"`
	Verdict string `json:"verdict"`
}

// setVector is what a reader sees in all buckets together.
type setVector struct {
	Title       string   `json:"title"`
	Descriptors []string `json:"descriptors"` // titles
	Verdict     string   `json:"verdict"`     // ok or stop
	Counts      string   `json:"counts,omitempty"`
}

type batchVector struct {
	Title      string           `json:"title"`
	Key        string           `json:"key"`
	File       string           `json:"file"`
	Identity   string           `json:"identity"`
	Verdict    string           `json:"verdict"`
	Deliveries []vectorDelivery `json:"deliveries,omitempty"` // also before or behind an error
}

// vectorDelivery spells what may be any bytes in base64.
type vectorDelivery struct {
	ID       string              `json:"id"`
	Kind     string              `json:"kind"`
	Source   string              `json:"source"`
	Time     time.Time           `json:"time"`
	Verified string              `json:"verified"`
	Method   string              `json:"method"`
	Path     []byte              `json:"path_base64"`
	Header   map[string][][]byte `json:"headers_base64"`
	Cuts     []string            `json:"cuts,omitempty"`
	Body     []byte              `json:"body_base64"`
}

var verdicts = map[string]error{
	"ok": nil, "name": ErrName, "forged": ErrForged, "damaged": ErrDamaged, "wrong-key": ErrWrongKey,
	"too-large": ErrTooLarge, "malformed": ErrMalformed, "newer": ErrNewer,
}

func TestVectors(t *testing.T) {
	if *update {
		makeVectors(t)
	}
	index := readVectors(t)
	root, err := ParsePublicKey(index.Root)
	if err != nil {
		t.Fatal(err)
	}
	opened := map[string]*Descriptor{} // by title
	var descriptor, sealers *Descriptor
	for _, v := range index.Descriptors {
		d, err := OpenDescriptor(v.Key, readVector(t, v.File), root)
		checkVerdict(t, v.Title, v.Verdict, err)
		opened[v.Title] = d
		if v.Key == index.Descriptor {
			descriptor = d
		}
		if v.Key == index.SealDescriptor {
			sealers = d
		}
	}
	if descriptor == nil || sealers == nil {
		t.Fatal("no descriptor to read the batches or the seals by")
	}
	checkSealVectors(t, index, sealers)
	for _, v := range index.Sets {
		t.Run(v.Title, func(t *testing.T) { checkSetVector(t, v, index.Descriptors, opened) })
	}
	for _, v := range index.Batches {
		t.Run(v.Title, func(t *testing.T) { checkBatchVector(t, v, descriptor, index.Identities) })
	}
}

// checkSetVector stops, as readers must, where what is validly signed and cannot be read is not below what can.
func checkSetVector(t *testing.T, v setVector, all []descriptorVector, opened map[string]*Descriptor) {
	var set []*Descriptor
	unreadable := 0 // the highest number
	for _, d := range all {
		if !slices.Contains(v.Descriptors, d.Title) {
			continue
		}
		if d.Verdict == "ok" {
			set = append(set, opened[d.Title])
		} else if n, _ := ParseDescriptorName(d.Key); d.Verdict == "newer" || d.Verdict == "malformed" {
			unreadable = max(unreadable, n.Number)
		}
	}
	got, err := Newest(set)
	if err == nil && unreadable >= got.Number {
		got, err = nil, ErrMalformed
	}
	if (err == nil) != (v.Verdict == "ok") || got != opened[v.Counts] {
		t.Errorf("%v, %v, want %s: %s", got, err, v.Verdict, v.Counts)
	}
}

func checkBatchVector(t *testing.T, v batchVector, d *Descriptor, identities map[string]string) {
	identity, err := age.ParseIdentities(strings.NewReader(string(readVector(t, identities[v.Identity]))))
	if err != nil {
		t.Fatal(err)
	}
	got, err := collect(NewOpener(d, identity), v.Key, readVector(t, v.File))
	checkVerdict(t, v.Title, v.Verdict, err)
	if err != nil && (strings.Contains(err.Error(), "specversion") || strings.Contains(err.Error(), "hooks")) {
		t.Errorf("the error tells what the object holds: %v", err)
	}
	var want []*Delivery
	for _, e := range v.Deliveries {
		want = append(want, e.delivery())
	}
	if diff := diffDeliveries(want, got); diff != "" {
		t.Error(diff)
	}
}

func checkVerdict(t *testing.T, title, verdict string, err error) {
	t.Helper()
	want, known := verdicts[verdict]
	if !known || !errors.Is(err, want) || (err == nil) != (want == nil) {
		t.Errorf("%s: %v, want verdict %q", title, err, verdict)
	}
}

func TestVectorsAreSmall(t *testing.T) {
	var size int64
	err := filepath.WalkDir(vectorFolder, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	if err != nil || size == 0 || size > vectorLimit {
		t.Errorf("%d bytes, %v, want at most %d", size, err, vectorLimit)
	}
}

// The example in FORMAT.md is the first vector: who writes a second reader can follow it to the bytes.
func TestWorkedExample(t *testing.T) {
	document, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	first := readVectors(t).Batches[0]
	k, err := ParseKey(first.Key)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{first.Key, string(k.message(testRepository)), FormatPublicKey(testSigner(k.Receiver).Key)} {
		if !strings.Contains(string(document), want) {
			t.Errorf("FORMAT.md does not show the first vector: put this in its example:\n%s", want)
		}
	}
}

func readVectors(t *testing.T) (index vectorIndex) {
	t.Helper()
	if err := json.Unmarshal(readVector(t, vectorList), &index); err != nil {
		t.Fatal(err)
	}
	return index
}

func readVector(t *testing.T, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(vectorFolder, file))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (e *vectorDelivery) delivery() *Delivery {
	d := &Delivery{
		ID: e.ID, Kind: e.Kind, Source: e.Source, Time: e.Time, Verified: e.Verified,
		Method: e.Method, Path: string(e.Path), Header: http.Header{}, Body: e.Body, Cuts: e.Cuts,
	}
	for name, values := range e.Header {
		for _, v := range values {
			d.Header.Add(name, string(v))
		}
	}
	return d
}

func expected(d *Delivery) vectorDelivery {
	e := vectorDelivery{
		ID: d.ID, Kind: d.Kind, Source: d.Source, Time: d.Time, Verified: d.Verified,
		Method: d.Method, Path: []byte(d.Path), Header: map[string][][]byte{}, Body: d.Body, Cuts: d.Cuts,
	}
	for name, values := range d.Header {
		for _, v := range values {
			e.Header[name] = append(e.Header[name], []byte(v))
		}
	}
	return e
}
