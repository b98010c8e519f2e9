package crm

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"outlast.example/shared/format"
)

// Cut stands where a credential stood.
const Cut = "[cut]"

// minCopy is the length in bytes from which a credential's text is looked for outside its place too: shorter ones would
// hit what is no credential. The kinds accept no shared token as short as this.
const minCopy = 12

// everywhere lists the headers that hold credentials whatever the CRM: HTTP's own, Azure Functions' key and Cloud Run's
// identity token.
var everywhere = []Place{
	{InHeader, "Authorization"}, {InHeader, "Proxy-Authorization"}, {InHeader, "Cookie"},
	{InHeader, "X-Functions-Key"}, {InHeader, "X-Serverless-Authorization"},
}

// connection lists the headers that speak about the connection and not about the delivery (RFC 9110, 7.6.1).
var connection = []string{
	"Connection", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
}

// Delivery makes of a request what is kept of it: all bytes, less the source's credentials, each cut marked. Proxies
// copy the URL into headers (X-Original-URL, Referer): copies of what was cut are cut there too. The body is never cut.
func (s *Source) Delivery(r *Request, how string, now time.Time) (*format.Delivery, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	d := &format.Delivery{
		ID: id.String(), Kind: s.Kind, Source: s.Name, Time: now.UTC(), Verified: how,
		Method: r.Method, Path: r.Path, Header: r.Header.Clone(), Body: r.Body,
	}
	for _, name := range connection {
		d.Header.Del(name)
	}
	var credentials []string
	for _, p := range slices.Concat(everywhere, s.Credentials) {
		credentials = append(credentials, p.cut(d)...)
	}
	cutCopies(d, credentials)
	return d, nil
}

// cut removes what stands at the place and returns it as it was sent and unescaped.
func (p Place) cut(d *format.Delivery) []string {
	var credentials []string
	d.Path = p.edit(d.Header, d.Path, func(sent string) string {
		if sent == "" || sent == Cut {
			return sent
		}
		credentials = append(credentials, sent, p.unescape(sent))
		return Cut
	})
	if len(credentials) > 0 {
		d.Cuts = append(d.Cuts, p.In+":"+p.Name)
	}
	return credentials
}

func cutCopies(d *format.Delivery, credentials []string) {
	replacer := copies(credentials)
	for _, name := range slices.Sorted(maps.Keys(d.Header)) {
		if cutValues(d.Header[name], replacer) {
			d.Cuts = append(d.Cuts, InHeader+":"+name)
		}
	}
	if path := replacer.Replace(d.Path); path != d.Path {
		d.Path = path
		d.Cuts = append(d.Cuts, InPath)
	}
}

func cutValues(values []string, replacer *strings.Replacer) (found bool) {
	for i, value := range values {
		values[i] = replacer.Replace(value)
		found = found || values[i] != value
	}
	return found
}

// copies replaces every text that a credential may have elsewhere: without its scheme ("Bearer"), and escaped as a query
// or a path escapes it.
func copies(credentials []string) *strings.Replacer {
	var texts []string
	for _, credential := range credentials {
		bare := credential[strings.LastIndexByte(credential, ' ')+1:]
		for _, text := range []string{credential, bare} {
			texts = append(texts, text, url.QueryEscape(text), url.PathEscape(text))
		}
	}
	var pairs []string
	slices.SortFunc(texts, func(a, b string) int { return len(b) - len(a) }) // the longest of two that overlap
	for _, text := range slices.Compact(texts) {
		if len(text) >= minCopy {
			pairs = append(pairs, text, Cut)
		}
	}
	return strings.NewReplacer(pairs...)
}
