package format

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"
)

const vectorNote = "TEST KEYS ONLY. Every private key and identity in this folder is published and must never protect anything. " +
	"shared/format/FORMAT.md says what the files are. Made by: go test ./shared/format -run Vectors -update"

// vectorMaker collects the vectors and writes the folder. What is there already it keeps, keys and vectors: age is
// randomised, and every object would change.
type vectorMaker struct {
	t                       *testing.T
	kept, index             vectorIndex
	first, second, stranger *age.X25519Identity
	encoder                 *Encoder
}

func makeVectors(t *testing.T) {
	m := &vectorMaker{t: t}
	if _, err := os.Stat(filepath.Join(vectorFolder, vectorList)); err == nil {
		m.kept = readVectors(t)
	}
	m.index = vectorIndex{Note: vectorNote, Format: Version, Root: FormatPublicKey(rootKey()), Identities: map[string]string{}}
	m.first, m.second, m.stranger = m.identity("first"), m.identity("second"), m.identity("stranger")
	m.encoder = newEncoder(t, "aws", m.first, m.second)
	m.keys()
	m.descriptors()
	m.signedDescriptors()
	m.sets()
	m.good()
	m.edges()
	m.misnamed()
	m.forged()
	m.damaged()
	m.unreadable()
	m.layers()
	m.lines()
	m.seals()

	b, err := json.MarshalIndent(m.index, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	m.write(vectorList, append(b, '\n'))
}

func (m *vectorMaker) keys() {
	for _, name := range []string{"root", "aws", "gcp", "old"} {
		b, err := MarshalPrivateKey(testKey(name))
		if err != nil {
			m.t.Fatal(err)
		}
		m.write("keys/"+name+".test-key.pem", b)
	}
}

// identity is the one that the folder has, or a new one.
func (m *vectorMaker) identity(name string) *age.X25519Identity {
	file := "keys/" + name + ".test-identity.txt"
	m.index.Identities[name] = file
	if _, known := m.kept.Identities[name]; known {
		parsed, err := age.ParseIdentities(bytes.NewReader(readVector(m.t, file)))
		if err != nil {
			m.t.Fatal(err)
		}
		return parsed[0].(*age.X25519Identity)
	}
	identity := newIdentity(m.t)
	m.write(file, []byte("# TEST ONLY, published\n"+identity.String()+"\n"))
	return identity
}

func (m *vectorMaker) descriptors() {
	name, object := signed(m.t, testDescriptor(m.first, m.second))
	newer := bytes.Replace(object, []byte(`"format": 1`), []byte(`"format": 2`), 1)
	more := bytes.Replace(object, []byte(`"format": 1`), []byte(`"later": [1], "format": 1`), 1)
	_, foreign, err := SignDescriptor(testDescriptor(m.first, m.second), testKey("aws"))
	if err != nil {
		m.t.Fatal(err)
	}
	m.descriptor("good", name, object, "ok")
	m.descriptor("unknown-field", signBytes(1, more), more, "ok")
	m.descriptor("newer-format", signBytes(1, newer), newer, "newer")
	m.descriptor("renumbered", strings.Replace(name, "000001", "000002", 1), object, "forged")
	m.descriptor("bit-flipped", name, flip(object), "damaged")
	m.descriptor("wrong-types", signBytes(1, retyped(object)), retyped(object), "malformed")
	n := withKey(foreign, "aws", testTime).Key
	m.descriptor("not-signed-by-root", DescriptorName{Number: 1, SHA256: n.SHA256, Signature: n.Signature}.String(), foreign, "forged")
	m.descriptor("unpadded-number", strings.Replace(name, "000001", "1", 1), object, "name")
}

func (m *vectorMaker) good() {
	id := func(n int) string { return fmt.Sprintf("0192f0c1-2b3c-7000-8000-%012d", n) }
	single := testDelivery(id(1), []byte(`[{"objectId":9007199254740993,"propertyName":"email","propertyValue":"ada@example.com"}]`))
	m.batch("single", m.seal(single), "ok", single)

	hard := hardBodies()
	var several []*Delivery
	for i, name := range []string{"empty", "big-numbers", "bom", "separators", "escapes", "line-ends", "astral", "nul", "surrogate", "latin1", "every-byte"} {
		d := testDelivery(id(10+i), hard[name])
		m.batch(name, m.seal(d), "ok", d)
		several = append(several, d)
	}
	m.batch("several", m.seal(several...), "ok", several...)

	latin := testDelivery(id(2), []byte("x"))
	latin.Path, latin.Header["X-Name"], latin.Cuts = "/v1/hooks/acme?n=caf\xe9", []string{"Jos\xe9", "José"}, nil
	m.batch("path-and-header-not-utf8", m.seal(latin), "ok", latin)

	b := m.seal(single)
	m.as("second", "second-identity", b, "ok", single)
	b.Key.Repair = 1
	m.batch("repair", b, "ok", single)
	m.batch("ended-receiver-before-its-end", withKey(b.Object, "old", opened.AddDate(0, 2, 0)), "ok", single)
	lines := string(lineOf(m.t, single))
	m.batch("two-zstd-frames", m.plain(lines, lines), "ok", single, single)
	m.batch("unknown-type-and-fields", m.plain(
		`{"specversion":"1.0","id":"1","source":"x","type":"crm.later.v1","data":5}`+"\n",
		strings.Replace(lines, `"data":{`, `"later":1,"data":{"later":{},`, 1)), "ok", single)
}

func (m *vectorMaker) misnamed() {
	b := m.seal(testDelivery("1", []byte("x")))
	good := b.Key.String()
	stem := strings.TrimSuffix(good, extension)
	names := map[string]string{
		"name-another-hour":     strings.Replace(good, "/09/", "/10/", 1),
		"name-upper-hex":        strings.Replace(good, fmt.Sprintf("%x", b.Key.SHA256), fmt.Sprintf("%X", b.Key.SHA256), 1),
		"name-spare-bits":       stem[:len(stem)-1] + string(stem[len(stem)-1]+1) + extension,
		"name-padded":           stem + "==" + extension,
		"name-milliseconds":     strings.Replace(good, ".123456Z", ".123Z", 1),
		"name-receiver-upper":   strings.Replace(good, "-aws-", "-AWS-", 1),
		"name-receiver-hyphen":  strings.Replace(good, "-aws-", "-aws--", 1),
		"name-repair-ten":       good + ".r10",
		"name-other-extension":  stem + ".jsonl.gz.age",
		"name-without-a-folder": filepath.Base(good),
		"name-no-such-date":     strings.NewReplacer("/11/22/", "/02/30/", "20261122T", "20260230T").Replace(good),
		"name-hour-24":          strings.NewReplacer("/09/", "/24/", "T09", "T24").Replace(good),
		"name-second-60":        strings.Replace(good, "T091503", "T091560", 1),
		"name-repair-zero":      good + ".r0",
		"name-receiver-of-25":   strings.Replace(good, "-aws-", "-"+strings.Repeat("a", 25)+"-", 1),
	}
	for _, title := range slices.Sorted(maps.Keys(names)) {
		m.add(title, names[title], b.Object, "first", "name")
	}
}

func (m *vectorMaker) forged() {
	b := m.seal(testDelivery("1", []byte("x")))
	change := func(title string, change func(*Key)) {
		forged := b
		change(&forged.Key)
		m.batch(title, forged, "forged")
	}
	change("renamed-time", func(k *Key) { k.Time = k.Time.Add(time.Hour) })
	change("renamed-receiver", func(k *Key) { k.Receiver = "gcp" })
	change("renamed-nonce", func(k *Key) { k.Nonce[0]++ })
	change("unknown-receiver", func(k *Key) { k.Receiver = "nobody"; k.sign(testRepository, testKey("nobody")) })
	change("another-key", func(k *Key) { k.sign(testRepository, testKey("gcp")) })
	change("foreign-repository", func(k *Key) { k.sign("0192f0c1-0000-7000-8000-000000000000", testKey("aws")) })
	change("signature-not-reduced", func(k *Key) { addOrder(k.Signature[32:]) })
	change("without-a-signature", func(k *Key) { k.Signature = [ed25519.SignatureSize]byte{} })
	m.batch("receiver-ended", withKey(b.Object, "old", testTime), "forged")
	m.batch("receiver-at-its-end", withKey(b.Object, "old", time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)), "forged")
	m.batch("receiver-before-its-start", withKey(b.Object, "aws", opened.Add(-time.Microsecond)), "forged")
}

func (m *vectorMaker) damaged() {
	a, b := m.seal(testDelivery("1", []byte("a"))), m.seal(testDelivery("2", []byte("b")))
	m.batch("bit-flipped", Batch{a.Key, flip(a.Object)}, "damaged")
	m.batch("truncated", Batch{a.Key, a.Object[:len(a.Object)-1]}, "damaged")
	m.batch("emptied", Batch{a.Key, nil}, "damaged")
	m.batch("swapped", Batch{a.Key, b.Object}, "damaged")
}

// unreadable are rightly named and signed.
func (m *vectorMaker) unreadable() {
	d := testDelivery("1", []byte("a"))
	line := string(lineOf(m.t, d))
	object := m.seal(d).Object
	padding := strings.Repeat("0", 8<<20)
	event := `{"specversion":"1.0","id":"1","source":"x","type":"crm.later.v1","padding":"` + padding + `"}` + "\n"

	m.batch("other-recipients", withKey(encrypt(m.t, compress(m.t, line, 1), m.stranger), "aws", testTime), "wrong-key")
	m.batch("not-age", withKey([]byte(line), "aws", testTime), "malformed")
	m.batch("age-truncated", withKey(object[:len(object)-1], "aws", testTime), "malformed")
	m.batch("not-zstd", withKey(encrypt(m.t, []byte(line), m.first), "aws", testTime), "malformed")
	m.batch("line-not-json", m.plain(line, "{\n", line), "malformed", d, d)
	m.batch("line-empty", m.plain("\n", line), "malformed", d)
	m.batch("line-without-body", m.plain(strings.Replace(line, `"body"`, `"none"`, 1), line), "malformed", d)
	m.batch("line-with-two-bodies", m.plain(strings.Replace(line, `"body"`, `"body_base64":"","body"`, 1)), "malformed")
	m.batch("bomb-one-line", withKey(encrypt(m.t, compress(m.t, padding, 5), m.first), "aws", testTime), "too-large")
	m.batch("bomb-many-lines", withKey(encrypt(m.t, compress(m.t, event, 9), m.first), "aws", testTime), "too-large")
	m.batch("bomb-window", withKey(encrypt(m.t, compress(m.t, padding, 3, zstd.WithWindowSize(2*MaxWindow)), m.first), "aws", testTime), "too-large")
}

func (m *vectorMaker) seal(deliveries ...*Delivery) Batch {
	b, err := m.encoder.Encode(deliveries, testTime)
	if err != nil {
		m.t.Fatal(err)
	}
	return b
}

// plain makes a batch of any lines, each in a frame of its own.
func (m *vectorMaker) plain(lines ...string) Batch {
	var frames []byte
	for _, line := range lines {
		frames = append(frames, compress(m.t, line, 1)...)
	}
	return withKey(encrypt(m.t, frames, m.first, m.second), "aws", testTime)
}

func (m *vectorMaker) batch(title string, b Batch, verdict string, deliveries ...*Delivery) {
	m.as("first", title, b, verdict, deliveries...)
}

func (m *vectorMaker) as(identity, title string, b Batch, verdict string, deliveries ...*Delivery) {
	m.add(title, b.Key.String(), b.Object, identity, verdict, deliveries...)
}

func (m *vectorMaker) add(title, key string, object []byte, identity, verdict string, deliveries ...*Delivery) {
	for _, kept := range m.kept.Batches {
		if kept.Title == title {
			m.index.Batches = append(m.index.Batches, kept)
			return
		}
	}
	v := batchVector{Title: title, Key: key, File: "objects/" + title + ".age", Identity: identity, Verdict: verdict}
	for _, d := range deliveries {
		v.Deliveries = append(v.Deliveries, expected(d))
	}
	m.index.Batches = append(m.index.Batches, v)
	m.write(v.File, object)
}

func (m *vectorMaker) descriptor(title, key string, object []byte, verdict string) {
	v := descriptorVector{Title: title, Key: key, File: "descriptors/" + title + ".json", Verdict: verdict}
	m.index.Descriptors = append(m.index.Descriptors, v)
	m.write(v.File, object)
}

func (m *vectorMaker) write(file string, b []byte) {
	path := filepath.Join(vectorFolder, filepath.FromSlash(file))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		m.t.Fatal(err)
	}
}
