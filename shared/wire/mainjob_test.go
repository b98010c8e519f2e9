package wire_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/config"
	"outlast.example/shared/crm"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
	"outlast.example/shared/restore"
	"outlast.example/shared/store"
	"outlast.example/shared/store/storetest/servers"
	"outlast.example/shared/wire"
)

// clouds are a repository of three buckets on three real servers, one of each kind.
type clouds struct {
	s3, gcs, azure *servers.Server
	config         *config.Config
	root           ed25519.PublicKey
	keys           map[string]config.Secret // private ones, by receiver
	identity       *age.X25519Identity
}

// receivers are those that the descriptor names. The first one captures unless a test says otherwise.
var receivers = []string{"one", "two"}

func newClouds(t *testing.T) *clouds {
	s3, gcs, azure := servers.S3(t), servers.GCS(t), servers.Azure(t)
	t.Setenv("AWS_ACCESS_KEY_ID", servers.Root.ID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", servers.Root.Secret)
	t.Setenv("AZURE_STORAGE_KEY", servers.AccountKey)
	c := &clouds{s3: s3.Server, gcs: gcs.Server, azure: azure.Server}
	buckets := []string{
		strings.Replace(s3.URL(s3.Bucket(t)), "?", "/backup/crm?", 1), // below a prefix
		gcs.URL(gcs.Bucket(t)),
		azure.URL(azure.Container(t)),
	}
	c.begin(t, buckets)
	return c
}

// begin makes the keys, writes the first descriptor into every bucket, and configures capture.
func (c *clouds) begin(t *testing.T, buckets []string) {
	root, rootKey := newKey(t)
	c.root, c.keys = root, map[string]config.Secret{}
	var err error
	c.identity, err = age.GenerateX25519Identity()
	fatal(t, err)
	spare, err := age.GenerateX25519Identity()
	fatal(t, err)

	now := time.Now().UTC().Truncate(time.Second)
	d := &format.Descriptor{
		Format:     format.Version,
		Repository: "6f1c2f0e-5b1a-4c62-9d0c-0c2b7a9e4d11", Number: 1, Created: now, Quorum: 2,
		Recipients: []string{c.identity.Recipient().String(), spare.Recipient().String()},
	}
	for _, name := range receivers {
		public, private := newKey(t)
		pem, err := format.MarshalPrivateKey(private)
		fatal(t, err)
		c.keys[name] = config.Secret(pem)
		d.Receivers = append(d.Receivers, format.Signer{Name: name, Key: public, Since: now.Add(-time.Minute)})
	}
	for _, b := range buckets {
		d.Buckets = append(d.Buckets, format.Bucket{URL: b, CompleteSince: now})
	}
	name, object, err := format.SignDescriptor(d, rootKey)
	fatal(t, err)
	keepers, err := wire.Keepers(t.Context(), config.Federation{}, buckets)
	fatal(t, err)
	for _, k := range keepers {
		fatal(t, k.Create(t.Context(), name, store.NewContent(object)))
	}
	c.config, err = config.Load(config.Layers{Flags: []func(*config.Config){func(f *config.Config) {
		f.Repository, f.Buckets, f.Recipients, f.Quorum = d.Repository, buckets, d.Recipients, d.Quorum
		f.Receiver = config.Signer{Name: receivers[0], Key: c.keys[receivers[0]]}
		f.PublicURL = "http://127.0.0.1"
		f.Sources = []config.Source{
			{Name: "acme", Kind: "hubspot", Secrets: []config.Secret{"d5a3a1f2-hubspot-app-secret"}},
			{Name: "shop", Kind: "standard-webhooks", Secrets: []config.Secret{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8="}},
		}
	}}})
	fatal(t, err)
}

// capture opens a receiver, posts n contacts' webhooks to each source concurrently, and wants every one acknowledged.
func (c *clouds) capture(t *testing.T, first, n int) {
	t.Helper()
	var log bytes.Buffer
	receiver, err := wire.Capture(t.Context(), c.config, slog.New(slog.NewTextHandler(&log, nil)))
	fatal(t, err)
	sources, err := wire.Sources(c.config)
	fatal(t, err)
	var all sync.WaitGroup
	for id := first; id < first+n; id++ {
		all.Go(func() { post(t, receiver, sources["acme"], hubspotContact(id)) })
		all.Go(func() { post(t, receiver, sources["shop"], shopCustomer(id)) })
	}
	all.Wait()
	fatal(t, receiver.Drain(t.Context()))
	if t.Failed() {
		t.Logf("capture's log:\n%s", &log)
	}
}

func hubspotContact(id int) string {
	return fmt.Sprintf(`[{"eventId":%d,"subscriptionId":1,"portalId":62515,"occurredAt":%d,"subscriptionType":"contact.propertyChange",`+
		`"attemptNumber":0,"objectId":%d,"propertyName":"email","propertyValue":"c%d@example.com"}]`, id, 1786998000000+id, id, id)
}

func shopCustomer(id int) string {
	return fmt.Sprintf("{\"type\":\"customer.updated\",\"timestamp\":\"2026-08-21T12:00:00.%06dZ\","+
		"\"data\":{\"id\":\"c-%d\",\"name\":\"Zoë %d\",\"credit\":9007199254740993}}", id, id, id)
}

func post(t *testing.T, h http.Handler, source *crm.Source, body string) {
	path := "/v1/hooks/" + source.Name
	signed := &crm.Request{Method: http.MethodPost, URL: "http://127.0.0.1" + path, Path: path, Header: http.Header{}, Body: []byte(body)}
	if err := source.Sign(signed, time.Now()); err != nil {
		t.Error(err)
		return
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header = signed.Header
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Errorf("%s: status %d: %s", source.Name, w.Code, w.Body)
	}
}

// restore reads the buckets of the given numbers, and gives the records' fields by name.
func (c *clouds) restore(t *testing.T, which ...int) (map[string]map[string]json.RawMessage, restore.Report) {
	t.Helper()
	var urls []string
	for _, i := range which {
		urls = append(urls, c.config.Buckets[i])
	}
	readers, err := wire.Readers(t.Context(), c.config.Federation, urls)
	fatal(t, err)
	sources, err := wire.Interpreters(c.config)
	fatal(t, err)
	result, err := restore.Read(t.Context(), restore.Options{
		Buckets: readers, Root: c.root, Repository: c.config.Repository, Identities: []age.Identity{c.identity}, Sources: sources,
	})
	fatal(t, err)
	return fields(result), result.Report
}

func fields(r *restore.Result) map[string]map[string]json.RawMessage {
	records := map[string]map[string]json.RawMessage{}
	for s := range r.Records() {
		records[name(s.Record)] = s.Fields
	}
	return records
}

func name(r history.Record) string { return r.Source + "/" + r.Type + "/" + r.ID }

// expected is the state that the posts of contacts [1,n] amount to, written down without the product's help.
func expected(n int) map[string]map[string]json.RawMessage {
	records := map[string]map[string]json.RawMessage{}
	for id := 1; id <= n; id++ {
		records[fmt.Sprintf("acme/contact/%d", id)] = map[string]json.RawMessage{"email": json.RawMessage(fmt.Sprintf(`"c%d@example.com"`, id))}
		records[fmt.Sprintf("shop/customer/c-%d", id)] = map[string]json.RawMessage{
			"id": json.RawMessage(fmt.Sprintf(`"c-%d"`, id)), "name": json.RawMessage(fmt.Sprintf(`"Zoë %d"`, id)), "credit": json.RawMessage("9007199254740993"),
		}
	}
	return records
}

// TestMainJob is the product in one test, on real servers: captured into three clouds at once, each restores alone; one
// dies while webhooks come in and no CRM notices; what was acknowledged comes back from any two of the three.
func TestMainJob(t *testing.T) {
	c := newClouds(t)
	c.capture(t, 1, 20)
	for i := range c.config.Buckets {
		records, report := c.restore(t, i)
		if diff := cmp.Diff(expected(20), records); diff != "" {
			t.Fatalf("bucket %d alone (-want +got):\n%s", i, diff)
		}
		if report.Outcome != restore.OK || report.Complete != restore.NotKnown {
			t.Errorf("bucket %d alone: outcome %s, complete %s; want ok, and not known to be complete", i, report.Outcome, report.Complete)
		}
	}

	c.gcs.Stop()
	c.capture(t, 21, 20)
	records, report := c.restore(t, 0, 1, 2)
	if diff := cmp.Diff(expected(40), records); diff != "" {
		t.Fatalf("all buckets, one dead (-want +got):\n%s", diff)
	}
	if report.Outcome != restore.Partial || report.Complete != restore.Yes {
		t.Errorf("one dead: outcome %s, complete %s (%s); want partial, and complete", report.Outcome, report.Complete, report.Why)
	}
	for _, survivor := range []int{0, 2} {
		records, _ := c.restore(t, survivor)
		if diff := cmp.Diff(expected(40), records); diff != "" {
			t.Fatalf("survivor %d alone (-want +got):\n%s", survivor, diff)
		}
	}
}

func newKey(t *testing.T) (ed25519.PublicKey, ed25519.PrivateKey) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	fatal(t, err)
	return public, private
}

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
