package crm

import (
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"outlast.example/shared/format"
)

// Cut stands where a credential stood.
const Cut = "[cut]"

// everywhere lists where credentials travel whatever the CRM: HTTP's own headers, the keys of Azure Functions and of API
// gateways, and Cloud Run's identity token. A CRM that can be told no more than a URL sends the key of an Azure function as
// the parameter code. HubSpot's v2 and v3 signatures cover the URL: where it held such a key, they cannot be verified again
// from what is kept.
var everywhere = []Place{
	{InHeader, "Authorization"}, {InHeader, "Proxy-Authorization"}, {InHeader, "Cookie"},
	{InHeader, "X-Functions-Key"}, {InHeader, "X-Api-Key"}, {InHeader, "X-Serverless-Authorization"},
	{InQuery, "code"},
}

// connection lists the headers that speak about the connection and not about the delivery (RFC 9110, 7.6.1).
var connection = []string{
	"Connection", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
}

// Span is a part of a body, bytes From to To, that holds the credential Name.
type Span struct {
	From, To int
	Name     string
}

// InBody finds the credentials in a body: spans in order that do not overlap, such as the text between a JSON string's
// quotes. A body that it does not understand has none.
type InBody func(h http.Header, body []byte) []Span

// Delivery makes of a request what is kept of it: all bytes, less the source's credentials and, outside the body, the copies
// of them, each cut marked. Only what InBody finds is cut from the body.
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
	credentials = append(credentials, s.cutBody(d)...)
	newCopies(credentials).cut(d)
	slices.Sort(d.Cuts)
	d.Cuts = slices.Compact(d.Cuts)
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

// cutBody removes from the body what InBody finds, and returns it. The request's own bytes stay as they are.
func (s *Source) cutBody(d *format.Delivery) []string {
	if s.InBody == nil {
		return nil
	}
	var credentials []string
	var kept []byte
	from := 0
	for _, span := range s.InBody(d.Header, d.Body) {
		text := string(d.Body[span.From:span.To])
		if text == "" || text == Cut {
			continue
		}
		credentials = append(credentials, text)
		kept = append(append(kept, d.Body[from:span.From]...), Cut...)
		from = span.To
		d.Cuts = append(d.Cuts, "body:"+span.Name)
	}
	if len(credentials) > 0 {
		d.Body = append(kept, d.Body[from:]...)
	}
	return credentials
}
