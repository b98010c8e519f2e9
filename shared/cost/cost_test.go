package cost

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"pgregory.net/rapid"

	"outlast.example/shared/format"
)

func TestEveryPriceHasASourceAndADate(t *testing.T) {
	table, err := Prices()
	fatal(t, err)
	if len(table.Clouds) != 3 {
		t.Errorf("clouds %v", table.Names())
	}
	for _, name := range table.Names() {
		for what, p := range table.Clouds[name].Prices {
			if !p.Assumed && !strings.Contains(p.Source, "cloud.google.com") && p.USD > 0 {
				t.Errorf("%s %s: %s is not the provider's own page: say that it is assumed", name, what, p.Source)
			}
		}
	}
	for name, spoil := range map[string]func(*Table){
		"no date":   func(t *Table) { t.Read = "lately" },
		"no source": func(t *Table) { t.Clouds["aws"].Prices[Write] = Price{USD: 1} },
		"no price":  func(t *Table) { delete(t.Clouds["gcp"].Prices, Egress) },
	} {
		spoilt, err := Prices()
		fatal(t, err)
		if spoil(&spoilt); spoilt.check() == nil {
			t.Errorf("%s: a table that says nothing is taken", name)
		}
	}
}

func draw(r *rapid.T) Volume {
	return Volume{
		Webhooks: rapid.Float64Range(0, 1e10).Draw(r, "webhooks"), Bytes: rapid.Float64Range(0, 1e6).Draw(r, "bytes"),
		Receivers: rapid.SliceOfN(rapid.SampledFrom([]string{"aws", "gcp", "azure"}), 1, 4).Draw(r, "receivers"),
		Months:    float64(rapid.IntRange(1, 120).Draw(r, "months")), Store: rapid.Float64Range(0.001, 10).Draw(r, "store"),
		PerBatch: rapid.SampledFrom([]float64{0, 0, 1, 7.5, 128}).Draw(r, "perBatch"), Repacked: rapid.Bool().Draw(r, "repacked"),
	}
}

// More webhooks, larger ones, or a longer time never cost less; and a bill is the sum of its lines.
func TestBill(t *testing.T) {
	table, err := Prices()
	fatal(t, err)
	rapid.Check(t, func(r *rapid.T) {
		v := draw(r)
		b, err := Estimate(table, v)
		if err != nil {
			r.Fatal(err)
		}
		lines, clouds := 0.0, 0.0
		for _, l := range b.Lines {
			if lines += l.USD; l.USD < 0 || math.IsNaN(l.USD) {
				r.Fatalf("%+v", l)
			}
		}
		for _, usd := range b.Clouds {
			clouds += usd
		}
		if !near(lines, b.USD, 1e-9) || !near(clouds, b.USD, 1e-9) || len(b.Lines) != 3*len(Items()) {
			r.Fatalf("%d lines add up to %f, clouds to %f, the bill says %f", len(b.Lines), lines, clouds, b.USD)
		}
		factor := rapid.Float64Range(1, 3).Draw(r, "factor")
		for what, more := range map[string]func(*Volume){
			"webhooks": func(v *Volume) { v.Webhooks *= factor }, "bytes": func(v *Volume) { v.Bytes *= factor }, "months": func(v *Volume) { v.Months++ },
		} {
			larger := v
			more(&larger)
			if usd := estimate(table, larger).USD; usd < b.USD*(1-1e-9) {
				r.Fatalf("more %s: %f, and %f before", what, usd, b.USD)
			}
		}
	})
}

func near(got, want, within float64) bool {
	return math.Abs(got-want) <= within*math.Max(1, math.Abs(want))
}

func TestVolumesThatAreNone(t *testing.T) {
	table, err := Prices()
	fatal(t, err)
	good := Volume{Webhooks: 1, Bytes: 1, Receivers: []string{"aws"}, Months: 1, Store: 0.2}
	if _, err := Estimate(table, good); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Volume){
		"webhooks": func(v *Volume) { v.Webhooks = -1 }, "bytes": func(v *Volume) { v.Bytes = math.NaN() }, "months": func(v *Volume) { v.Months = 0.5 },
		"per-batch": func(v *Volume) { v.PerBatch = 0.5 }, "store": func(v *Volume) { v.Store = 0 }, "receivers": func(v *Volume) { v.Receivers = []string{"ibm"} },
	} {
		v := good
		spoil(&v)
		if _, err := Estimate(table, v); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The sizes are those of real batches, of the payloads in testdata: one delivery alone, and 59 together.
func TestSizesOfBatches(t *testing.T) {
	_, receiver := key(t)
	var recipients []age.Recipient
	for range 2 {
		identity, err := age.GenerateX25519Identity()
		fatal(t, err)
		recipients = append(recipients, identity.Recipient())
	}
	encoder, err := format.NewEncoder("6f1c2f0e-5b1a-4c62-9d0c-0c2b7a9e4d11", "aws", receiver, recipients)
	fatal(t, err)
	var all []*format.Delivery
	files, err := filepath.Glob("../../testdata/payloads/*/*.json")
	fatal(t, err)
	for _, file := range files {
		if name := filepath.Base(file); strings.Count(name, ".") > 1 { // what the payload is, or means
			continue
		}
		body, err := os.ReadFile(file)
		fatal(t, err)
		all = append(all, &format.Delivery{
			ID: "0197f4a1-6a1e-7c2b-9d3f-000000000001", Kind: "hubspot", Source: "acme", Time: time.Now(), Method: "POST", Path: "/v1/hooks/acme",
			Header: map[string][]string{"Content-Type": {"application/json"}, "X-Signature": {"dGhpcyBpcyBhIHNpZ25hdHVyZSBvZiBhIGJvZHk="}},
			Body:   body, Verified: "signature",
		})
	}
	for _, n := range []int{1, 59} {
		stored, reckoned := 0.0, 0.0
		for i := 0; i+n <= len(all); i += n {
			batch, err := encoder.Encode(all[i:i+n], time.Now())
			fatal(t, err)
			stored += float64(len(batch.Object))
			reckoned += batchBytes
			for _, d := range all[i : i+n] {
				reckoned += bodyShare * float64(len(d.Body))
			}
		}
		t.Logf("%d at a time: %.0f bytes, reckoned %.0f", n, stored, reckoned)
		if !near(reckoned, stored, 0.25) {
			t.Errorf("%d at a time: %.0f bytes, reckoned %.0f", n, stored, reckoned)
		}
	}
}
