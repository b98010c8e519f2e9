package espocrm

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"outlast.example/shared/crm"
)

// minSecret is half of what EspoCRM makes (32 hexadecimal digits): it catches cut and mistyped ones.
const minSecret = 16 // characters

// The signature headers. Both hold base64 of the webhook's id, a colon and the HMAC-SHA256 of the body.
const (
	headerHex = "Signature"   // the MAC in hexadecimal digits; from EspoCRM 9 on
	headerRaw = "X-Signature" // the MAC's bytes
)

// webhook is one that EspoCRM was told to make, and its secret. Without an id the key stands for any webhook.
type webhook struct{ id, key string }

func openWebhooks(s crm.Settings) ([]webhook, error) {
	if err := s.CheckSecrets(minSecret); err != nil {
		return nil, err
	}
	var webhooks []webhook
	for i, secret := range s.Secrets {
		id, key, named := strings.Cut(secret, ":")
		switch {
		case !named:
			id, key = "", secret
		case !webhookForm.MatchString(id) || len(key) < minSecret:
			return nil, fmt.Errorf("source %s: secret %d of %d: write <webhook id>:<secret key>, with the key whole, as EspoCRM shows it",
				s.Name, i+1, len(s.Secrets))
		}
		webhooks = append(webhooks, webhook{id, key})
	}
	return webhooks, nil
}

// verifier accepts EspoCRM's signatures. Neither holds a time: a request that was overheard can be sent again at any time,
// which repeats what EspoCRM once said. Neither covers the webhook's id, hence a secret counts for its own webhook only.
type verifier struct {
	webhooks []webhook
	events   map[string]event
}

// Verify implements crm.Verifier. Where both headers are there, both must be right.
func (v *verifier) Verify(r *crm.Request, _ time.Time) (string, error) {
	id, err := webhookID(r.Header)
	if err != nil {
		return "", fmt.Errorf("%w: %w", crm.ErrUnverified, err)
	}
	matched := false
	for _, w := range v.webhooks {
		if w.id == "" || w.id == id {
			matched = webhook{id, w.key}.signed(r) || matched
		}
	}
	switch {
	case !matched:
		return "", fmt.Errorf("%w: signature does not match that of any webhook whose secret is configured", crm.ErrUnverified)
	case len(r.Header.Values(headerHex)) > 0:
		return "espocrm-signature", nil
	}
	return "espocrm-x-signature", nil
}

// Sign implements crm.Signer, as EspoCRM 9 does, for the webhook of the event that the URL names; otherwise for the first.
func (v *verifier) Sign(r *crm.Request, _ time.Time) error {
	if r.Header == nil {
		r.Header = http.Header{}
	}
	inHex, inRaw := v.sender(r.Path).signatures(r.Body)
	r.Header.Set(headerHex, inHex)
	r.Header.Set(headerRaw, inRaw)
	return nil
}

func (v *verifier) sender(path string) webhook {
	asked, named := eventOf(path)
	for _, id := range slices.Sorted(maps.Keys(v.events)) {
		if named && v.events[id] != asked {
			continue
		}
		for _, w := range v.webhooks {
			if w.id == "" || w.id == id {
				return webhook{id, w.key}
			}
		}
	}
	w := v.webhooks[0]
	if w.id == "" {
		w.id = "0" // nothing says which webhook
	}
	return w
}

// signed compares whole header texts, so that no second encoding of a signature passes.
func (w webhook) signed(r *crm.Request) bool {
	inHex, inRaw := w.signatures(r.Body)
	right := true
	for name, want := range map[string]string{headerHex: inHex, headerRaw: inRaw} {
		for _, sent := range r.Header.Values(name) {
			right = crm.Same(want, sent) && right
		}
	}
	return right
}

func (w webhook) signatures(body []byte) (inHex, inRaw string) {
	mac := hmac.New(sha256.New, []byte(w.key))
	mac.Write(body)
	sum := mac.Sum(nil)
	head := w.id + ":"
	return base64.StdEncoding.EncodeToString([]byte(head + hex.EncodeToString(sum))),
		base64.StdEncoding.EncodeToString([]byte(head + string(sum)))
}

// webhookID is the webhook that the signature names; of two, the preferred one says it.
func webhookID(h http.Header) (string, error) {
	text := h.Get(headerHex)
	if text == "" {
		text = h.Get(headerRaw)
	}
	b, err := base64.StdEncoding.DecodeString(text)
	id, _, named := strings.Cut(string(b), ":")
	if err != nil || !named || id == "" {
		return "", errors.New("no signature header that names a webhook")
	}
	return id, nil
}
