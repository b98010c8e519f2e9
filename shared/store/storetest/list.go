package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"outlast.example/shared/store"
)

func testList(t *testing.T, bucket Bucket) {
	d := open(t, bucket)
	t.Run("empty bucket", func(t *testing.T) { wantObjects(t, "list", listAll(t, d, ""), nil) })
	objects := createListed(t, d)
	t.Run("prefix", func(t *testing.T) { testPrefixes(t, d, objects) })
	t.Run("pages", func(t *testing.T) { testPages(t, bucket, objects) })
	t.Run("token later", func(t *testing.T) { testTokenLater(t, bucket) })
}

// createListed fills a bucket with what a sort by segments, by letters or by language would put in another order than
// by bytes, and gives it in the right one.
func createListed(t *testing.T, d store.Driver) []store.Object {
	t.Helper()
	keys := []string{
		"a!", "a-b/x", "a-b", "a/b-c", "a/b/c", "a/b0", "a/c", "a0", "a~", "B", "b", "b/c.d", "é", "z/é", "z/z", "z/Ω/y",
	}
	keys = slices.DeleteFunc(keys, func(key string) bool { return isFolder(keys, key) })
	for i := range 2*PageSize + 1 {
		keys = append(keys, fmt.Sprintf("log/2026/11/22/%02d", i))
	}
	var objects []store.Object
	for i, key := range keys {
		mustCreate(t, d, key, noise(i))
		objects = append(objects, store.Object{Key: key, Size: int64(i)})
	}
	slices.SortFunc(objects, func(a, b store.Object) int { return strings.Compare(a.Key, b.Key) })
	return objects
}

// isFolder says whether key is a folder of another one: file systems cannot hold "a" beside "a/x".
func isFolder(keys []string, key string) bool {
	return slices.ContainsFunc(keys, func(other string) bool { return strings.HasPrefix(other, key+"/") })
}

func testPrefixes(t *testing.T, d store.Driver, objects []store.Object) {
	for _, prefix := range []string{
		"", "a", "a/", "a-", "a/b", "a/b/", "a/b/c", "a/b/c/d", "b", "é", "z/Ω", "l", "lo", "log", "log/", "log/2026/1",
		"log/2026/11/22/1", "log/2026/11/22/10", "nothing", "zz", "/",
	} {
		t.Run(prefix, func(t *testing.T) {
			var want []store.Object
			for _, object := range objects {
				if strings.HasPrefix(object.Key, prefix) {
					want = append(want, object)
				}
			}
			wantObjects(t, "list", listAll(t, d, prefix), want)
		})
	}
}

// testPages takes every page from a driver of its own, as another process would after a stop.
func testPages(t *testing.T, bucket Bucket, objects []store.Object) {
	var got []store.Object
	pages := 0
	for token := ""; ; {
		page, err := open(t, bucket).List(t.Context(), "", token)
		if err != nil {
			t.Fatalf("page %d: %v", pages, err)
		}
		if len(page.Objects) > PageSize || pages > len(objects) {
			t.Fatalf("page %d holds %d objects, want at most %d", pages, len(page.Objects), PageSize)
		}
		got = append(got, page.Objects...)
		pages++
		if token = page.Next; token == "" {
			break
		}
	}
	wantObjects(t, "all pages", got, objects)
}

// testTokenLater uses one token twice, with a create between: it must lead to the same place.
func testTokenLater(t *testing.T, bucket Bucket) {
	list := func(token string) store.Page {
		t.Helper()
		page, err := open(t, bucket).List(t.Context(), "log/", token)
		if err != nil {
			t.Fatalf("list from token %q: %v", token, err)
		}
		return page
	}
	first := list("")
	if first.Next == "" {
		t.Fatalf("first of several pages has no token: %v", first)
	}
	second := list(first.Next)
	mustCreate(t, open(t, bucket), "log/0-before-the-token", nil)
	wantObjects(t, "second page, later", list(first.Next).Objects, second.Objects)
}
