package format

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

type sealVector struct {
	Title   string `json:"title"`
	Key     string `json:"key"`
	File    string `json:"file"`
	Verdict string `json:"verdict"`
}

// partVector is a part of a seal of this title.
type partVector struct {
	Title   string `json:"title"`
	Seal    string `json:"seal"`
	Key     string `json:"key"`
	File    string `json:"file"`
	Verdict string `json:"verdict"`
}

type signatureVector struct {
	Title   string `json:"title"`
	Key     string `json:"key"`
	Verdict string `json:"verdict"`
}

// chainVector is what a reader sees of some hours, in every bucket; none of them has batches. Package verify reads it.
type chainVector struct {
	Title      string   `json:"title"`
	Seals      []string `json:"seals"`           // titles
	Signatures []string `json:"signatures"`      // titles
	Verdict    string   `json:"verdict"`         // ok, or what is wrong
	Wrong      string   `json:"wrong,omitempty"` // with what: a key
}

func checkSealVectors(t *testing.T, index vectorIndex, d *Descriptor) {
	for _, v := range index.Seals {
		name, err := ParseSealName(v.Key)
		if err == nil {
			_, err = OpenSeal(name, readVector(t, v.File), d.Repository)
		}
		checkVerdict(t, v.Title, v.Verdict, err)
	}
	for _, v := range index.Parts {
		checkVerdict(t, v.Title, v.Verdict, openPartVector(t, index, v, d))
	}
	for _, v := range index.Signatures {
		s, err := ParseSealSignature(v.Key)
		if err == nil {
			err = s.Check(d)
		}
		checkVerdict(t, v.Title, v.Verdict, err)
	}
}

func openPartVector(t *testing.T, index vectorIndex, v partVector, d *Descriptor) error {
	part, err := ParsePartName(v.Key)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(index.Seals, func(s sealVector) bool { return s.Title == v.Seal })
	s, err := OpenSeal(part.SealName, readVector(t, index.Seals[i].File), d.Repository)
	if err != nil {
		return err
	}
	if part.Number > len(s.Parts) {
		return ErrName
	}
	_, err = s.OpenPart(part.Number, readVector(t, v.File))
	return err
}

// seals are lists of hours, rightly made and otherwise. A descriptor of their own names the sealers.
func (m *vectorMaker) seals() {
	d := testDescriptor(m.first, m.second)
	ended, late := testSigner("seal-old"), testSigner("seal-new")
	ended.Until, late.Since = sealedHour.Add(30*time.Minute), sealedHour.Add(30*time.Minute)
	d.Sealers = append(d.Sealers, testSigner("seal-gcp"), ended, late)
	name, object := signed(m.t, d)
	m.descriptor("of-seals", name, object, "ok")
	m.index.SealDescriptor = name

	good := m.encode("seal-good", testSeal())
	m.encode("seal-of-an-hour-without-batches", emptySeal(sealedHour, "ab"))
	odd := emptySeal(sealedHour, "ab")
	odd.Listed = []string{"s3://a?x=1&y=<2>", "s3://b/\u2028", "s3://b/é"}
	m.encode("seal-with-characters-that-need-no-escape", odd)
	m.badSeals()
	m.parts()
	m.signatures(good)
	m.chains()
}

func emptySeal(hour time.Time, previous ...string) *Seal {
	s := &Seal{Format: Version, Repository: testRepository, Hour: hour, Listed: []string{"gs://outlast-b"}}
	for _, p := range previous {
		s.Previous = append(s.Previous, strings.Repeat(p, sha256.Size*2/len(p)))
	}
	return s
}

func (m *vectorMaker) encode(title string, s *Seal) SealName {
	name, object, err := s.Encode()
	if err != nil {
		m.t.Fatal(err)
	}
	m.sealed(title, name.String(), object, "ok")
	return name
}

func (m *vectorMaker) sealed(title, key string, object []byte, verdict string) {
	v := sealVector{Title: title, Key: key, File: "seals/" + title + ".json", Verdict: verdict}
	m.index.Seals = append(m.index.Seals, v)
	m.write(v.File, object)
}

// badSeals are refused; those that are malformed have the name of their bytes.
func (m *vectorMaker) badSeals() {
	name, object, err := testSeal().Encode()
	if err != nil {
		m.t.Fatal(err)
	}
	key := name.String()
	m.sealed("seal-bit-flipped", key, flip(object), "damaged")
	m.sealed("seal-cut-short", key, object[:len(object)/2], "damaged")
	m.sealed("seal-renamed-to-another-hour", strings.Replace(key, "/09-", "/10-", 1), object, "malformed")
	m.sealed("seal-name-of-24-oclock", strings.Replace(key, "/09-", "/24-", 1), object, "name")
	m.sealed("seal-name-in-upper-case", fmt.Sprintf("%s%X%s", SealHourPrefix(sealedHour), name.SHA256, sealExtension), object, "name")
	m.sealed("seal-name-without-extension", strings.TrimSuffix(key, sealExtension), object, "name")
	m.sealed("seal-name-with-a-repair", key+".r1", object, "name")

	named := func(title, verdict string, object []byte) {
		m.sealed(title, SealName{sealedHour, sha256.Sum256(object)}.String(), object, verdict)
	}
	swap := func(title, old, changed, verdict string) {
		if !bytes.Contains(object, []byte(old)) {
			m.t.Fatalf("%s: a seal does not hold %q", title, old)
		}
		named(title, verdict, bytes.Replace(object, []byte(old), []byte(changed), 1))
	}
	swap("seal-newer-format", `"format":1`, `"format":3`, "newer")
	swap("seal-of-format-2-without-parts", `"format":1`, `"format":2`, "malformed")
	swap("seal-of-another-repository", testRepository, foreignRepository, "malformed")
	swap("seal-with-an-unknown-field", `"format":1`, `"format":1,"later":1`, "malformed")
	swap("seal-with-a-name-twice", `"format":1`, `"format":1,"format":1`, "malformed")
	swap("seal-with-a-space", `"format":1`, `"format": 1`, "malformed")
	swap("seal-with-fields-in-another-order", `"format":1,"repository":"`+testRepository+`"`, `"repository":"`+testRepository+`","format":1`, "malformed")
	swap("seal-of-half-an-hour", `09:00:00Z`, `09:30:00Z`, "malformed")
	swap("seal-in-another-zone", `09:00:00Z`, `09:00:00+00:00`, "malformed")
	swap("seal-without-buckets", `["gs://outlast-b","s3://outlast-a"]`, `[]`, "malformed")
	swap("seal-with-buckets-in-another-order", `["gs://outlast-b","s3://outlast-a"]`, `["s3://outlast-a","gs://outlast-b"]`, "malformed")
	swap("seal-with-null-for-a-list", `"previous":["`+strings.Repeat("ab", 32)+`"]`, `"previous":null`, "malformed")
	swap("seal-of-a-previous-that-is-no-hash", strings.Repeat("ab", 32), "ab", "malformed")
	swap("seal-without-a-line-feed", "}\n", "}", "malformed")
	named("seal-with-two-line-feeds", "malformed", append(bytes.Clone(object), '\n'))
	named("seal-not-json", "malformed", []byte("{\n"))
	swap("seal-not-utf8", "s3://outlast-a", "s3://outlast-\xff", "malformed")
	m.badLists(object, named)
}

// badLists name what does not belong where it stands.
func (m *vectorMaker) badLists(object []byte, named func(title, verdict string, object []byte)) {
	entry := func(o Sealed) string { return fmt.Sprintf(`{"key":%q,"size":%d}`, o.Key, o.Size) }
	first, second, late := batchAt(testTime.Add(-time.Minute), "one"), batchAt(testTime, "two"), batchAt(testTime.Add(-time.Hour), "late")
	repaired := Sealed{first.Key + ".r1", first.Size}
	negative := Sealed{first.Key, -1}
	list := func(title string, objects, lates string) {
		changed := bytes.Replace(object, []byte(`"objects":[`+entry(first)+","+entry(second)+`]`), []byte(`"objects":[`+objects+`]`), 1)
		changed = bytes.Replace(changed, []byte(`"late":[`+entry(late)+`]`), []byte(`"late":[`+lates+`]`), 1)
		named(title, "malformed", changed)
	}
	list("seal-in-the-wrong-order", entry(second)+","+entry(first), entry(late))
	list("seal-with-a-batch-twice", entry(first)+","+entry(first), entry(late))
	list("seal-with-a-batch-of-another-hour", entry(late), "")
	list("seal-with-a-late-batch-of-its-own-hour", entry(first), entry(second))
	list("seal-with-a-repair", entry(repaired), entry(late))
	list("seal-with-a-negative-size", entry(negative), entry(late))
	list("seal-with-what-is-no-batch", `{"key":"log/x","size":1}`, entry(late))
}

// signatures are judged by the seals' descriptor.
func (m *vectorMaker) signatures(n SealName) {
	sign := func(title, sealer, key, repository, verdict string) string {
		name := SignSeal(n, repository, sealer, testKey(key)).String()
		m.signature(title, name, verdict)
		return name
	}
	good := sign("signature-good", "seal-aws", "seal-aws", testRepository, "ok")
	sign("signature-of-the-second-sealer", "seal-gcp", "seal-gcp", testRepository, "ok")
	sign("signature-by-a-key-that-began-within-the-hour", "seal-new", "seal-new", testRepository, "ok")
	sign("signature-by-a-key-that-ended-within-the-hour", "seal-old", "seal-old", testRepository, "forged")
	sign("signature-by-another-key", "seal-aws", "seal-gcp", testRepository, "forged")
	sign("signature-of-a-foreign-sealer", "seal-stranger", "seal-stranger", testRepository, "forged")
	sign("signature-of-a-receiver", "aws", "aws", testRepository, "forged")
	sign("signature-for-another-repository", "seal-aws", "seal-aws", foreignRepository, "forged")
	m.signature("signature-moved-to-another-hour", strings.Replace(good, "/09-", "/10-", 1), "forged")
	m.signature("signature-moved-to-another-sealer", strings.Replace(good, "-seal-aws-", "-seal-gcp-", 1), "forged")
	other := SignSeal(n, testRepository, "seal-aws", testKey("seal-aws"))
	other.SHA256[0] ^= 1
	m.signature("signature-moved-to-another-seal", other.String(), "forged")
	unreduced := SignSeal(n, testRepository, "seal-aws", testKey("seal-aws"))
	addOrder(unreduced.Signature[32:])
	m.signature("signature-not-reduced", unreduced.String(), "forged")
	m.signature("signature-without-sealer", strings.Replace(good, "-seal-aws-", "-", 1), "name")
	m.signature("signature-with-another-extension", strings.TrimSuffix(good, signatureExtension)+".json", "name")
	m.signature("signature-cut-short", strings.TrimSuffix(good, signatureExtension)[:len(good)-9]+signatureExtension, "name")
}

func (m *vectorMaker) signature(title, key, verdict string) {
	m.index.Signatures = append(m.index.Signatures, signatureVector{title, key, verdict})
}

// chains are the first hours of the repository of the vectors, without batches.
func (m *vectorMaker) chains() {
	signed := func(title string, s *Seal) SealName {
		name := m.encode(title, s)
		m.signature(title+"-signed", SignSeal(name, testRepository, "seal-aws", testKey("seal-aws")).String(), "ok")
		return name
	}
	hash := func(n SealName) string { return fmt.Sprintf("%x", n.SHA256) }
	second := opened.Add(time.Hour)
	a := signed("chain-first", emptySeal(opened))
	b := signed("chain-second", emptySeal(second, hash(a)))
	signed("chain-third", emptySeal(second.Add(time.Hour), hash(b)))
	alone := signed("chain-second-without-previous", emptySeal(second))
	signed("chain-second-with-a-wrong-previous", emptySeal(second, "cd"))

	chain := func(title, verdict, wrong string, seals ...string) {
		v := chainVector{Title: title, Seals: seals, Verdict: verdict, Wrong: wrong}
		for _, s := range seals {
			v.Signatures = append(v.Signatures, s+"-signed")
		}
		m.index.Chains = append(m.index.Chains, v)
	}
	chain("chain-of-three", "ok", "", "chain-first", "chain-second", "chain-third")
	chain("chain-with-its-middle-taken-out", "missing", b.String(), "chain-first", "chain-third")
	chain("chain-with-its-beginning-taken-out", "missing", a.String(), "chain-second", "chain-third")
	chain("chain-that-begins-anew", "unchained", alone.String(), "chain-first", "chain-second-without-previous")
	chain("chain-with-a-wrong-predecessor", "missing", SealHourPrefix(opened)+strings.Repeat("cd", 32)+sealExtension,
		"chain-first", "chain-second-with-a-wrong-previous")
	unsigned := chainVector{Title: "chain-with-a-signature-taken-out", Seals: []string{"chain-first", "chain-second"}, Verdict: "missing", Wrong: a.String()}
	unsigned.Signatures = []string{"chain-second-signed"}
	m.index.Chains = append(m.index.Chains, unsigned)

	interrupted := emptySeal(opened)
	interrupted.Listed = []string{"gs://outlast-b", "s3://outlast-a?region=eu-central-1"}
	left := m.encode("chain-first-that-nobody-signed", interrupted)
	m.signature("chain-first-signed-twice", SignSeal(a, testRepository, "seal-gcp", testKey("seal-gcp")).String(), "ok")
	beside := chainVector{
		Title: "chain-beside-a-seal-that-nobody-signed", Seals: []string{"chain-first", "chain-second", "chain-first-that-nobody-signed"},
		Signatures: []string{"chain-first-signed", "chain-second-signed"}, Verdict: "unsigned", Wrong: left.String(),
	}
	firm := beside
	firm.Title, firm.Verdict, firm.Wrong = "chain-beside-an-inert-seal", "ok", ""
	firm.Signatures = append(slices.Clone(beside.Signatures), "chain-first-signed-twice")
	m.index.Chains = append(m.index.Chains, beside, firm)
}
