package standardwebhooks

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
)

// The vector that the libraries of the specification share; its space after the colon counts.
const (
	secret    = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	body      = `{"test": 2432232314}`
	id        = "msg_p5jXN8AQM9LWM0D4loKWxJek"
	timestamp = "1614265330"
	hmacV1    = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
)

// No ed25519 vector is published: this one was computed from the seed 00..1f, by another program.
const (
	publicV1a  = "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
	privateV1a = "whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	bodyV1a    = `{"type":"contact.updated","timestamp":"2022-11-03T20:26:10.344522Z","data":{"id":"1f81eb52-5198-4599-803e-771906343485","name":"Zoë 🚀","amount":9007199254740993}}`
	edV1a      = "v1a,GXPmXq6qEf3Si+M03ndd7+SrhiMHhw3dVvVPetxApqLNrbVHEqnLPzhVmt3Bk2AgJbwCUradEysLsRKhD1OxCQ=="
)

var (
	sentAt    = time.Unix(1614265330, 0)
	sentAtV1a = time.Unix(1667507170, 0)
)

func headers(id, timestamp, signature string) http.Header {
	return crmtest.Header("webhook-id", id, "webhook-timestamp", timestamp, "webhook-signature", signature)
}

func TestVerify(t *testing.T) {
	other := "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 32))
	svix := crmtest.Header("svix-id", id, "svix-timestamp", timestamp, "svix-signature", hmacV1)
	tests := []struct {
		name    string
		header  http.Header
		secrets []string
		shift   time.Duration // of the receiver's clock
		want    string        // how, or "" for refused
	}{
		{name: "published", header: headers(id, timestamp, hmacV1), want: "standard-webhooks-v1"},
		{name: "secret without prefix", header: headers(id, timestamp, hmacV1), secrets: []string{strings.TrimPrefix(secret, "whsec_")}, want: "standard-webhooks-v1"},
		{name: "Svix names", header: svix, want: "standard-webhooks-v1"},
		{name: "Svix's signature with another id", header: crmtest.Header("webhook-id", id, "svix-timestamp", timestamp, "svix-signature", hmacV1)},
		{name: "second signature", header: headers(id, timestamp, "v1,AAAA "+hmacV1), want: "standard-webhooks-v1"},
		{name: "unknown versions beside", header: headers(id, timestamp, "v9,x v0 "+hmacV1), want: "standard-webhooks-v1"},
		{name: "unknown versions only", header: headers(id, timestamp, "v2"+hmacV1[2:])},
		{name: "said to be v1a", header: headers(id, timestamp, "v1a"+hmacV1[2:])},
		{name: "rotation, old secret", header: headers(id, timestamp, hmacV1), secrets: []string{other, secret}, want: "standard-webhooks-v1"},
		{name: "another secret", header: headers(id, timestamp, hmacV1), secrets: []string{other}},
		{name: "more signatures than a rotation has", header: headers(id, timestamp, strings.Repeat("v1,x ", 16)+hmacV1)},
		{name: "5 minutes old", header: headers(id, timestamp, hmacV1), shift: 5 * time.Minute, want: "standard-webhooks-v1"},
		{name: "older", header: headers(id, timestamp, hmacV1), shift: 5*time.Minute + 1},
		{name: "5 minutes ahead", header: headers(id, timestamp, hmacV1), shift: -5 * time.Minute, want: "standard-webhooks-v1"},
		{name: "further ahead", header: headers(id, timestamp, hmacV1), shift: -5*time.Minute - 1},
		{name: "no headers", header: http.Header{}},
		{name: "no id", header: headers("", timestamp, hmacV1)},
		{name: "no signature", header: headers(id, timestamp, " ")},
		{name: "no number of seconds", header: headers(id, "soon", hmacV1)},
		{name: "timestamp beyond all times", header: headers(id, "9223372036854775807", hmacV1)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := crm.Settings{Name: "acme", Secrets: []string{secret}}
			if test.secrets != nil {
				s.Secrets = test.secrets
			}
			r := &crm.Request{Header: test.header, Body: []byte(body)}
			how, err := crmtest.Open(t, Kind, s).Verify(r, sentAt.Add(test.shift))
			if how != test.want || (test.want == "") != errors.Is(err, crm.ErrUnverified) {
				t.Errorf("got %q, %v; want %q", how, err, test.want)
			}
		})
	}
}

func TestVerifyEveryBit(t *testing.T) {
	source := crmtest.Open(t, Kind, crm.Settings{Name: "acme", Secrets: []string{secret, publicV1a}})
	parts := []string{"body", "webhook-id", "webhook-timestamp", "webhook-signature"}
	t.Run("v1", func(t *testing.T) {
		r := crm.Request{Header: headers(id, timestamp, hmacV1), Body: []byte(body)}
		crmtest.EveryBit(t, source, r, sentAt, parts...)
	})
	t.Run("v1a", func(t *testing.T) {
		r := crm.Request{Header: headers("msg_ed", "1667507170", edV1a), Body: []byte(bodyV1a)}
		crmtest.EveryBit(t, source, r, sentAtV1a, parts...)
	})
}

// A dot could move the border between id, timestamp and body without changing the signed bytes.
func TestVerifyRefusesDots(t *testing.T) {
	source := crmtest.Open(t, Kind, crm.Settings{Name: "acme", Secrets: []string{secret}})
	r := &crm.Request{Header: crmtest.Header("webhook-id", "msg.1614265330"), Body: []byte("{}")}
	if err := source.Sign(r, sentAt); err != nil {
		t.Fatal(err)
	}
	if _, err := source.Verify(r, sentAt); !errors.Is(err, crm.ErrUnverified) {
		t.Errorf("dot in the id: got %v", err)
	}
	moved := &crm.Request{Header: headers("msg", "1614265330", r.Header.Get("webhook-signature")), Body: []byte("1614265330.{}")}
	if _, err := source.Verify(moved, sentAt); err != nil {
		t.Fatalf("the signed bytes are not the same, so that this test shows nothing: %v", err)
	}
}

func TestSign(t *testing.T) {
	source := crmtest.Open(t, Kind, crm.Settings{Name: "acme", Secrets: []string{privateV1a, secret, publicV1a}})
	r := &crm.Request{Header: crmtest.Header("webhook-id", "msg_ed"), Body: []byte(bodyV1a)}
	if err := source.Sign(r, sentAtV1a); err != nil {
		t.Fatal(err)
	}
	signatures := strings.Fields(r.Header.Get("webhook-signature"))
	if len(signatures) != 2 || signatures[0] != edV1a {
		t.Errorf("got %q, want %q and one by HMAC", signatures, edV1a)
	}
	fresh := &crm.Request{Body: []byte(body)}
	if err := source.Sign(fresh, sentAt); err != nil {
		t.Fatal(err)
	}
	if _, err := source.Verify(fresh, sentAt); err != nil || fresh.Header.Get("webhook-id") == "" {
		t.Errorf("signed with a new id %q: %v", fresh.Header.Get("webhook-id"), err)
	}
	public := crmtest.Open(t, Kind, crm.Settings{Name: "acme", Secrets: []string{publicV1a}})
	if err := public.Sign(fresh, sentAt); err == nil {
		t.Error("a public key signed")
	}
}

func TestOpenRefuses(t *testing.T) {
	sized := func(prefix string, n int) []string {
		return []string{prefix + base64.StdEncoding.EncodeToString(make([]byte, n))}
	}
	tests := []struct {
		name    string
		secrets []string
		want    string
	}{
		{"no secret", nil, "no secret"},
		{"not base64", []string{"whsec_not base64 at all"}, "secret 1 of 1: not standard base64"},
		{"HMAC key too short", sized("whsec_", 23), "has 23 bytes, want 24 to 64"},
		{"HMAC key too long", sized("whsec_", 65), "has 65 bytes"},
		{"public key cut", sized("whpk_", 31), "want whsec_"},
		{"private key cut", sized("whsk_", 33), "want whsec_"},
		{"unknown prefix", sized("whxx_", 32), "want whsec_"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			crmtest.Refused(t, Kind, crm.Settings{Name: "acme", Secrets: test.secrets}, test.want)
		})
	}
	unknown := crm.Settings{Name: "acme", Secrets: []string{secret}, Options: map[string]string{"idpath": "x"}}
	crmtest.Refused(t, Kind, unknown, "use id_path, losers_path")
	for _, options := range []map[string]string{
		{"other_id_path": "a"}, {"other_type": "a"}, {"label_path": "a"}, {"other_id_path": "a", "other_type": "a", "other_type_path": "b"},
	} {
		crmtest.Refused(t, Kind, crm.Settings{Name: "acme", Secrets: []string{secret}, Options: options}, "set other_id_path and exactly one of")
	}
}

func FuzzVerify(f *testing.F) {
	source := crmtest.Open(f, Kind, crm.Settings{Name: "acme", Secrets: []string{secret, publicV1a}})
	f.Add(id, timestamp, hmacV1, body)
	f.Add("msg_ed", "1667507170", edV1a, bodyV1a)
	f.Add("a.b", "-1", "v1,= v1a,=", "")
	f.Fuzz(func(t *testing.T, id, timestamp, signature, text string) {
		r := &crm.Request{Header: headers(id, timestamp, signature), Body: []byte(text)}
		if how, err := source.Verify(r, sentAt); err == nil && text != body {
			t.Errorf("verified as %s what was never signed", how)
		}
	})
}
