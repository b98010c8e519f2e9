package crm

import "net/http"

// Single is a header's value where it has exactly one. A header that is there twice proves nothing: who reads the kept
// delivery might take the other one.
func Single(h http.Header, name string) (string, bool) {
	values := h.Values(name)
	if len(values) != 1 {
		return "", false
	}
	return values[0], true
}
