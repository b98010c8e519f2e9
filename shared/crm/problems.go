package crm

import (
	"fmt"
	"strings"
)

// maxNamed bounds an error's length, whatever a delivery holds.
const maxNamed = 5

// Problems gathers what an interpreter could not read of a delivery, while the rest of it still counts. The zero value
// is empty and ready.
type Problems struct {
	count int
	named []error
}

// Add notes that a part of the delivery, such as "event 3", was not understood.
func (p *Problems) Add(part string, err error) {
	p.count++
	if len(p.named) < maxNamed {
		p.named = append(p.named, fmt.Errorf("%s: %w", part, err))
	}
}

// Err is nil if there was no problem; otherwise it wraps ErrUninterpreted and the first problems, and counts all.
func (p *Problems) Err() error {
	if p.count == 0 {
		return nil
	}
	return p
}

func (p *Problems) Error() string {
	var b strings.Builder
	b.WriteString(ErrUninterpreted.Error())
	for i, err := range p.named {
		b.WriteString([]string{": ", "; "}[min(i, 1)])
		b.WriteString(err.Error())
	}
	if more := p.count - len(p.named); more > 0 {
		fmt.Fprintf(&b, "; and %d more", more)
	}
	return b.String()
}

// Unwrap gives ErrUninterpreted and the first problems.
func (p *Problems) Unwrap() []error { return append([]error{ErrUninterpreted}, p.named...) }
