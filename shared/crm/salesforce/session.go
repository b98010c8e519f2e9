package salesforce

import (
	"bytes"
	"encoding/xml"
	"io"
	"net/http"

	"outlast.example/shared/crm"
)

// sessionID is the element that holds a session of the user as whom the Outbound Message is sent: with it anybody could call
// the org's API.
const sessionID = "SessionId"

// sessions implements crm.InBody. It finds what stands within every SessionId, whatever the prefix of its namespace. Where a
// body stops to be readable XML, the rest goes whole if it speaks of a SessionId: rather a message that cannot be read
// than a session that can.
func sessions(_ http.Header, body []byte) []crm.Span {
	if !isXML(body) {
		return nil
	}
	length, _ := within(body)
	t := tokens(body[:length])
	var f finder
	at := 0 // where the tokens read so far end
	for {
		token, err := t.RawToken()
		if err != nil {
			break
		}
		end := int(t.InputOffset())
		f.see(token, at, end)
		at = end
	}
	switch {
	case f.open > 0:
		f.add(f.from, len(body))
	case bytes.Contains(body[at:], []byte(sessionID)):
		f.add(at, len(body))
	}
	return f.spans
}

// finder goes from token to token.
type finder struct {
	spans []crm.Span
	open  int // SessionIds within each other
	from  int // where the text of the outermost one begins
}

// see takes in a token that stands in the bytes from begin to end.
func (f *finder) see(token xml.Token, begin, end int) {
	switch token := token.(type) {
	case xml.StartElement:
		if token.Name.Local == sessionID {
			if f.open++; f.open == 1 {
				f.from = end
			}
		}
	case xml.EndElement:
		if token.Name.Local == sessionID && f.open > 0 {
			if f.open--; f.open == 0 {
				f.add(f.from, begin)
			}
		}
	}
}

func (f *finder) add(from, to int) {
	f.spans = append(f.spans, crm.Span{From: from, To: to, Name: sessionID})
}

// tokens reads on where a strict reader stops: at unknown entities, at elements that do not match, and at encodings that are
// not UTF-8, whose ASCII it reads.
func tokens(body []byte) *xml.Decoder {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.Strict = false
	d.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	return d
}
