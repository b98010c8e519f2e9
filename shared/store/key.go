package store

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxKey leaves room for a bucket's prefix: S3, GCS and Azure all stop at 1,024.
	maxKey = 900 // bytes
	// maxSegment is what file systems allow for a name (255), less room for the names that the file driver writes first.
	maxSegment = 240 // bytes
)

// foreign: what XML listings cannot carry (U+FFFE, U+FFFF and control characters), and what file systems take for a slash.
func foreign(r rune) bool { return unicode.IsControl(r) || r == '\\' || r == 0xFFFE || r == 0xFFFF }

// CheckKey says whether every store can hold an object of that name: slash-separated segments without empty, "." or ".."
// ones, valid UTF-8 without control characters or backslashes, no dot at the end of a segment (Azure), bounded in length.
func CheckKey(key string) error {
	switch {
	case key == "" || len(key) > maxKey:
		return fmt.Errorf("%w: %d bytes, want 1 to %d", ErrKey, len(key), maxKey)
	case !utf8.ValidString(key):
		return fmt.Errorf("%w: not UTF-8", ErrKey)
	case strings.ContainsFunc(key, foreign):
		return fmt.Errorf("%w: control character, non-character or backslash", ErrKey)
	}
	for segment := range strings.SplitSeq(key, "/") {
		if segment == "" || strings.HasSuffix(segment, ".") || len(segment) > maxSegment {
			return fmt.Errorf("%w: segment %q", ErrKey, segment)
		}
	}
	return nil
}
