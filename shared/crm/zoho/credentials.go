package zoho

import (
	"bytes"
	"cmp"
	"net/http"
	"slices"
	"strings"

	"outlast.example/shared/crm"
)

// credentials are what must not be kept of a body.
type credentials struct {
	names   []string // of the texts that hold them
	secrets []string // the source's own, wherever they stand: an author's body may be neither valid JSON nor a form
}

// newCredentials: besides the token, Zoho repeats in query_params what stands in the URL, keys of gateways included.
func newCredentials(s crm.Settings, field string) credentials {
	names := []string{"token", field, echo + ".code"}
	if s.Options["token_in"] == crm.InQuery {
		names = append(names, echo+"."+s.Options["token_name"])
	}
	for _, place := range s.Credentials {
		if place.In == crm.InQuery {
			names = append(names, echo+"."+place.Name)
		}
	}
	return credentials{names: names, secrets: s.Secrets}
}

// find is a crm.InBody.
func (c credentials) find(h http.Header, body []byte) []crm.Span {
	var spans []crm.Span
	for t := range texts(h, body) {
		if t.named(c.names...) {
			spans = append(spans, crm.Span{From: t.from, To: t.to, Name: strings.ToLower(t.name)})
		}
	}
	for _, secret := range c.secrets {
		spans = append(spans, copies(body, secret)...)
	}
	return apart(spans)
}

// copies are where the secret stands in a body, as it is.
func copies(body []byte, secret string) []crm.Span {
	var spans []crm.Span
	for at := 0; ; {
		i := bytes.Index(body[at:], []byte(secret))
		if i < 0 {
			return spans
		}
		from := at + i
		at = from + len(secret)
		spans = append(spans, crm.Span{From: from, To: at, Name: "token"})
	}
}

// apart sorts spans, and joins those that overlap.
func apart(spans []crm.Span) []crm.Span {
	slices.SortStableFunc(spans, func(a, b crm.Span) int { return cmp.Compare(a.From, b.From) })
	var all []crm.Span
	for _, span := range spans {
		if last := len(all) - 1; last >= 0 && span.From < all[last].To {
			all[last].To = max(all[last].To, span.To)
			continue
		}
		all = append(all, span)
	}
	return all
}
