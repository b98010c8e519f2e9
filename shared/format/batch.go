package format

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"
)

// Batch is an object ready to be created.
type Batch struct {
	Key    Key
	Object []byte
}

// Encoder makes batches in a receiver's name. It is safe for concurrent use.
type Encoder struct {
	repository  string
	receiver    string
	key         ed25519.PrivateKey
	recipients  []age.Recipient
	ahead       chan *envelope // one, made while nobody waits
	compressors sync.Pool      // of *zstd.Encoder: a new one costs a millisecond and megabytes
	scratch     sync.Pool      // of *bytes.Buffer
}

// NewEncoder takes the repository's id, the receiver's name and key, and whom batches are encrypted to. It tries the
// recipients, so that those which do not go together (post-quantum and others) are found out at once.
func NewEncoder(repository, receiver string, key ed25519.PrivateKey, recipients []age.Recipient) (*Encoder, error) {
	if err := errors.Join(CheckRepository(repository), CheckReceiver(receiver)); err != nil {
		return nil, fmt.Errorf("encode batches: %w", err)
	}
	if len(key) != ed25519.PrivateKeySize {
		return nil, fmt.Errorf("encode batches as %s: private key of %d bytes, want %d", receiver, len(key), ed25519.PrivateKeySize)
	}
	e := &Encoder{repository: repository, receiver: receiver, key: key, recipients: recipients, ahead: make(chan *envelope, 1)}
	e.compressors.New = func() any { return newCompressor() }
	e.scratch.New = func() any { return new(bytes.Buffer) }
	if err := e.prepare(); err != nil {
		return nil, fmt.Errorf("encode batches as %s: recipients: %w", receiver, err)
	}
	return e, nil
}

func newCompressor() *zstd.Encoder {
	compressor, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(window), zstd.WithLowerEncoderMem(true),
		zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithAllLitEntropyCompression(true)) // takes a quarter off base64
	if err != nil {
		panic(err) // only for options out of range, and these are constants
	}
	return compressor
}

// Encode makes one batch of deliveries, named at now. It keeps none of them. Beyond MaxLine or MaxPlain it is ErrTooLarge.
func (e *Encoder) Encode(deliveries []*Delivery, now time.Time) (Batch, error) {
	var nonce [nonceLen / 2]byte
	_, _ = rand.Read(nonce[:]) // never fails
	return e.encode(deliveries, now, nonce)
}

// Probe is Encode of what somebody will try to overwrite and delete: its name says so, and no other batch's does.
func (e *Encoder) Probe(deliveries []*Delivery, now time.Time) (Batch, error) {
	return e.encode(deliveries, now, probeNonce)
}

func (e *Encoder) encode(deliveries []*Delivery, now time.Time, nonce [nonceLen / 2]byte) (Batch, error) {
	object, err := e.object(deliveries)
	if err != nil {
		return Batch{}, fmt.Errorf("encode batch of %d: %w", len(deliveries), err)
	}
	k := Key{Time: now.UTC().Truncate(time.Microsecond), Nonce: nonce, SHA256: sha256.Sum256(object), Receiver: e.receiver}
	if !rfc3339(k.Time) {
		return Batch{}, fmt.Errorf("encode batch: %w: no four-digit year at %s", ErrName, k.Time)
	}
	k.sign(e.repository, e.key)
	return Batch{k, object}, nil
}

// maxScratch is up to where memory for batches is kept: most are smaller.
const maxScratch = 1 << 20 // bytes

// object is a batch's stored bytes. Small ones are made in memory that is used again and copied from there: they are a
// fraction of what they may come to, and wait in memory for slow buckets. A large one is not copied on its way.
func (e *Encoder) object(deliveries []*Delivery) ([]byte, error) {
	if len(deliveries) == 0 {
		return nil, errors.New("no deliveries")
	}
	size := estimate(deliveries)
	if size > maxScratch {
		object := bytes.NewBuffer(make([]byte, 0, size))
		err := e.write(object, deliveries)
		return object.Bytes(), err
	}
	object := e.scratch.Get().(*bytes.Buffer)
	defer e.scratch.Put(object)
	object.Reset()
	err := e.write(object, deliveries)
	return bytes.Clone(object.Bytes()), err
}

// write streams the lines through zstd and age.
func (e *Encoder) write(object *bytes.Buffer, deliveries []*Delivery) error {
	encrypted, err := e.envelope()
	if err != nil {
		return err
	}
	encrypted.into(object)
	compressor := e.compressors.Get().(*zstd.Encoder)
	defer e.release(compressor)
	compressor.Reset(encrypted)
	return errors.Join(writeLines(compressor, deliveries), compressor.Close(), encrypted.Close())
}

// release gives a compressor back, without the object it wrote.
func (e *Encoder) release(compressor *zstd.Encoder) {
	compressor.Reset(nil)
	e.compressors.Put(compressor)
}

// estimate is room enough even for what does not compress, so that the object's buffer is hardly ever copied to a
// larger one: the line's head and age's header are small beside it.
func estimate(deliveries []*Delivery) int {
	size := 1 << 10
	for _, d := range deliveries {
		size += len(d.Body) + len(d.Body)/32 + 512
	}
	return size
}

func writeLines(w io.Writer, deliveries []*Delivery) error {
	m := &meter{w: w}
	lines := lineWriter{Writer: bufio.NewWriterSize(m, 16<<10)}
	for _, d := range deliveries {
		if err := d.check(); err != nil {
			return err
		}
		m.line = 0
		lines.delivery(d)
		if err := lines.Flush(); err != nil {
			return fmt.Errorf("delivery %s: %w", d.ID, err)
		}
	}
	return nil
}

// meter passes bytes on up to the limits.
type meter struct {
	w           io.Writer
	line, plain int // bytes
}

func (m *meter) Write(b []byte) (int, error) {
	m.line += len(b)
	m.plain += len(b)
	if m.line > MaxLine {
		return 0, fmt.Errorf("%w: a line over %d bytes", ErrTooLarge, MaxLine)
	}
	if m.plain > MaxPlain {
		return 0, fmt.Errorf("%w: a batch over %d bytes", ErrTooLarge, MaxPlain)
	}
	return m.w.Write(b)
}
