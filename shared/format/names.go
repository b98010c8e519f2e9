package format

import (
	"fmt"
	"strings"

	"github.com/google/uuid"
)

const (
	maxReceiver = 24 // bytes; with it a batch's base name stays under 240, which every file system holds
	maxSource   = 63 // bytes; the name is a segment of URLs
)

// CheckReceiver says whether name can be a receiver's or a sealer's: [a-z0-9][a-z0-9-]{0,23}, no hyphen at the end.
func CheckReceiver(name string) error {
	if !word(name, maxReceiver, "-") || strings.HasSuffix(name, "-") {
		return fmt.Errorf("%w: %q names no receiver: want 1 to %d of a-z, 0-9 and inner hyphens", ErrName, name, maxReceiver)
	}
	return nil
}

// CheckSource says whether name can be a source's or a CRM kind's: [a-z0-9][a-z0-9_-]{0,62}.
func CheckSource(name string) error {
	if !word(name, maxSource, "-_") {
		return fmt.Errorf("%w: %q names no source: want 1 to %d of a-z, 0-9, hyphens and underscores", ErrName, name, maxSource)
	}
	return nil
}

// CheckRepository says whether id can be a repository's: a UUID, lower case.
func CheckRepository(id string) error {
	if u, err := uuid.Parse(id); err != nil || u.String() != id {
		return fmt.Errorf("%w: %q is no repository id: want a UUID in lower case", ErrName, id)
	}
	return nil
}

// word reports whether s starts with a lower-case letter or digit and goes on with these or a byte of inner.
func word(s string, limit int, inner string) bool {
	if s == "" || len(s) > limit || strings.ContainsRune(inner, rune(s[0])) {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && strings.IndexByte(inner, c) < 0 {
			return false
		}
	}
	return true
}
