package format

import "strings"

// lines are batches of a line and, in all but the last, one that is malformed before it.
func (m *vectorMaker) lines() {
	d := small("1")
	line := string(lineOf(m.t, d))
	for _, c := range []struct{ title, old, changed string }{
		{"line-not-utf8", `"body":"x"`, "\"body\":\"\xff\""},
		{"line-with-byte-order-mark", `{"spec`, "\ufeff{\"spec"},
		{"line-name-twice", `"body":"x"`, `"body":"y","body":"x"`},
		{"line-header-name-twice", `"headers":{`, `"headers":{"A":["1"],"A":["2"]`},
		{"line-header-text-and-base64", `"headers":{`, `"headers_base64":{"A":["/w=="]},"headers":{"A":["1"]`},
		{"line-headers-a-list", `"headers":{}`, `"headers":[]`},
		{"line-name-in-another-case", `"body":"x"`, `"Body":"x"`},
		{"line-base64-spare-bits", `"body":"x"`, `"body_base64":"eB=="`},
		{"line-base64-line-break", `"body":"x"`, `"body_base64":"eA\n=="`},
		{"line-without-path", `"path":`, `"road":`},
		{"line-with-two-paths", `"path":`, `"path_base64":"Lw==","path":`},
		{"line-another-specversion", `"1.0"`, `"1.1"`},
		{"line-id-a-path", `"id":"1"`, `"id":"../1"`},
		{"line-source-of-one-part", `/hubspot/acme",`, `/hubspot",`},
		{"line-second-60", `09:15:03.`, `09:15:60.`},
		{"line-time-with-a-comma", `09:15:03.`, `09:15:03,`},
		{"line-foreign-without-id", `"id":"1"`, `"type":"crm.later.v1","xd":"1"`},
	} {
		bad := strings.Replace(line, c.old, c.changed, 1)
		if c.title == "line-foreign-without-id" {
			bad = strings.Replace(bad, `"type":"crm.delivery.v1",`, "", 1)
		}
		if bad == line {
			m.t.Fatal(c.title, "changes nothing")
		}
		m.batch(c.title, m.plain(bad, line), "malformed", d)
	}

	lone := *d
	lone.Body = []byte("\ufffd")
	sparse := *d
	sparse.Method, sparse.Verified = "", ""
	foreign := `{"data":{"body_base64":"?","path":5},"specversion":"1.0","id":"1","source":"x","type":"crm.later.v1"}` + "\n"
	m.batch("line-lone-surrogate-and-absent-fields", m.plain(
		strings.Replace(line, `"body":"x"`, `"body":"\ud800"`, 1),
		strings.NewReplacer(`"verified":"hubspot-v3",`, "", `"POST"`, "null", `"headers":{},`, "").Replace(line),
		foreign), "ok", &lone, &sparse)
}
