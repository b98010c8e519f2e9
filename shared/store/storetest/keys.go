package storetest

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"testing"

	"outlast.example/shared/store"
)

// oddKeys are what URLs, XML, shells and file systems stumble over. CheckKey accepts them all.
var oddKeys = map[string]string{
	"space":             "odd/a b",
	"spaces at ends":    "odd/ a /b ",
	"plus":              "odd/a+b",
	"percent":           "odd/100%",
	"escaped slash":     "odd/a%2Fb",
	"escaped twice":     "odd/a%252Fb",
	"fragment":          "odd/a#b",
	"query":             "odd/a?b=c&d=e;f",
	"tilde":             "odd/~a",
	"quotes":            "odd/'a' \"b\" `c`",
	"angle brackets":    "odd/<a>&amp;</a>",
	"brackets":          "odd/[a]{b}(c)",
	"shell":             "odd/$a!|*^",
	"colon, comma":      "odd/a:b,c@d=e",
	"leading dot":       "odd/.a",
	"dots inside":       "odd/a..b/...c",
	"leading minus":     "odd/-a",
	"umlaut":            "odd/ü",
	"umlaut decomposed": "odd/u\u0308",
	"script":            "odd/日本語/Ελληνικά",
	"emoji":             "odd/👩\u200d🚀",
	"lower case":        "odd/case",
	"upper case":        "odd/CASE",
	"one letter":        "x",
	"longest key":       strings.Repeat("long/segment/", 69) + "abc",
}

// longestSegment is what CheckKey accepts, in bytes.
const longestSegment = 240

func (h Harness) testOddKeys(t *testing.T, bucket Bucket) {
	keys := maps.Clone(oddKeys)
	keys["longest segment"] = "odd/" + strings.Repeat("s", cmp.Or(h.LongestSegment, longestSegment))
	d := open(t, bucket)
	var want []store.Object
	for name, key := range keys {
		if err := store.CheckKey(key); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		b := []byte(key)
		want = append(want, store.Object{Key: key, Size: int64(len(b))})
		t.Run(name, func(t *testing.T) {
			mustCreate(t, d, key, b)
			wantBytes(t, d, key, b)
			wantObjects(t, "list", listAll(t, d, key), []store.Object{{Key: key, Size: int64(len(b))}})
			wantError(t, "create again", d.Create(t.Context(), key, store.NewContent(b)), store.ErrExists)
		})
	}
	slices.SortFunc(want, func(a, b store.Object) int { return strings.Compare(a.Key, b.Key) })
	wantObjects(t, "list of all", listAll(t, d, ""), want)
}
