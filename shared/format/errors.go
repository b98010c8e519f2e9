package format

import (
	"errors"
	"fmt"
)

// The verdicts on an object. Each asks something else of the caller; none carries anything of what a delivery holds.
var (
	// ErrName: not a name of this format. Nothing is known about the object.
	ErrName = errors.New("not a name of this format")
	// ErrForged: no key of the descriptor made this name. Report it; never copy it on.
	ErrForged = errors.New("forged")
	// ErrDamaged: the bytes are not those that the name speaks of. A healthy copy repairs it.
	ErrDamaged = errors.New("damaged")
	// ErrWrongKey: encrypted to others than the identities given.
	ErrWrongKey = errors.New("no identity opens this")
	// ErrTooLarge: over a limit of the format; a decompression bomb, if it is signed.
	ErrTooLarge = errors.New("over the format's limit")
	// ErrNewer: signed, in a format that this program does not know yet. Update it; do not fall back on an older descriptor.
	ErrNewer = errors.New("written in a newer format")
	// ErrMalformed: signed and intact, yet not readable: a mistake in a writer, or a hostile one.
	ErrMalformed = errors.New("malformed")
)

// notNamed is ErrName of one name. Whoever sorts a listing by kinds tries name after name, and reads few of these.
type notNamed struct{ name, what string }

func (e *notNamed) Error() string { return fmt.Sprintf("%v: %q is %s", ErrName, e.name, e.what) }
func (e *notNamed) Unwrap() error { return ErrName }
