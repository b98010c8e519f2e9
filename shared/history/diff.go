package history

import (
	"regexp"
	"strconv"
	"strings"
)

// diff is a unified diff of one text.
type diff struct {
	hash  string // SHA-256 of the result, in hex; empty: not said
	hunks []hunk
}

// hunk replaces lines. Their ends are cut off.
type hunk struct {
	old, new           []string
	oldStart, newStart int  // line numbers from 1 on
	oldOpen, newOpen   bool // the last of these lines has no end
}

var (
	hunkHeader = regexp.MustCompile(`^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@`)
	digest     = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// parseDiff reads a diff of a text whose lines end so.
func parseDiff(unified, end string) (diff, error) {
	lines := strings.Split(strings.TrimSuffix(unified, "\n"), "\n")
	if end == "\r\n" {
		for i, line := range lines {
			lines[i] = strings.TrimSuffix(line, "\r")
		}
	}
	if len(lines) < 3 || !strings.HasPrefix(lines[0], "---") || !strings.HasPrefix(lines[1], "+++") {
		return diff{}, errMisfit
	}
	var d diff
	if name := strings.TrimSpace(lines[1][len("+++"):]); digest.MatchString(name) {
		d.hash = name
	}
	for lines = lines[2:]; len(lines) > 0; {
		h, taken := parseHunk(lines)
		if taken == 0 {
			return diff{}, errMisfit
		}
		d.hunks = append(d.hunks, h)
		lines = lines[taken:]
	}
	return d, nil
}

// parseHunk takes the first hunk of the lines, and as many of them as its header says; none if it is malformed.
func parseHunk(lines []string) (h hunk, taken int) {
	header := hunkHeader.FindStringSubmatch(lines[0])
	if header == nil {
		return h, 0
	}
	h.oldStart, h.newStart = number(header[1]), number(header[3])
	oldCount, newCount := number(header[2]), number(header[4])
	for taken = 1; ; taken++ {
		full := len(h.old) == oldCount && len(h.new) == newCount
		switch {
		case full && taken > 1 && (taken == len(lines) || lines[taken] == "" || lines[taken][0] != '\\'):
			return h, taken
		case taken == len(lines) || !h.take(lines[taken], lines[taken-1]):
			return h, 0
		}
	}
}

// number of at most nine digits; one that is left out is 1.
func number(digits string) int {
	if digits == "" {
		return 1
	}
	n, _ := strconv.Atoi(digits) // nine digits are a number
	return n
}

// take adds a line of the hunk. It reports false for what no line can be after the one before.
func (h *hunk) take(line, before string) bool {
	if line == "" {
		return false
	}
	inOld, inNew := line[0] == '-' || line[0] == ' ', line[0] == '+' || line[0] == ' '
	switch {
	case line[0] == '\\':
		h.oldOpen = h.oldOpen || before[0] == '-' || before[0] == ' '
		h.newOpen = h.newOpen || before[0] == '+' || before[0] == ' '
		return before[0] != '\\' && before[0] != '@'
	case !inOld && !inNew, inOld && h.oldOpen, inNew && h.newOpen:
		return false
	}
	if inOld {
		h.old = append(h.old, line[1:])
	}
	if inNew {
		h.new = append(h.new, line[1:])
	}
	return true
}

// position is how many lines of the old text are before the hunk, if those before it are shift more in the new text;
// negative if the header contradicts itself. Where the hunk has no old line, makers of diffs disagree about the old number
// (GNU names the line before, java-diff-utils the one after), and the new one tells.
func (h hunk) position(shift int) int {
	before := h.newStart - 1 - shift
	switch {
	case len(h.old) == 0 && (h.oldStart == before || h.oldStart == before+1), len(h.new) > 0 && h.oldStart-1 == before:
		return before
	case len(h.old) > 0 && len(h.new) == 0:
		return h.oldStart - 1
	}
	return -1
}

// fitsEnd reports whether what the hunk says of the last line's end is true of a text. A hunk that does not reach the
// text's last line says nothing.
func (h hunk) fitsEnd(last, open bool) bool {
	return !h.oldOpen && !h.newOpen || last && (!h.oldOpen || open)
}
