package output

import (
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestSafeNames: no two names share a spelling, even where case is folded; each is one file's name; each can be read back.
func TestSafeNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		few := rapid.StringOfN(rapid.SampledFrom([]rune("aAbB%./6\x00é")), 0, 4, -1)
		all := rapid.SliceOfNDistinct(rapid.OneOf(few, rapid.String()), 0, 40, rapid.ID).Draw(t, "names")
		used, seen := newNames(), map[string]string{}
		for _, name := range all {
			s := used.safe(name)
			if other, clash := seen[strings.ToLower(s)]; clash {
				t.Fatalf("%q and %q are both %s", name, other, s)
			}
			seen[strings.ToLower(s)] = name
			if len(s) > maxName || s == "" || strings.ContainsAny(s, "/\\.\x00") {
				t.Fatalf("%q is spelt %q", name, s)
			}
			if back, err := url.PathUnescape(s); 3*len(name) <= maxName && name != "" && (err != nil || back != name) {
				t.Fatalf("%q is spelt %q, read back as %q, %v", name, s, back, err)
			}
		}
	})
}
