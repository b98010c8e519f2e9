package transport

import (
	"context"
	"fmt"
	"io"
	"time"
)

// stallTimeout ends an answer that stops in the middle. A store that has begun to send has the bytes at hand: it is gone,
// or its connection is, long before.
const stallTimeout = 30 * time.Second

// errStalled says neither Temporary nor Timeout to the SDKs: some would open the object again and again, for ever.
var errStalled = fmt.Errorf("the answer stalled: no byte for %v", stallTimeout)

// patient is an answer's body, of which no read waits longer than stallTimeout. While its reader is busy elsewhere, no
// time is measured.
type patient struct {
	io.ReadCloser
	attempt *Attempt
	cancel  context.CancelFunc // ends the request, and so the read that waits for its answer
}

func (p *patient) Read(b []byte) (int, error) {
	timer := time.AfterFunc(stallTimeout, p.giveUp)
	defer timer.Stop()
	n, err := p.ReadCloser.Read(b)
	if err != nil && err != io.EOF && p.attempt.stalled.Load() { //nolint:errorlint // io.Reader's contract is io.EOF itself
		err = errStalled
	}
	return n, err
}

func (p *patient) giveUp() {
	p.attempt.stalled.Store(true)
	p.cancel()
}

func (p *patient) Close() error {
	defer p.cancel()
	return p.ReadCloser.Close()
}
