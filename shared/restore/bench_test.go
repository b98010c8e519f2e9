package restore_test

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/uuid"
	"github.com/klauspost/compress/zstd"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/hubspot"
	"outlast.example/shared/format"
	"outlast.example/shared/restore"
	"outlast.example/shared/store"
	"outlast.example/shared/store/file"
)

// BenchmarkRestore reads 100,000 changes from a local bucket: batches of ten deliveries of 100 HubSpot events each. Its
// floor is what "age -d | zstd -d" of the same bytes costs, without the programs' start. Runs of both are interleaved.
func BenchmarkRestore(b *testing.B) {
	const batches, deliveries, events = 100, 10, 100
	r := newRepository(b)
	keeper := store.NewKeeper("mem://0", file.Open(b.TempDir(), file.Options{}))
	for key, object := range r.buckets[0].Objects() {
		create(b, keeper, key, object)
	}
	var sealed [][]byte
	for i := range batches {
		var all []*format.Delivery
		for j := range deliveries {
			all = append(all, hubspotDelivery((i*deliveries+j)*events, events))
		}
		batch := r.sealAll("one", epoch.Add(time.Duration(i)*time.Second), all...)
		create(b, keeper, batch.Key.String(), batch.Object)
		sealed = append(sealed, batch.Object)
	}
	source, err := crm.Open(hubspot.Kind, crm.Settings{Name: "acme", Secrets: []string{"a secret of this trial"}})
	if err != nil {
		b.Fatal(err)
	}
	o := r.options(0)
	o.Buckets, o.Sources["acme"] = []*store.Reader{keeper.Reader}, source

	var took, floor []time.Duration
	for b.Loop() {
		began := time.Now()
		if p := r.read(o).Report; p.Changes != batches*deliveries*events || p.Outcome != restore.OK {
			b.Fatalf("%+v", p)
		}
		took = append(took, time.Since(began))
		floor = append(floor, openAll(b, sealed, r.identity))
	}
	middle := func(d []time.Duration) float64 { slices.Sort(d); return d[len(d)/2].Seconds() }
	b.ReportMetric(batches*deliveries*events/middle(took), "changes/s")
	b.ReportMetric(middle(took)/middle(floor), "x-floor")
	b.ReportMetric(0, "ns/op") // says nothing here
}

func create(b *testing.B, k *store.Keeper, key string, object []byte) {
	b.Helper()
	if err := k.Create(b.Context(), key, store.NewContent(object)); err != nil {
		b.Fatal(err)
	}
}

// hubspotDelivery has events about 5,000 contacts, in HubSpot's shape.
func hubspotDelivery(first, count int) *format.Delivery {
	var events []string
	for n := first; n < first+count; n++ {
		events = append(events, fmt.Sprintf(`{"eventId":%d,"subscriptionId":33,"portalId":62515,"appId":1160452,"occurredAt":%d,`+
			`"subscriptionType":"contact.propertyChange","attemptNumber":0,"objectId":%d,"propertyName":"property_%d",`+
			`"propertyValue":"value %x of something","changeSource":"CRM_UI","sourceId":"userId:%d"}`,
			n, epoch.UnixMilli()+int64(n), n*7919%5000, n%13, n*2654435761%1_000_003, n%17))
	}
	return &format.Delivery{
		ID: uuid.NewString(), Kind: "hubspot", Source: "acme", Time: epoch, Method: "POST", Path: "/v1/hooks/acme",
		Body: []byte("[" + strings.Join(events, ",") + "]"), Verified: "hubspot-v3",
	}
}

// openAll decrypts and decompresses objects one after the other, as the stock tools do.
func openAll(b *testing.B, objects [][]byte, identity age.Identity) time.Duration {
	b.Helper()
	began := time.Now()
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		b.Fatal(err)
	}
	defer decoder.Close()
	for _, object := range objects {
		plain, err := age.Decrypt(bytes.NewReader(object), identity)
		if err != nil {
			b.Fatal(err)
		}
		if err := decoder.Reset(plain); err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, decoder); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(began)
}
