package closeio

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
)

// The key that Close publishes as an example, and what OpenSSL makes of it: Close publishes no body.
const (
	published = "058bfb6a3d8cfdc4da7c3be5901b16ae11da982b46a25fb2cd7016e97a140a1c"
	body      = `{"event":{"id":"ev_1"},"subscription_id":"whsub_1"}`
	sent      = "1795338000"
	hash      = "08e16a2e641e7f8e4490c4dfca315e95350282a1de18a6a0eaf221d656e6a3e6"
	asText    = "fa68e2b8c55da141da1faf1b73b6bcd461002ce1cb5c82e9a70ceeea39d3842b" // the key's digits taken for the key
)

var sentAt = time.Unix(1795338000, 0)

func signed(signature, timestamp string) http.Header {
	return crmtest.Header(headerHash, signature, headerTimestamp, timestamp)
}

func TestVerify(t *testing.T) {
	other := strings.Repeat("ab", keySize)
	tests := []struct {
		name    string
		header  http.Header
		now     time.Time
		secrets []string
		want    string // how, or "" for refused
	}{
		{name: "genuine", header: signed(hash, sent), want: "close"},
		{name: "key as text", header: signed(asText, sent)},
		{name: "old key in a rotation", header: signed(hash, sent), secrets: []string{other, published}, want: "close"},
		{name: "new key in a rotation", header: signed(hash, sent), secrets: []string{published, other}, want: "close"},
		{name: "another key", header: signed(hash, sent), secrets: []string{other}},
		{name: "5 minutes old", header: signed(hash, sent), now: sentAt.Add(5 * time.Minute), want: "close"},
		{name: "older", header: signed(hash, sent), now: sentAt.Add(5*time.Minute + 1)},
		{name: "5 minutes ahead", header: signed(hash, sent), now: sentAt.Add(-5 * time.Minute), want: "close"},
		{name: "further ahead", header: signed(hash, sent), now: sentAt.Add(-5*time.Minute - 1)},
		{name: "no time stamp", header: crmtest.Header(headerHash, hash)},
		{name: "time stamp is no number", header: signed(hash, "now")},
		{name: "time stamp written otherwise", header: signed(hash, "+"+sent)},
		{name: "no signature", header: crmtest.Header(headerTimestamp, sent)},
		{name: "empty signature", header: signed("", sent)},
		{name: "in upper case", header: signed(strings.ToUpper(hash), sent)},
		{name: "two signatures", header: crmtest.Header(headerHash, hash, headerHash, asText, headerTimestamp, sent)},
		{name: "two time stamps", header: crmtest.Header(headerHash, hash, headerTimestamp, sent, headerTimestamp, "0")},
		{name: "nothing", header: http.Header{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := crm.Settings{Name: "acme", Secrets: []string{published}}
			if test.secrets != nil {
				s.Secrets = test.secrets
			}
			now := sentAt
			if !test.now.IsZero() {
				now = test.now
			}
			how, err := crmtest.Open(t, Kind, s).Verify(&crm.Request{Header: test.header, Body: []byte(body)}, now)
			if how != test.want || (test.want == "") != errors.Is(err, crm.ErrUnverified) {
				t.Errorf("got %q, %v; want %q", how, err, test.want)
			}
		})
	}
}

func TestVerifyEveryBit(t *testing.T) {
	source := crmtest.Open(t, Kind, crm.Settings{Name: "acme", Secrets: []string{published}})
	r := crm.Request{Header: signed(hash, sent), Body: []byte(body)}
	crmtest.EveryBit(t, source, r, sentAt, "body", headerHash, headerTimestamp)
	r = crm.Request{Body: []byte("ü🚀")}
	if err := source.Sign(&r, sentAt); err != nil {
		t.Fatal(err)
	}
	crmtest.EveryBit(t, source, r, sentAt, "body", headerHash, headerTimestamp)
}

// A digit that changes sides leaves what is signed as it was.
func TestTimestampAndBodyStayApart(t *testing.T) {
	source := crmtest.Open(t, Kind, acme)
	r := &crm.Request{Body: []byte("7" + body)}
	if err := source.Sign(r, sentAt); err != nil {
		t.Fatal(err)
	}
	r.Header.Set(headerTimestamp, sent+"7")
	r.Body = []byte(body)
	if _, err := source.Verify(r, sentAt); !errors.Is(err, crm.ErrUnverified) {
		t.Errorf("got %v, want ErrUnverified", err)
	}
}

func verifyVector(t *testing.T, key string, r *crm.Request) {
	t.Helper()
	seconds, err := strconv.ParseInt(r.Header.Get(headerTimestamp), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(seconds, 0)
	source := crmtest.Open(t, Kind, crm.Settings{Name: "acme", Secrets: []string{key}})
	crmtest.EveryBit(t, source, *r, now, headerHash, headerTimestamp)
	r.Header.Set(headerHash, signature([]byte(key), r)) // the digits taken for the key
	if _, err := source.Verify(r, now); !errors.Is(err, crm.ErrUnverified) {
		t.Errorf("key as text: got %v, want ErrUnverified", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	tests := []struct {
		name     string
		settings crm.Settings
		want     string
	}{
		{"no secret", crm.Settings{Name: "acme"}, "source acme: no secret"},
		{"no hexadecimal digits", crm.Settings{Name: "acme", Secrets: []string{published, strings.Repeat("xy", keySize)}}, "secret 2 of 2 is not 64 hexadecimal digits"},
		{"half a key", crm.Settings{Name: "acme", Secrets: []string{published[:32]}}, "secret 1 of 1 is not 64 hexadecimal digits"},
		{"unknown option", crm.Settings{Name: "acme", Secrets: []string{published}, Options: map[string]string{"window": "1h"}}, `unknown option "window"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { crmtest.Refused(t, Kind, test.settings, test.want) })
	}
}

func FuzzVerify(f *testing.F) {
	source := crmtest.Open(f, Kind, crm.Settings{Name: "acme", Secrets: []string{published}})
	f.Add(body, hash, sent)
	f.Add("7"+body, hash, sent[:9])
	f.Fuzz(func(t *testing.T, text, signature, timestamp string) {
		r := &crm.Request{Header: signed(signature, timestamp), Body: []byte(text)}
		if _, err := source.Verify(r, sentAt); err == nil && text != body {
			t.Error("verified what was never signed")
		}
	})
}
