package salesforce

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
)

const (
	secret = "an invented secret"
	org    = "00DHs0000010aBcMAI"
	other  = "00De0000000pmu1EAA"
)

// outbound is an Outbound Message of an org with what notifications it holds.
func outbound(organization, notifications string) string {
	return `<e:Envelope xmlns:e="` + soapSpace + `" xmlns:xsi="` + schemaSpace + `"><e:Body><notifications xmlns="` + outboundSpace +
		`"><OrganizationId>` + organization + `</OrganizationId>` + notifications + `</notifications></e:Body></e:Envelope>`
}

func fromRelay(source string) string { return `{"source":"` + source + `","detail":{"payload":{}}}` }

func TestVerify(t *testing.T) {
	tests := []struct {
		name, options string // option=value, separated by commas
		path, body    string
		header        string // X-Token
		want          bool
	}{
		{name: "secret in the path", path: "/an%20invented%20secret", want: true},
		{name: "another secret in the path", path: "/an%20invented%20secrey"},
		{name: "no secret"},
		{name: "secret in the query", options: "token_in=query,token_name=key", path: "?key=an+invented+secret", want: true},
		{name: "secret in a header", options: "token_in=header,token_name=X-Token", header: secret, want: true},
		{name: "secret in the path where a header is wanted", options: "token_in=header,token_name=X-Token", path: "/an%20invented%20secret"},
		{name: "message of the org", options: "organization_id=" + org, path: "/an%20invented%20secret", body: outbound(org, ""), want: true},
		{name: "the org's short id sent", options: "organization_id=" + org, path: "/an%20invented%20secret", body: outbound(org[:15], ""), want: true},
		{name: "the org's short id configured", options: "organization_id=" + org[:15], path: "/an%20invented%20secret", body: outbound(org, ""), want: true},
		{name: "second of two orgs", options: "organization_id=" + other + "  " + org, path: "/an%20invented%20secret", body: outbound(org, ""), want: true},
		{name: "the org without the secret", options: "organization_id=" + org, body: outbound(org, "")},
		{name: "message of another org", options: "organization_id=" + org, path: "/an%20invented%20secret", body: outbound(other, "")},
		{name: "short id in another case", options: "organization_id=" + org, path: "/an%20invented%20secret", body: outbound(strings.ToLower(org[:15]), "")},
		{name: "message that states no org", options: "organization_id=" + org, path: "/an%20invented%20secret", body: outbound("", "")},
		{name: "message that states two orgs", options: "organization_id=" + org, path: "/an%20invented%20secret", body: outbound(org, "<OrganizationId>"+other+"</OrganizationId>")},
		{name: "message that breaks off", options: "organization_id=" + org, path: "/an%20invented%20secret", body: strings.TrimSuffix(outbound(org, ""), ">")},
		{name: "event of the org's relay", options: "organization_id=" + org, path: "/an%20invented%20secret", body: fromRelay("aws.partner/salesforce.com/" + org + "/0YL"), want: true},
		{name: "event of another org's relay", options: "organization_id=" + org, path: "/an%20invented%20secret", body: fromRelay("aws.partner/salesforce.com/" + other + "/" + org)},
		{name: "event of an account that is no partner", options: "organization_id=" + org, path: "/an%20invented%20secret", body: fromRelay("salesforce.com/" + org + "/0YL")},
		{name: "one event of another org among the org's", options: "organization_id=" + org, path: "/an%20invented%20secret",
			body: "[" + fromRelay("aws.partner/salesforce.com/"+org+"/1") + "," + fromRelay("aws.partner/salesforce.com/"+other+"/1") + "]"},
		{name: "event that states no org", options: "organization_id=" + org, path: "/an%20invented%20secret", body: `{"ChangeEventHeader":{}}`},
		{name: "no events at all", options: "organization_id=" + org, path: "/an%20invented%20secret", body: `[]`},
		{name: "no JSON", options: "organization_id=" + org, path: "/an%20invented%20secret", body: `{`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			source := crmtest.Open(t, Kind, crm.Settings{Name: "acme", Secrets: []string{"the new secret of two", secret}, Options: options(test.options)})
			r := &crm.Request{Method: "POST", Path: "/v1/hooks/acme" + test.path, Header: crmtest.Header("X-Token", test.header), Body: []byte(test.body)}
			how, err := source.Verify(r, time.Time{})
			if test.want && (how != "token" || err != nil) || !test.want && !errors.Is(err, crm.ErrUnverified) {
				t.Errorf("got %q, %v; want %v", how, err, test.want)
			}
			if !source.Unsigned {
				t.Error("the source says that its bodies are signed")
			}
		})
	}
}

func options(text string) map[string]string {
	all := map[string]string{}
	for option := range strings.SplitSeq(text, ",") {
		if name, value, set := strings.Cut(option, "="); set {
			all[name] = value
		}
	}
	return all
}

// No bit of the secret, nor of the org's id, may differ.
func TestVerifyEveryBit(t *testing.T) {
	settings := crm.Settings{Name: "acme", Secrets: []string{secret}, Options: options("token_in=header,token_name=X-Token,organization_id=" + org)}
	source := crmtest.Open(t, Kind, settings)
	body := outbound(org, "")
	r := crm.Request{Header: crmtest.Header("X-Token", secret), Body: []byte(body)}
	crmtest.EveryBit(t, source, r, time.Time{}, "X-Token")
	at := strings.Index(body, org)
	for bit := range len(org) * 8 {
		r.Body = []byte(body)
		r.Body[at+bit/8] ^= 1 << (bit % 8)
		if _, err := source.Verify(&r, time.Time{}); !errors.Is(err, crm.ErrUnverified) {
			t.Errorf("bit %d of the OrganizationId flipped: %v", bit, err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	settings := func(text string) crm.Settings {
		return crm.Settings{Name: "acme", Secrets: []string{secret}, Options: options(text)}
	}
	for _, test := range []struct {
		name     string
		settings crm.Settings
		want     string
	}{
		{"no secret", crm.Settings{Name: "acme"}, "source acme: no secret"},
		{"short secret", crm.Settings{Name: "acme", Secrets: []string{"sesame"}}, "secret 1 of 1 has 6 characters"},
		{"unknown option", settings("org=1"), `unknown option "org"`},
		{"short organization", settings("organization_id=" + org + " 00D"), "organization_id: id 2"},
		{"mistyped organization", settings("organization_id=00DHs0000010aBdMAi"), "organization_id: id 1"},
		{"no organization", settings("organization_id= "), "organization_id is empty"},
		{"header without a name", settings("token_in=header"), "set token_name"},
	} {
		t.Run(test.name, func(t *testing.T) { crmtest.Refused(t, Kind, test.settings, test.want) })
	}
}

func TestLongID(t *testing.T) {
	for id, want := range map[string]string{
		"00De0000000pmu1": other, other: other, "012345678901234": "012345678901234AAA", "ABCDEFGHIJKLMNO": "ABCDEFGHIJKLMNO555",
		"": "", "001": "", "001*": "", "00De0000000pmu1E": "", "00De0000000pmu\u00fc": "", "00De0000000pm-1": "",
	} {
		if got, valid := longID(id); got != want || valid != (want != "") {
			t.Errorf("%s: got %q, %v; want %q", id, got, valid, want)
		}
	}
}

// Salesforce sends a message again unless it reads an Ack of exactly this shape.
func TestAnswersWithAnAck(t *testing.T) {
	stored := crmtest.Open(t, Kind, acme).Answers.Stored
	if stored.Status != 200 || stored.Header.Get("Content-Type") != "text/xml; charset=utf-8" {
		t.Errorf("got %d, %v", stored.Status, stored.Header)
	}
	d, err := newDocument(stored.Body)
	if err != nil {
		t.Fatal(err)
	}
	var ack struct {
		Ack bool `xml:"Body>notificationsResponse>Ack"`
	}
	if err := d.Decode(&ack); err != nil || !ack.Ack {
		t.Errorf("%s: %v", stored.Body, err)
	}
}

func FuzzVerify(f *testing.F) {
	source := crmtest.Open(f, Kind, crm.Settings{Name: "acme", Secrets: []string{secret}, Options: options("organization_id=" + org)})
	f.Add("/an%20invented%20secret", []byte(outbound(org, "")))
	f.Add("/an%20invented%20secret", []byte(fromRelay("aws.partner/salesforce.com/"+org+"/1")))
	f.Fuzz(func(t *testing.T, path string, body []byte) {
		r := &crm.Request{Path: "/v1/hooks/acme" + path, Body: body}
		how, err := source.Verify(r, time.Time{})
		escaped := bytes.ContainsAny(body, `&\`)
		if err == nil && !escaped && !bytes.Contains(body, []byte(org[:15])) {
			t.Errorf("verified as %s what does not state the org", how)
		}
	})
}
