package play

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/generic"
	"outlast.example/shared/format"
	"outlast.example/shared/replica"
)

// crmSystem is a CRM that tells what changes to whichever receiver answers, again and again until it hears 200, and
// sometimes once more.
type crmSystem struct {
	*World
	source   *crm.Source
	webhooks []*webhook
	sent     int
}

// webhook is one change that the CRM tells. Each tells a record of its own, and all of them tell a common one.
type webhook struct {
	number   int
	at       time.Time // by the CRM's clock
	attempts int
	acked    bool
}

func (h *webhook) record() string { return fmt.Sprintf("record-%d", h.number) }

// common is the record that every webhook changes.
const common = "common"

func (h *webhook) body() []byte {
	at := h.at.Format(time.RFC3339Nano)
	return fmt.Appendf(nil, `[{"id":%q,"at":%q,"seq":%d,"values":{"n":%d}},{"id":%q,"at":%q,"seq":%d,"values":{"n":%d}}]`,
		h.record(), at, h.number, h.number, common, at, h.number, h.number)
}

func newCRM(w *World) *crmSystem {
	source, err := crm.Open(generic.Kind, crm.Settings{
		Name: "acme", Secrets: []string{"0123456789abcdef0123456789abcdef"},
		Options: map[string]string{
			"signature_header": "X-Signature", "type": "contact", "id_path": "id", "operation": "update",
			"time_path": "at", "sequence_path": "seq", "fields_path": "values",
		},
	})
	if err != nil {
		panic(err) // the settings are constants
	}
	return &crmSystem{World: w, source: source}
}

const (
	patience = 5 * time.Second         // of the CRM with an answer
	deadline = 4500 * time.Millisecond // that receivers give themselves
	tries    = 7
)

// tell begins to tell n changes.
func (c *crmSystem) tell(n int, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // to be reproduced
	for range n {
		h := &webhook{number: len(c.webhooks) + 1, at: c.loop.Now().Truncate(time.Second).Add(-time.Duration(r.IntN(3)) * time.Second)}
		c.webhooks = append(c.webhooks, h)
		c.Counts.Webhooks++
		own := rand.New(rand.NewPCG(r.Uint64(), 3)) //nolint:gosec // to be reproduced
		c.loop.After(time.Duration(r.IntN(200))*time.Millisecond, func() { c.send(h, own) })
	}
}

// probe tells one change to one receiver, once. It happened at the same time as the last one, so that only its number is
// later.
func (c *crmSystem) probe(to *receiver) {
	h := &webhook{number: len(c.webhooks) + 1, at: c.loop.Now()}
	if n := len(c.webhooks); n > 0 {
		h.at = c.webhooks[n-1].at
	}
	c.webhooks = append(c.webhooks, h)
	c.deliver(h, to, func(replica.Verdict) {})
}

// send makes one attempt, and another one later unless it hears 200 in time. A few are made again although it did.
func (c *crmSystem) send(h *webhook, r *rand.Rand) {
	h.attempts++
	to, way, lost, twice := c.receivers[r.IntN(len(c.receivers))], time.Duration(1+r.IntN(9))*time.Millisecond, r.IntN(30) == 0, r.IntN(20) == 0
	pause := time.Duration(1+r.IntN(3)) * time.Second << min(h.attempts, 6)
	heard := false
	again := func() {
		if h.attempts < tries {
			c.loop.After(pause, func() { c.send(h, r) })
		}
	}
	c.loop.After(way, func() {
		c.deliver(h, to, func(v replica.Verdict) {
			if heard || lost {
				return
			}
			heard = true
			if v != replica.Acknowledged || twice {
				again()
			}
		})
	})
	c.loop.After(patience, func() {
		if !heard {
			heard = true
			again()
		}
	})
}

// deliver hands a delivery to a receiver that is there.
func (c *crmSystem) deliver(h *webhook, to *receiver, answer func(replica.Verdict)) {
	if !to.alive {
		return
	}
	c.sent++
	c.Counts.Deliveries++
	now := c.loop.Now()
	to.hear(&call{
		webhook: h, arrived: now, deadline: now.Add(deadline), answer: answer,
		delivery: &format.Delivery{
			ID: uuid.NewSHA1(uuid.Nil, fmt.Appendf(nil, "%d", c.sent)).String(), Kind: c.source.Kind, Source: c.source.Name,
			Time: now.Add(c.Skews[to.index]), Method: "POST", Path: "/v1/hooks/acme", Body: h.body(), Verified: "generic-hmac",
		},
	})
}
