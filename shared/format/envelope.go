package format

import (
	"bytes"
	"io"
	"time"

	"filippo.io/age"
)

// envelope is an age file that has begun: its header is there, its contents are still to come. Wrapping the file's key
// for the recipients takes half the time that a small batch takes and does not depend on the contents, so that one
// envelope is always made ahead. Each is used once.
type envelope struct {
	io.WriteCloser
	to *outlet
}

// outlet is where age writes: a buffer of its own first, the object's once that is there.
type outlet struct{ *bytes.Buffer }

func (e *Encoder) newEnvelope() (*envelope, error) {
	to := &outlet{new(bytes.Buffer)}
	w, err := age.Encrypt(to, e.recipients...)
	if err != nil {
		return nil, err
	}
	return &envelope{w, to}, nil
}

// calm is how long the next envelope is put off: the batch that took the last one is being stored, and wants the processor.
const calm = 2 * time.Millisecond

// envelope gives the one made ahead, if there is one, and has the next one made.
func (e *Encoder) envelope() (*envelope, error) {
	select {
	case ready := <-e.ahead:
		time.AfterFunc(calm, func() { _ = e.prepare() }) // an error comes again when an envelope is needed
		return ready, nil
	default:
		return e.newEnvelope() // batch upon batch
	}
}

// prepare makes one envelope ahead.
func (e *Encoder) prepare() error {
	next, err := e.newEnvelope()
	if err != nil {
		return err
	}
	select {
	case e.ahead <- next:
	default:
	}
	return nil
}

// into has what has begun, and what follows, written to the object.
func (e *envelope) into(object *bytes.Buffer) {
	object.Write(e.to.Bytes())
	e.to.Buffer = object
}
