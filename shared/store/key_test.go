package store_test

import (
	"errors"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"outlast.example/shared/store"
)

func TestCheckKeyRefuses(t *testing.T) {
	for name, key := range map[string]string{
		"empty":              "",
		"too long":           strings.Repeat("long/segment/", 69) + "abcd",
		"segment too long":   strings.Repeat("s", 241),
		"segment too long 2": "a/" + strings.Repeat("ü", 121) + "/b",
		"absolute":           "/a",
		"folder":             "a/",
		"empty segment":      "a//b",
		"dot":                ".",
		"dot inside":         "a/./b",
		"parent":             "../a",
		"parent inside":      "a/../../b",
		"dot at the end":     "a/b.",
		"dot at segment end": "a./b",
		"backslash":          `a\b`,
		"NUL":                "a\x00b",
		"newline":            "a\nb",
		"delete":             "a\x7fb",
		"C1 control":         "a\u0085b",
		"not UTF-8":          "a\xffb",
	} {
		t.Run(name, func(t *testing.T) {
			if err := store.CheckKey(key); !errors.Is(err, store.ErrKey) {
				t.Errorf("error %v, want %v", err, store.ErrKey)
			}
		})
	}
}

// FuzzCheckKey: an accepted key is a path that stays where it is put, however a store or a file system reads it.
// What it must accept, storetest's odd keys say.
func FuzzCheckKey(f *testing.F) {
	for _, key := range []string{"a", "a/b", "..a/.b", "a/../b", "/a", "a/", "ü/日", "a\\b", "a\x00", "a."} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		err := store.CheckKey(key)
		if err != nil && !errors.Is(err, store.ErrKey) {
			t.Fatalf("error %v, want %v", err, store.ErrKey)
		}
		local := filepath.IsLocal(key) && path.Clean(key) == key && utf8.ValidString(key) && len(key) <= 900
		if err == nil && !local {
			t.Fatalf("%q is accepted", key)
		}
	})
}
