package salesforce

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
)

const session = "00DHs0000010aBc!AQ0AQ.invented"

// kept is what of a body would be stored.
func kept(t testing.TB, body string) string {
	t.Helper()
	d, err := crmtest.Open(t, Kind, acme).Delivery(&crm.Request{Header: http.Header{}, Body: []byte(body)}, "token", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return string(d.Body)
}

func TestSessionsAreCut(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"plain", outbound(org, "<SessionId>"+session+"</SessionId>"), outbound(org, "<SessionId>[cut]</SessionId>")},
		{"prefix and attributes", `<o:SessionId xmlns:o="x" a='>'>` + session + `</o:SessionId >`, `<o:SessionId xmlns:o="x" a='>'>[cut]</o:SessionId >`},
		{"CDATA", "<SessionId><![CDATA[" + session + "</SessionId>]]></SessionId><a/>", "<SessionId>[cut]</SessionId><a/>"},
		{"entities, comments, elements", "<a><SessionId>00D&#x48;&amp;<!-- </SessionId> --><b>" + session + "</b></SessionId></a>", "<a><SessionId>[cut]</SessionId></a>"},
		{"two", "<a><SessionId>one</SessionId><SessionId>two</SessionId></a>", "<a><SessionId>[cut]</SessionId><SessionId>[cut]</SessionId></a>"},
		{"one within another", "<SessionId>one<SessionId>two</SessionId>three</SessionId>", "<SessionId>[cut]</SessionId>"},
		{"nil", "<a><SessionId xsi:nil='true'/><SessionId></SessionId></a>", "<a><SessionId xsi:nil='true'/><SessionId></SessionId></a>"},
		{"byte order mark", "\xef\xbb\xbf\n<SessionId>one</SessionId>", "\xef\xbb\xbf\n<SessionId>[cut]</SessionId>"},
		{"another encoding", `<?xml version="1.0" encoding="ISO-8859-1"?><SessionId>one</SessionId>`, `<?xml version="1.0" encoding="ISO-8859-1"?><SessionId>[cut]</SessionId>`},
		{"breaks off within", "<a><SessionId>00DHs", "<a><SessionId>[cut]"},
		{"breaks off in its end", "<a><SessionId>00DHs</Sess", "<a><SessionId>[cut]"},
		{"breaks off in its tag", "<a><SessionId x='", "<a>[cut]"},
		{"ends by another's tag", "<a><SessionId>one</b>two", "<a><SessionId>[cut]"},
		{"unknown entity before", "<a>&odd;<SessionId>one</SessionId></a>", "<a>&odd;<SessionId>[cut]</SessionId></a>"},
		{"after no XML", "<a>\xff<SessionId>one</SessionId></a>", "<a>[cut]"},
		{"after a DOCTYPE", "<!DOCTYPE a><SessionId>one</SessionId>", "[cut]"},
		{"after the limits", strings.Repeat("<a>", maxDepth+1) + "<SessionId>one</SessionId>", strings.Repeat("<a>", maxDepth) + "[cut]"},
		{"no session", "<a>\xff</a>", "<a>\xff</a>"},
		{"JSON", `{"SessionId":"<SessionId>one</SessionId>"}`, `{"SessionId":"<SessionId>one</SessionId>"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := kept(t, test.body); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// However a session is written, what is kept does not hold it, and can be read as before.
func TestNoSessionIsKept(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		prefix := rapid.SampledFrom([]string{"", "o:", "ns1:"}).Draw(r, "prefix")
		written := rapid.SampledFrom([]string{session, "<![CDATA[" + session + "]]>", "<!-- x -->" + session, " " + session + "\n&#65;"}).Draw(r, "written")
		space := rapid.SampledFrom([]string{"", " ", "\n"}).Draw(r, "space")
		element := "<" + prefix + "SessionId" + space + ">" + written + "</" + prefix + "SessionId" + space + ">"
		if prefix != "" {
			element = strings.Replace(element, "SessionId", "SessionId xmlns:"+strings.TrimSuffix(prefix, ":")+"='x'", 1)
		}
		body := kept(t, outbound(org, element))
		if m, err := readMessage([]byte(body)); strings.Contains(body, session) || err != nil || m.organization != org {
			r.Fatalf("%v\n%s", err, body)
		}
	})
}
