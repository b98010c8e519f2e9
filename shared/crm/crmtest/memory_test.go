//go:build !race

// The race detector allocates by itself, and empties pools: what it would measure is not what is used. scripts/test runs these
// tests without it.

package crmtest_test

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/crmtest"
	"outlast.example/shared/format"
)

// What an interpretation may take besides the body. What is live at once decides, since that is what a receiver or a
// restore needs to have; all that is allocated is bounded too, more loosely, since garbage costs time.
//
// The constants are what the smallest bodies become that the limits let through: crm.MaxChanges changes take about 1,000
// bytes each with their fields, and the values that rawjson lets be as short as they like about 250.
const (
	mostLive      = 12 << 20 // bytes
	perByteLive   = 6
	mostInAll     = 24 << 20 // bytes
	perByteInAll  = 12
	defaultSecret = "a secret of sixteen characters"
)

// hostile is a delivery that is made to take memory.
type hostile struct {
	name    string
	kind    crm.Kind
	options map[string]string
	header  http.Header
	path    string
	body    string // each § stands for an object's content
}

var secrets = map[string]string{
	"close": strings.Repeat("0a", 32), "standard-webhooks": "whsec_" + strings.Repeat("QUJD", 12), "pipedrive": "user:" + defaultSecret,
}

// Interpreters never take more than a few times the body, and what the limits allow the smallest ones.
func TestMemory(t *testing.T) {
	for _, test := range slices.Concat(hostileBodies, hostileSalesforce) {
		holes := strings.Count(test.body, "§")
		if holes == 0 {
			t.Run(test.name, func(t *testing.T) { test.stayWithin(t, test.body) })
			continue
		}
		for shape, content := range objects(holes) {
			t.Run(test.name+"/"+shape, func(t *testing.T) { test.stayWithin(t, strings.ReplaceAll(test.body, "§", content)) })
		}
	}
}

func (h hostile) stayWithin(t *testing.T, body string) {
	t.Helper()
	source := crmtest.Open(t, h.kind, crm.Settings{
		Name: "acme", Secrets: []string{cmp.Or(secrets[h.kind.Name], defaultSecret)}, Options: maps.Clone(h.options),
	})
	d := &format.Delivery{ID: "1", Header: h.header, Path: h.path, Body: []byte(body)}
	m, changes := measure(source, d)
	most := mostLive + perByteLive*len(body)
	for again := 2; again > 0 && m.peak > most; again-- { // a collection that the machine slows down sees too much
		other, _ := measure(source, d)
		m.peak = min(m.peak, other.peak)
	}
	t.Logf("%d bytes of body: %d live at most, %d allocated in all, %d changes", len(body), m.peak, m.allocated, changes)
	if m.peak > most {
		t.Errorf("%d bytes of body: %d live at once, want at most %d", len(body), m.peak, most)
	}
	if most := mostInAll + perByteInAll*len(body); m.allocated > most {
		t.Errorf("%d bytes of body: %d allocated, want at most %d", len(body), m.allocated, most)
	}
	if changes > crm.MaxChanges {
		t.Errorf("%d changes, want at most %d", changes, crm.MaxChanges)
	}
}
