package format

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strings"
)

// parts are those of a seal of five batches, two in each, and what is wrong with others.
func (m *vectorMaker) parts() {
	s, parts := inPartsOf(2, batches(5))
	name := m.encode("seal-in-parts", s)
	for _, part := range parts {
		m.part(fmt.Sprintf("part-%d-good", part.Number), "seal-in-parts", PartName{name, part.Number}.String(), part.Object, "ok")
	}
	first := PartName{name, 1}.String()
	m.part("part-bit-flipped", "seal-in-parts", first, flip(parts[0].Object), "damaged")
	m.part("part-in-anothers-place", "seal-in-parts", first, parts[1].Object, "damaged")
	m.part("part-that-the-seal-has-not", "seal-in-parts", PartName{name, 4}.String(), parts[0].Object, "name")
	m.part("part-name-with-a-short-number", "seal-in-parts", strings.Replace(first, ".0001.", ".1.", 1), parts[0].Object, "name")
	m.part("part-name-with-number-zero", "seal-in-parts", strings.Replace(first, ".0001.", ".0000.", 1), parts[0].Object, "name")

	bad := func(title string, object []byte) {
		of := testSeal()
		of.Format, of.Objects, of.Parts = inParts, nil, []string{fmt.Sprintf("%x", sha256.Sum256(object))}
		name := m.encode("seal-of-"+title, of)
		m.part(title, "seal-of-"+title, PartName{name, 1}.String(), object, "malformed")
	}
	good := parts[0].Object
	first, second, _ := strings.Cut(string(good), "\n")
	bad("part-of-nothing", nil)
	bad("part-in-the-wrong-order", []byte(second+first+"\n"))
	bad("part-without-its-last-line-feed", bytes.TrimSuffix(good, []byte("\n")))
	bad("part-with-a-space", bytes.Replace(good, []byte(":"), []byte(": "), 1))
	bad("part-with-an-unknown-field", bytes.Replace(good, []byte("}"), []byte(",\"x\":1}"), 1))
	bad("part-with-a-batch-twice", []byte(first+"\n"+first+"\n"))
	bad("part-with-a-batch-of-another-hour", appendSealed(nil, batchAt(sealedHour.Add(-1), "x")))

	object := func(s *Seal, old, changed string) []byte {
		_, object, err := s.Encode()
		if err != nil {
			m.t.Fatal(err)
		}
		return bytes.Replace(object, []byte(old), []byte(changed), 1)
	}
	named := func(title string, object []byte) {
		m.sealed(title, SealName{sealedHour, sha256.Sum256(object)}.String(), object, "malformed")
	}
	named("seal-in-parts-of-format-1", object(s, `"format":2`, `"format":1`))
	named("seal-in-parts-with-batches-beside-them", object(s, `"objects":[]`, `"objects":[`+strings.TrimSuffix(string(appendSealed(nil, batches(1)[0])), "\n")+`]`))
	named("seal-with-a-part-that-is-no-hash", object(s, s.Parts[0], "ab"))
	named("seal-of-no-parts", object(testSeal(), `}]}`+"\n", `}],"parts":[]}`+"\n"))
}

func (m *vectorMaker) part(title, seal, key string, object []byte, verdict string) {
	v := partVector{Title: title, Seal: seal, Key: key, File: "seals/" + title + ".part", Verdict: verdict}
	m.index.Parts = append(m.index.Parts, v)
	m.write(v.File, object)
}
