package format

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// check says what of a delivery a line could not hold. Path, header values and body may be any bytes.
func (d *Delivery) check() error {
	switch {
	case !safeID(d.ID):
		return errors.New("delivery without a UUID as its id")
	case CheckSource(d.Kind) != nil:
		return fmt.Errorf("delivery %s: %w", d.ID, CheckSource(d.Kind))
	case CheckSource(d.Source) != nil:
		return fmt.Errorf("delivery %s: %w", d.ID, CheckSource(d.Source))
	case !rfc3339(d.Time):
		return fmt.Errorf("delivery %s: time of receipt is not set or has no four-digit year", d.ID)
	case !utf8.ValidString(d.Method), !utf8.ValidString(d.Verified), !utf8.ValidString(strings.Join(d.Cuts, "")):
		return fmt.Errorf("delivery %s: method, verified or cuts are not UTF-8", d.ID)
	}
	for name := range d.Header {
		if !utf8.ValidString(name) {
			return fmt.Errorf("delivery %s: a header's name is not UTF-8", d.ID)
		}
	}
	return nil
}

// safeID reports whether an id is made as a UUID is, of 0-9, a-z and hyphens: recovery by hand names files by it.
func safeID(id string) bool { return word(id, 64, "-") }
