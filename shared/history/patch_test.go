package history

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestPatch(t *testing.T) {
	const head = "--- \n+++ \n"
	sum := func(text string) string { return fmt.Sprintf("--- \n+++ %x\n", sha256.Sum256([]byte(text))) }
	for _, test := range []struct{ name, text, diff, want string }{
		{"a line in its context", "one\ntwo", head + "@@ -1,2 +1,2 @@\n one\n-two\n+two éß漢字 🚀\n", "one\ntwo éß漢字 🚀"},
		{"without an end of the diff's last line", "one\ntwo", head + "@@ -2 +2 @@\n-two\n+2", "one\n2"},
		{"the text's own last end", "one\ntwo\n", head + "@@ -2 +2 @@\n-two\n+2", "one\n2\n"},
		{"two hunks, the second moved by the first", "1\n2\n3\n4", head + "@@ -1,1 +1,2 @@\n-1\n+a\n+b\n@@ -4,1 +5,1 @@\n-4\n+d", "a\nb\n2\n3\nd"},
		{"an insertion, numbered by GNU", "1\n2", head + "@@ -1,0 +2,1 @@\n+new", "1\nnew\n2"},
		{"an insertion, numbered by Java", "1\n2", head + "@@ -2,0 +2,1 @@\n+new", "1\nnew\n2"},
		{"a deletion", "1\n2\n3", head + "@@ -2,1 +1,0 @@\n-2", "1\n3"},
		{"everything deleted", "1", head + "@@ -1 +0,0 @@\n-1\n", ""},
		{"into an empty text", "", head + "@@ -0,0 +1 @@\n+1\n", "1\n"},
		{"an empty line as context", "1\n\n2", head + "@@ -1,3 +1,3 @@\n 1\n \n-2\n+3", "1\n\n3"},
		{"the end of the last line comes", "1", head + "@@ -1 +1 @@\n-1\n\\ No newline at end of file\n+1\n", "1\n"},
		{"the end of the last line goes", "1\n", head + "@@ -1 +1 @@\n-1\n+1\n\\ No newline at end of file\n", "1"},
		{"lines of Windows, a diff without", "1\r\n2\r\n3", head + "@@ -2 +2 @@\n-2\n+b", "1\r\nb\r\n3"},
		{"lines of Windows, a diff with", "1\r\n2\r\n3", head + "@@ -2 +2 @@\n-2\r\n+b\r\n", "1\r\nb\r\n3"},
		{"lines of both kinds", "1\r\n2\n3", head + "@@ -1 +1 @@\n-1\r\n+b\r\n", "b\r\n2\n3"},
		{"the hash of the result", "1\n2", sum("1\nb") + "@@ -2 +2 @@\n-2\n+b", "1\nb"},
		{"a name where the hash may be", "1", "--- a/text\n+++ b/text\n@@ -1 +1 @@ after\n-1\n+2", "2"},
		{"lines that look like a header", "-- 1\n2", head + "@@ -1,2 +1,2 @@\n--- 1\n+++ 1\n 2", "++ 1\n2"},

		{"another hash", "1\n2", sum("1\nc") + "@@ -2 +2 @@\n-2\n+b", "misfit"},
		{"another text", "1\n3", head + "@@ -2 +2 @@\n-2\n+b", "misfit"},
		{"another context", "0\n2", head + "@@ -1,2 +1,2 @@\n 1\n-2\n+b", "misfit"},
		{"the line elsewhere", "2\n1", head + "@@ -2 +2 @@\n-2\n+b", "misfit"},
		{"beyond the text", "1", head + "@@ -2 +2 @@\n-2\n+b", "misfit"},
		{"an insertion beyond the text", "1", head + "@@ -3,0 +3 @@\n+b", "misfit"},
		{"hunks that overlap", "1\n2", head + "@@ -1,2 +1,2 @@\n 1\n-2\n+b\n@@ -2 +2 @@\n-b\n+c", "misfit"},
		{"numbers that contradict each other", "1\n1", head + "@@ -1 +2 @@\n-1\n+b", "misfit"},
		{"fewer lines than said", "1", head + "@@ -1,2 +1,2 @@\n-1\n+b", "misfit"},
		{"more lines than said", "1", head + "@@ -1 +1 @@\n-1\n+b\n+c", "misfit"},
		{"one side longer than said", "1\n2", head + "@@ -1 +1,2 @@\n-1\n-2\n+b", "misfit"},
		{"an end that is there", "1\n", head + "@@ -1 +1 @@\n-1\n\\ No newline\n+b\n", "misfit"},
		{"an end missing within the text", "1\n2", head + "@@ -1 +1 @@\n-1\n+b\n\\ No newline\n", "misfit"},
		{"a line after the last", "1", head + "@@ -1 +1,2 @@\n-1\n+b\n\\ No newline\n+c\n", "misfit"},
		{"an end missing of nothing", "1", head + "@@ -1 +1 @@\n\\ No newline\n-1\n+b\n", "misfit"},
		{"an empty hunk", "1", head + "@@ -1,0 +1,0 @@\n", "misfit"},
		{"no hunk", "1", head, "misfit"},
		{"no header", "1", "@@ -1 +1 @@\n-1\n+b", "misfit"},
		{"huge numbers", "1", head + "@@ -99999999999999999999 +1 @@\n-1\n+b", "misfit"},
		{"nothing", "1", "", "misfit"},
		{"the new text itself", "1", "a text\nof several\nlines", "misfit"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := patch(test.text, test.diff)
			if err != nil {
				got = "misfit"
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// edit is one step from an old text to a new one: a line kept, removed or added. Lines hold their ends.
type edit struct {
	op   byte
	line string
}

// edits draws a way from one text to another. The last line of either may have no end.
func edits() *rapid.Generator[[]edit] {
	return rapid.Custom(func(t *rapid.T) []edit {
		var all []edit
		last := [2]int{-1, -1} // of the old text, of the new
		for range rapid.IntRange(0, 12).Draw(t, "edits") {
			e := edit{rapid.SampledFrom([]byte("   -+")).Draw(t, "op"), rapid.SampledFrom([]string{"a\n", "b\n", "\n", "-\n", "+ @@\n"}).Draw(t, "line")}
			if e.op != '+' {
				last[0] = len(all)
			}
			if e.op != '-' {
				last[1] = len(all)
			}
			all = append(all, e)
		}
		for _, i := range last {
			if i >= 0 && all[i].line != "\n" && (all[i].op != ' ' || last[0] == last[1]) && rapid.Bool().Draw(t, "open") {
				all[i].line = strings.TrimSuffix(all[i].line, "\n")
			}
		}
		return all
	})
}

func side(all []edit, not byte) (text string) {
	for _, e := range all {
		if e.op != not {
			text += e.line
		}
	}
	return text
}

// unified is the diff of all edits, as GNU diff writes it with so many lines of context.
func unified(all []edit, context int, hash string) string {
	text := "--- \n+++ " + hash + "\n"
	oldLine, newLine := 0, 0
	for i := 0; i < len(all); {
		end, last := i, -1
		for ; end < len(all) && (last < 0 || end <= last+2*context+1); end++ {
			if all[end].op != ' ' {
				last = end
			} else if last < 0 && end-i >= context {
				break
			}
		}
		if last < 0 { // the first line is out of reach of any change
			oldLine, newLine, i = oldLine+1, newLine+1, i+1
			continue
		}
		end = min(last+context+1, len(all))
		body, oldCount, newCount := "", 0, 0
		for _, e := range all[i:end] {
			line, ended := strings.CutSuffix(e.line, "\n")
			body += string(e.op) + line + "\n"
			if !ended {
				body += "\\ No newline at end of file\n"
			}
			oldCount, newCount = oldCount+len(side([]edit{{e.op, "x"}}, '+')), newCount+len(side([]edit{{e.op, "x"}}, '-'))
		}
		text += fmt.Sprintf("@@ -%d,%d +%d,%d @@\n%s", oldLine+min(1, oldCount), oldCount, newLine+min(1, newCount), newCount, body)
		oldLine, newLine, i = oldLine+oldCount, newLine+newCount, end
	}
	return text
}

func TestPatchIsTheInverseOfDiff(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := edits().Draw(t, "edits")
		a, b := side(all, '+'), side(all, '-')
		diff := unified(all, rapid.IntRange(0, 3).Draw(t, "context"), "")
		got, err := patch(a, diff)
		if !strings.Contains(diff, "@@ -") {
			if err == nil {
				t.Fatalf("a diff of nothing applied")
			}
			return
		}
		if err != nil || got != b {
			t.Fatalf("%q and\n%s\ngive %q, %v; want %q", a, diff, got, err, b)
		}
	})
}

func FuzzPatch(f *testing.F) {
	f.Add("one\ntwo", "--- \n+++ \n@@ -1,2 +1,2 @@\n one\n-two\n+2\n\\ No newline at end of file\n")
	f.Add("1\r\n2", "--- \n+++ \n@@ -1,0 +2 @@\n+2\n@@ -2 +3,0 @@\n-2\n")
	f.Fuzz(func(t *testing.T, text, diff string) {
		got, err := patch(text, diff)
		if err != nil {
			return
		}
		if len(got) > 2*(len(text)+len(diff)) {
			t.Errorf("%d bytes of %d and %d", len(got), len(text), len(diff))
		}
		for line := range strings.Lines(diff) {
			if removed, ok := strings.CutPrefix(line, "-"); ok && !strings.HasPrefix(line, "---") && !strings.Contains(text, strings.TrimRight(removed, "\r\n")) {
				t.Errorf("a line was removed that was not there: %q", removed)
			}
		}
	})
}
