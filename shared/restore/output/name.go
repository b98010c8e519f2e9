package output

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

// maxName leaves room for extensions within what file systems allow (255 bytes).
const maxName = 180 // bytes

// names gives names from outside a safe spelling: letters, digits, "-" and "_" stay, any other byte becomes %XX, so that
// none leaves its folder and each can be read back. Of names that differ only in case, which some file systems take for
// one, the later ones have more bytes escaped. Only a name too long for a file is cut, and told apart by its hash.
type names struct{ taken map[string]bool }

func newNames() names { return names{map[string]bool{}} }

func (n names) safe(name string) string {
	for escaped := 0; ; escaped++ {
		s := escape(name, escaped)
		if folded := strings.ToLower(s); !n.taken[folded] || escaped >= len(name) {
			n.taken[folded] = true
			return s
		}
	}
}

// escape spells a name, its first bytes as %XX in any case. The empty name is "%".
func escape(name string, first int) string {
	if name == "" {
		return "%"
	}
	var b strings.Builder
	for i, c := range []byte(name) {
		if i >= first && plain(c) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	if b.Len() > maxName {
		return fmt.Sprintf("%s%%%x", b.String()[:maxName/2], sha256.Sum256([]byte(name)))
	}
	return b.String()
}

func plain(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_'
}
