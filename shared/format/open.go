package format

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"sync"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"
)

// Opener checks and reads batches by one descriptor. It is safe for concurrent use.
type Opener struct {
	descriptor *Descriptor
	identities []age.Identity
	decoders   sync.Pool // of *decoder
}

// NewOpener reads batches of the descriptor's repository. Without identities it can check, and not read.
func NewOpener(d *Descriptor, identities []age.Identity) *Opener {
	o := &Opener{descriptor: d, identities: identities}
	o.decoders.New = func() any { return newDecoder() }
	return o
}

// decoder is what a payload is read with. Two of its buffers would be most of what is allocated for a batch of one delivery.
type decoder struct {
	*zstd.Decoder
	lines *bufio.Reader
}

func newDecoder() *decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(MaxWindow), zstd.WithDecoderLowmem(true))
	if err != nil {
		panic(err) // only for options out of range, and these are constants
	}
	return &decoder{d, bufio.NewReaderSize(nil, 64<<10)}
}

// CheckName says who made the name: nil, if a receiver of the descriptor did while its key was valid; ErrForged
// otherwise. It needs no bytes of the object.
func (o *Opener) CheckName(k Key) error {
	receiver, ok := find(o.descriptor.Receivers, k.Receiver)
	switch {
	case !ok:
		return fmt.Errorf("%w: unknown receiver %q", ErrForged, k.Receiver)
	case !receiver.Valid(k.Time):
		return fmt.Errorf("%w: receiver %q had no valid key at that time", ErrForged, k.Receiver)
	case !k.signedBy(o.descriptor.Repository, receiver.Key):
		return fmt.Errorf("%w: not the signature of receiver %q in this repository", ErrForged, k.Receiver)
	}
	return nil
}

// CheckBytes says whether an object is what its name speaks of; ErrDamaged if not.
func (o *Opener) CheckBytes(k Key, object []byte) error {
	if sha256.Sum256(object) != k.SHA256 {
		return fmt.Errorf("%w: %d bytes of another hash than the name's", ErrDamaged, len(object))
	}
	return nil
}

// Deliveries checks an object in every respect and yields its deliveries, reading as it goes. A line that cannot be read
// yields an error, and the next one follows; an error of the whole object is the last pair. Lines of a type that this
// format does not know are passed over.
func (o *Opener) Deliveries(key string, object []byte) iter.Seq2[*Delivery, error] {
	return func(yield func(*Delivery, error) bool) {
		if err := o.check(key, object); err != nil {
			yield(nil, err)
			return
		}
		o.Read(object)(yield)
	}
}

// Read is Deliveries of an object that CheckName and CheckBytes found sound. It checks neither.
func (o *Opener) Read(object []byte) iter.Seq2[*Delivery, error] {
	return func(yield func(*Delivery, error) bool) {
		decrypted, err := o.decrypt(object)
		if err != nil {
			yield(nil, err)
			return
		}
		d := o.decoders.Get().(*decoder)
		defer o.decoders.Put(d)
		defer d.release()
		if err := d.Reset(decrypted); err != nil {
			yield(nil, unreadable(err))
			return
		}
		d.lines.Reset(&capped{d, MaxPlain})
		parseLines(d.lines, yield)
	}
}

// release lets go of the object.
func (d *decoder) release() {
	_ = d.Reset(nil) // cannot fail without an input
	d.lines.Reset(nil)
}

func (o *Opener) check(key string, object []byte) error {
	k, err := ParseKey(key)
	if err != nil {
		return err
	}
	if err := o.CheckName(k); err != nil {
		return err
	}
	if err := o.CheckBytes(k, object); err != nil {
		return err
	}
	if len(object) > MaxObject {
		return fmt.Errorf("%w: an object over %d bytes", ErrTooLarge, MaxObject)
	}
	return nil
}

func (o *Opener) decrypt(object []byte) (io.Reader, error) {
	if len(o.identities) == 0 {
		return nil, fmt.Errorf("%w: none given", ErrWrongKey)
	}
	r, err := age.Decrypt(bytes.NewReader(object), o.identities...)
	if noMatch := (*age.NoIdentityMatchError)(nil); errors.As(err, &noMatch) {
		return nil, fmt.Errorf("%w: encrypted to other recipients", ErrWrongKey)
	}
	if err != nil {
		// Not wrapped: age quotes the first line of what is no age file, and that may be somebody's data.
		return nil, fmt.Errorf("%w: not an age file", ErrMalformed)
	}
	return &payload{r: r}, nil
}

// payload is what age decrypts. The zstd decoder takes io.ErrUnexpectedEOF before a frame for the end, and age says by it
// that the payload was cut short; no frame at all would be a batch of no lines.
type payload struct {
	r    io.Reader
	some bool // a byte has been read
}

func (p *payload) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	p.some = p.some || n > 0
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) && !p.some {
		return n, errors.New("the payload is cut short or empty")
	}
	return n, err
}

// parseLines yields line after line, also behind one that cannot be parsed.
func parseLines(lines *bufio.Reader, yield func(*Delivery, error) bool) {
	var line []byte
	for n := 1; ; n++ {
		var err error
		if line, err = readLine(lines, line[:0]); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			yield(nil, fmt.Errorf("line %d: %w", n, unreadable(err)))
			return
		}
		d, err := parseLine(line)
		if err != nil {
			err = fmt.Errorf("line %d: %w", n, err)
		}
		if (d != nil || err != nil) && !yield(d, err) {
			return
		}
	}
}

// readLine appends the next line, without its end, to line. What follows the last line feed is a line if it is not empty.
func readLine(r *bufio.Reader, line []byte) ([]byte, error) {
	for {
		part, err := r.ReadSlice('\n')
		if len(part) > cap(line)-len(line) {
			line = slices.Grow(line, len(line)+len(part)) // doubles: append alone would copy a large line many times
		}
		line = append(line, part...)
		switch {
		case len(line) > MaxLine:
			return line, fmt.Errorf("%w: over %d bytes", ErrTooLarge, MaxLine)
		case err == nil:
			return line[:len(line)-1], nil
		case errors.Is(err, io.EOF) && len(line) > 0:
			return line, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return line, err
		}
	}
}

// capped reads up to left bytes; more is ErrTooLarge.
type capped struct {
	r    io.Reader
	left int
}

func (c *capped) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	if c.left -= n; c.left < 0 {
		return 0, fmt.Errorf("%w: decompresses to more than %d bytes", ErrTooLarge, MaxPlain)
	}
	return n, err
}

// unreadable gives an error of a layer below its verdict.
func unreadable(err error) error {
	switch {
	case errors.Is(err, ErrTooLarge):
		return err
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return fmt.Errorf("%w: %w", ErrTooLarge, err)
	}
	return fmt.Errorf("%w: %w", ErrMalformed, err)
}
