package history

import (
	"bytes"
	"encoding/json"
	"slices"
)

// patches are the diffs of a field's text since its last whole value, sorted by moment. Where two differ at the same
// moment, their register is split. Here alone a fold's memory follows history: all diffs since the last whole value are
// kept, because one that arrives late goes between them. Salesforce bounds that: it sends the whole value wherever a
// diff would not be much shorter, and a read of the record ends the row.
type patches []register

// add joins a diff, in place. The value is copied.
func (p patches) add(r register) patches {
	i, found := slices.BinarySearchFunc(p, r, func(a, b register) int { return compare(a.at, b.at) })
	if found {
		p[i] = p[i].join(r)
		return p
	}
	return slices.Insert(p, i, r)
}

// join leaves q as it is, and shares nothing with it.
func (p patches) join(q patches) patches {
	for _, r := range q {
		p = p.add(r)
	}
	return p
}

// since drops, in place, what a whole value of that moment stands for.
func (p patches) since(at *moment) patches {
	i, found := slices.BinarySearchFunc(p, at, func(r register, at *moment) int { return compare(r.at, at) })
	if found {
		i++
	}
	return slices.Delete(p, 0, i)
}

// applied is a value with the patches applied as far as they fit, and whether all did. A value that is no text fits none,
// and no patch is applied to what another one should have made.
func (p patches) applied(value string) (_ string, fit bool) {
	var text string
	if value == "" || value[0] != '"' || json.Unmarshal([]byte(value), &text) != nil {
		return value, false
	}
	for _, r := range p {
		next, err := patch(text, r.value)
		if err != nil || r.split {
			return value, false
		}
		text, value = next, quoted(next)
	}
	return value, true
}

// quoted is a text as a JSON string, with "<", ">" and "&" as they are.
func quoted(text string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a string in memory
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}
