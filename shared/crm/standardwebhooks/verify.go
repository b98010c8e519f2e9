package standardwebhooks

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"outlast.example/shared/crm"
)

// maxSignatures bounds the work that one header can ask for; a rotation takes two.
const maxSignatures = 16

type verifier struct{ keys []key }

// Verify implements crm.Verifier: one signature that one of the keys made is enough. Versions that are not known are
// passed over, as the specification asks.
func (v *verifier) Verify(r *crm.Request, now time.Time) (string, error) {
	m, err := readMeta(r.Header)
	if err != nil {
		return "", err
	}
	seconds, err := strconv.ParseInt(m.timestamp, 10, 64)
	if err != nil {
		return "", fmt.Errorf("%w: time stamp is no number of seconds", crm.ErrUnverified)
	}
	if err := crm.CheckFresh(time.Unix(seconds, 0), now); err != nil {
		return "", err
	}
	if len(m.signatures) > maxSignatures {
		return "", fmt.Errorf("%w: more than %d signatures", crm.ErrUnverified, maxSignatures)
	}
	message := m.message(r.Body)
	for _, k := range v.keys {
		verify := k.verifier(message)
		for _, versioned := range m.signatures {
			version, signature, _ := strings.Cut(versioned, ",")
			if version == k.version() && verify(signature) {
				return name + "-" + version, nil
			}
		}
	}
	return "", fmt.Errorf("%w: no signature matches", crm.ErrUnverified)
}

// Sign implements crm.Signer with every key that can sign. It keeps an id that is there: a retry has the same one.
func (v *verifier) Sign(r *crm.Request, now time.Time) error {
	if r.Header == nil {
		r.Header = http.Header{}
	}
	m := meta{id: messageID(r.Header), timestamp: strconv.FormatInt(now.Unix(), 10)}
	if m.id == "" {
		m.id = "msg_" + uuid.NewString()
	}
	message := m.message(r.Body)
	for _, k := range v.keys {
		if signature, able := k.sign(message); able {
			m.signatures = append(m.signatures, k.version()+","+signature)
		}
	}
	if len(m.signatures) == 0 {
		return errors.New("a public key (whpk_) only verifies: configure a whsk_ or whsec_ secret")
	}
	r.Header.Set("Webhook-Id", m.id)
	r.Header.Set("Webhook-Timestamp", m.timestamp)
	r.Header.Set("Webhook-Signature", strings.Join(m.signatures, " "))
	return nil
}

// meta is what the headers hold.
type meta struct {
	id, timestamp string
	signatures    []string // such as "v1,<base64>"
}

// readMeta takes all three headers under one of the two names. A dot in id or timestamp could move the border between
// them and the body: the specification forbids it.
func readMeta(h http.Header) (meta, error) {
	prefix := "Webhook-"
	if h.Get(prefix+"Signature") == "" {
		prefix = "Svix-"
	}
	m := meta{h.Get(prefix + "Id"), h.Get(prefix + "Timestamp"), strings.Fields(h.Get(prefix + "Signature"))}
	if m.id == "" || m.timestamp == "" || len(m.signatures) == 0 {
		return meta{}, fmt.Errorf("%w: want the headers webhook-id, webhook-timestamp and webhook-signature", crm.ErrUnverified)
	}
	if strings.Contains(m.id+m.timestamp, ".") {
		return meta{}, fmt.Errorf("%w: dot in webhook-id or webhook-timestamp", crm.ErrUnverified)
	}
	return m, nil
}

// messageID is equal for all attempts to deliver the same message. It is the one that was signed, where a signature is there.
func messageID(h http.Header) string {
	if h.Get("Webhook-Signature") == "" && h.Get("Svix-Signature") != "" {
		return h.Get("Svix-Id")
	}
	return cmp.Or(h.Get("Webhook-Id"), h.Get("Svix-Id"))
}

func (m meta) message(body []byte) []byte {
	return slices.Concat([]byte(m.id), []byte("."), []byte(m.timestamp), []byte("."), body)
}
