package format

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"strings"

	"filippo.io/age/armor"
)

const (
	foreignHead = `{"specversion":"1.0","id":"1","source":"x","type":"crm.later.v1","padding":"`
	foreignTail = `"}` + "\n"
)

// small is a delivery of few bytes.
func small(id string) *Delivery {
	d := testDelivery(id, []byte("x"))
	d.Header, d.Cuts = nil, nil
	return d
}

// edges are just within the format.
func (m *vectorMaker) edges() {
	d := small("1")
	line := string(lineOf(m.t, d))
	sealed := m.seal(d).Object
	m.batch("receiver-at-its-start", withKey(sealed, "aws", opened), "ok", d)
	m.batch("receiver-with-hyphens", withKey(sealed, "gcp-europe--1", testTime), "ok", d)
	m.batch("receiver-of-24", withKey(sealed, longReceiver, testTime), "ok", d)
	m.batch("last-line-without-line-feed", m.frames(frame(m, line), frame(m, strings.TrimSpace(line))), "ok", d, d)
	m.batch("no-lines", m.frames(frame(m, "")), "ok")
	m.batch("skippable-frame", m.frames(skippable(4), frame(m, line)), "ok", d)
	m.batch("window-of-8-MiB", m.frames(singleSegment(MaxWindow), frame(m, line)), "ok", d)
}

// layers are rightly named and signed; something is wrong in age or zstd. A first frame, where there is one, comes out.
func (m *vectorMaker) layers() {
	d := small("1")
	line := string(lineOf(m.t, d))
	good, rest := frame(m, line), frame(m, strings.TrimSpace(line)) // no line, should it come out
	sealed := m.frames(good).Object
	mac := bytes.Index(sealed, []byte("\n--- ")) + len("\n--- ")
	object := func(title string, object []byte) { m.batch(title, withKey(object, "aws", testTime), "malformed") }
	object("age-other-version", bytes.Replace(sealed, []byte("/v1"), []byte("/v2"), 1))
	object("age-armoured", m.armoured(sealed))
	object("age-header-changed", append(append(bytes.Clone(sealed[:mac]), sealed[mac]^1), sealed[mac+1:]...))
	object("age-without-payload", sealed[:mac+43+1+16]) // the MAC, its line feed, the nonce
	large := m.frames(good, skippable(64<<10), good).Object
	m.batch("age-second-chunk-changed", withKey(append(large[:len(large)-1:len(large)-1], large[len(large)-1]^1), "aws", testTime),
		"malformed", d)

	m.batch("no-frame", m.frames(), "malformed")
	m.batch("gzip", m.frames(zipped(m, line)), "malformed")
	m.batch("junk-behind-a-frame", m.frames(good, []byte{'x'}), "malformed", d)
	m.batch("checksum-wrong", m.frames(good, append(rest[:len(rest)-1:len(rest)-1], rest[len(rest)-1]^1)), "malformed", d)
	m.batch("dictionary-id", m.frames(good, []byte("\x28\xb5\x2f\xfd\x21\x01\x00\x01\x00\x00")), "malformed", d)
	m.batch("bomb-single-segment", m.frames(good, singleSegment(MaxWindow+1)), "too-large", d)
	m.batch("bomb-behind-a-bad-line", m.frames(frame(m, "{\n"), good, singleSegment(MaxWindow+1)), "too-large", d)
}

// frames makes a batch of any compressed bytes.
func (m *vectorMaker) frames(frames ...[]byte) Batch {
	return withKey(encrypt(m.t, bytes.Join(frames, nil), m.first, m.second), "aws", testTime)
}

// frame has a checksum at its end. An empty one is written by hand: the encoder writes nothing for nothing.
func frame(m *vectorMaker, plain string) []byte {
	if plain == "" {
		return []byte("\x28\xb5\x2f\xfd\x20\x00\x01\x00\x00")
	}
	return compress(m.t, plain, 1)
}

// skippable is a frame (RFC 8878, 3.1.2) of n bytes that mean nothing.
func skippable(n int) []byte {
	return append(binary.LittleEndian.AppendUint32([]byte("\x50\x2a\x4d\x18"), uint32(n)), make([]byte, n)...)
}

// singleSegment is a frame of size bytes, one foreign event, whose window is its content (RFC 8878, 3.1.1.1.2).
func singleSegment(size int) []byte {
	const raw, repeated, most = 0, 1, 128 << 10 // types of blocks, and the largest one
	b := binary.LittleEndian.AppendUint32([]byte("\x28\xb5\x2f\xfd\xa0"), uint32(size))
	block := func(kind, n, last int, content string) {
		head := n<<3 | kind<<1 | last
		b = append(append(b, byte(head), byte(head>>8), byte(head>>16)), content...)
	}
	block(raw, len(foreignHead), 0, foreignHead)
	for left := size - len(foreignHead) - len(foreignTail); left > 0; left -= most {
		block(repeated, min(left, most), 0, "0")
	}
	block(raw, len(foreignTail), 1, foreignTail)
	return b
}

func (m *vectorMaker) armoured(object []byte) []byte {
	var b bytes.Buffer
	w := armor.NewWriter(&b)
	_, err := w.Write(object)
	if closed := w.Close(); err != nil || closed != nil {
		m.t.Fatal(err, closed)
	}
	return b.Bytes()
}

func zipped(m *vectorMaker, plain string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(plain))
	if closed := w.Close(); err != nil || closed != nil {
		m.t.Fatal(err, closed)
	}
	return b.Bytes()
}
