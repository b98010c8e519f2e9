package restore_test

import (
	"cmp"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/uuid"

	"outlast.example/shared/crm"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
	"outlast.example/shared/restore"
	"outlast.example/shared/store"
	"outlast.example/shared/store/mem"
)

var epoch = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// repository is three buckets in memory and all keys: what a test needs to write batches and to read them back.
type repository struct {
	tb         testing.TB
	root       ed25519.PrivateKey
	receivers  map[string]ed25519.PrivateKey
	identity   *age.X25519Identity
	descriptor *format.Descriptor
	buckets    []*mem.Bucket
	drivers    []store.Driver
	verified   string // how deliveries were; empty: by a signature
}

func newRepository(tb testing.TB) *repository {
	tb.Helper()
	r := &repository{tb: tb, receivers: map[string]ed25519.PrivateKey{}}
	_, r.root, _ = ed25519.GenerateKey(nil)
	var err error
	if r.identity, err = age.GenerateX25519Identity(); err != nil {
		tb.Fatal(err)
	}
	r.descriptor = &format.Descriptor{
		Format: format.Version, Repository: uuid.NewString(), Number: 1, Created: epoch.Add(-time.Hour), Quorum: 2,
		Recipients: []string{r.identity.Recipient().String()}, AllowOneRecipient: true,
	}
	for i := range 3 {
		url := fmt.Sprintf("mem://%d", i)
		r.descriptor.Buckets = append(r.descriptor.Buckets, format.Bucket{URL: url, CompleteSince: r.descriptor.Created})
		r.buckets = append(r.buckets, mem.New())
		r.drivers = append(r.drivers, r.buckets[i].Open(mem.Options{PageSize: 3}))
	}
	for _, name := range []string{"one", "two"} {
		public, private, _ := ed25519.GenerateKey(nil)
		r.receivers[name] = private
		r.descriptor.Receivers = append(r.descriptor.Receivers, format.Signer{Name: name, Key: public, Since: r.descriptor.Created})
	}
	name, object, err := format.SignDescriptor(r.descriptor, r.root)
	if err != nil {
		tb.Fatal(err)
	}
	r.put(name, object, 0, 1, 2)
	return r
}

func (r *repository) put(key string, object []byte, buckets ...int) {
	for _, i := range buckets {
		r.buckets[i].Put(key, object)
	}
}

// seal makes a batch of one delivery for each list of changes, received a minute after the epoch, times n.
func (r *repository) seal(receiver string, n int, deliveries ...[]history.Change) format.Batch {
	r.tb.Helper()
	var all []*format.Delivery
	now := epoch.Add(time.Duration(n) * time.Minute)
	for _, changes := range deliveries {
		body, err := json.Marshal(changes)
		if err != nil {
			r.tb.Fatal(err)
		}
		all = append(all, &format.Delivery{
			ID: uuid.NewString(), Kind: "trial", Source: "acme", Time: now, Method: "POST", Path: "/", Body: body, Verified: cmp.Or(r.verified, "trial"),
		})
	}
	return r.sealAll(receiver, now, all...)
}

func (r *repository) sealAll(receiver string, now time.Time, deliveries ...*format.Delivery) format.Batch {
	r.tb.Helper()
	encoder, err := format.NewEncoder(r.descriptor.Repository, receiver, r.receivers[receiver], []age.Recipient{r.identity.Recipient()})
	if err != nil {
		r.tb.Fatal(err)
	}
	batch, err := encoder.Encode(deliveries, now)
	if err != nil {
		r.tb.Fatal(err)
	}
	return batch
}

// fill writes n batches to all buckets; batch i states field "a" of record i as i, and of record "all" as i.
func (r *repository) fill(n int) []format.Batch {
	r.tb.Helper()
	var batches []format.Batch
	for i := range n {
		b := r.seal("one", i, []history.Change{update(fmt.Sprint(i), i, fmt.Sprint(i))}, []history.Change{update("all", i, fmt.Sprint(i))})
		r.put(b.Key.String(), b.Object, 0, 1, 2)
		batches = append(batches, b)
	}
	return batches
}

func update(id string, minute int, value string) history.Change {
	return history.Change{
		Record: history.Record{Type: "contact", ID: id}, Op: history.Update,
		Order:  history.Order{Time: epoch.Add(time.Duration(minute) * time.Minute)},
		Fields: map[string]json.RawMessage{"a": json.RawMessage(value)},
	}
}

// options read the given buckets.
func (r *repository) options(buckets ...int) restore.Options {
	o := restore.Options{
		Root: r.root.Public().(ed25519.PublicKey), Repository: r.descriptor.Repository, Identities: []age.Identity{r.identity},
		Sources: map[string]*crm.Source{"acme": {Kind: "trial", Name: "acme", Interpreter: trial{}}},
	}
	for _, i := range buckets {
		o.Buckets = append(o.Buckets, store.NewReader(r.descriptor.Buckets[i].URL, r.drivers[i]))
	}
	return o
}

func (r *repository) read(o restore.Options) *restore.Result {
	r.tb.Helper()
	result, err := restore.Read(r.tb.Context(), o)
	if err != nil {
		r.tb.Fatal(err)
	}
	return result
}

// trial is a CRM whose webhooks are changes in JSON.
type trial struct{}

func (trial) Interpret(d *format.Delivery) (changes []history.Change, err error) {
	if err := json.Unmarshal(d.Body, &changes); err != nil {
		return nil, fmt.Errorf("%w: not a list of changes", crm.ErrUninterpreted)
	}
	return changes, nil
}

// told is the state in few words: id=a, in order.
func told(r *restore.Result) string {
	var words []string
	for s := range r.Records() {
		words = append(words, s.Record.ID+"="+string(s.Fields["a"]))
	}
	return strings.Join(words, " ")
}
