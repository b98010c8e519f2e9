package history

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
)

var errMisfit = errors.New("the diff does not fit the text")

// patch applies a unified diff to a text: all of it or nothing, and only where every line that the diff names stands in
// its place. Its memory follows text and diff.
//
// Salesforce makes such diffs of lines without their ends (Change Data Capture Developer Guide, "Sending Data Differences
// for Fields of Updated Records"). So lines end in the result as they do in the text, and the last line's missing end is
// looked at only where the diff says "\ No newline at end of file". The SHA-256 of the result that Salesforce puts behind
// "+++" is compared.
func patch(text, unified string) (string, error) {
	now := split(text)
	d, err := parseDiff(unified, now.end)
	if err != nil {
		return "", err
	}
	for _, h := range d.hunks {
		if err := now.apply(h); err != nil {
			return "", err
		}
	}
	result := now.String()
	if sum := sha256.Sum256([]byte(result)); d.hash != "" && d.hash != hex.EncodeToString(sum[:]) {
		return "", errMisfit
	}
	return result, nil
}

// patching is a text of which the first lines are done.
type patching struct {
	done, rest []string
	used       int    // lines of the old text that done stands for
	end        string // of a line
	open       bool   // the last line has no end
}

// split takes a text for one of Windows only if all its lines end so: where both are met, "\r" belongs to its line.
func split(text string) *patching {
	p := &patching{end: "\n"}
	if n := strings.Count(text, "\n"); n > 0 && n == strings.Count(text, "\r\n") {
		p.end = "\r\n"
	}
	if text == "" {
		return p
	}
	body, ended := strings.CutSuffix(text, p.end)
	p.rest, p.open = strings.Split(body, p.end), !ended
	return p
}

// String joins the lines. A text without lines is empty.
func (p *patching) String() string {
	all := slices.Concat(p.done, p.rest)
	if len(all) == 0 {
		return ""
	}
	text := strings.Join(all, p.end)
	if !p.open {
		text += p.end
	}
	return text
}

func (p *patching) apply(h hunk) error {
	skip := h.position(len(p.done)-p.used) - p.used
	if skip < 0 || skip > len(p.rest) || len(h.old) > len(p.rest)-skip {
		return errMisfit
	}
	kept, after := p.rest[:skip], p.rest[skip+len(h.old):]
	if !slices.Equal(h.old, p.rest[skip:skip+len(h.old)]) || !h.fitsEnd(len(after) == 0, p.open) {
		return errMisfit
	}
	if h.oldOpen || h.newOpen {
		p.open = h.newOpen
	}
	p.done = append(append(p.done, kept...), h.new...)
	p.used += skip + len(h.old)
	p.rest = after
	return nil
}
