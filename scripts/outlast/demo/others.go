package demo

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

const (
	shopSource   = "shop"
	ledgerSource = "ledger"
)

// shop lets something happen in a shop that follows Standard Webhooks: it sends the whole record each time.
func (t *teller) shop() {
	typ, verb := t.one("customer", "order"), "updated"
	r, found := t.pick(shopSource, typ, 3)
	switch {
	case !found || t.rand.IntN(100) < 45:
		r, verb = t.born(shopSource, typ, strings.ToUpper(typ[:1])+"-"), "created"
	case t.rand.IntN(100) < 12:
		verb = "deleted"
		t.ended(r)
		t.want[r].deleted = true
	}
	data := map[string]json.RawMessage{"id": t.set(r, "id", r.ID)}
	if typ == "customer" {
		data["name"] = t.set(r, "name", t.firstName()+" "+t.lastName())
		data["loyalty_number"] = t.set(r, "loyalty_number", int64(9_007_199_254_740_993)+t.rand.Int64N(1000)) // above 2^53
		data["newsletter"] = t.set(r, "newsletter", t.rand.IntN(2) == 0)
	} else {
		data["total"] = t.set(r, "total", t.rand.IntN(100_000))
		data["status"] = t.set(r, "status", t.one("open", "paid", "shipped", "returned"))
		data["note"] = t.set(r, "note", t.one("", "leave at the door", "größer & schneller <3", "line\nbreak", "🎁"))
	}
	id := fmt.Sprintf("msg_%08x", t.rand.Uint32())
	t.send(shopSource, http.Header{"Webhook-Id": {id}}, map[string]any{
		"type": typ + "." + verb, "timestamp": t.tick().Format(time.RFC3339Nano), "data": data,
	})
}

// ledger lets something happen in a home-grown system, which sends only what changed.
func (t *teller) ledger() {
	action := "update"
	r, found := t.pick(ledgerSource, "invoice", 3)
	switch {
	case !found || t.rand.IntN(100) < 40:
		r, action = t.born(ledgerSource, "invoice", "INV-"), "create"
	case t.rand.IntN(100) < 15:
		t.ended(r)
		t.want[r].deleted = true
		t.sendLedger("delete", r.ID, nil)
		return
	}
	values := map[string]json.RawMessage{"state": t.set(r, "state", t.one("draft", "sent", "overdue", "paid"))}
	if action == "create" {
		values["customer"] = t.set(r, "customer", t.company())
		values["amount_cents"] = t.set(r, "amount_cents", t.rand.IntN(5_000_000))
	}
	t.sendLedger(action, r.ID, values)
}

func (t *teller) sendLedger(action, id string, values map[string]json.RawMessage) {
	t.send(ledgerSource, http.Header{}, map[string]any{
		"entity": "invoice", "key": id, "action": action, "at": t.tick().UnixMilli(), "values": values,
	})
}

// ledgerOptions say how the ledger signs, and where its records' parts are.
var ledgerOptions = map[string]string{
	"signature_header": "X-Ledger-Signature", "prefix": "sha256=",
	"type_path": "entity", "id_path": "key", "operation_path": "action", "time_path": "at", "fields_path": "values",
}
