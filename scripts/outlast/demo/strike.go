package demo

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"outlast.example/scripts/outlast/trial"
	"outlast.example/shared/format"
	"outlast.example/shared/store"
	"outlast.example/shared/wire"
)

// strike does what accidents and adversaries do. It works on files, as somebody does who has the disk.
func (s *stage) strike() error {
	if err := os.RemoveAll(s.bucketPath(0)); err != nil {
		return err
	}
	if err := s.corruptNewest(1); err != nil {
		return err
	}
	if err := s.renameOne(2); err != nil {
		return err
	}
	return s.forge(2)
}

// corruptNewest flips one bit in the middle of a bucket's newest batch.
func (s *stage) corruptNewest(bucket int) error {
	keys, err := s.batches(bucket)
	if err != nil {
		return err
	}
	path := filepath.Join(s.bucketPath(bucket), filepath.FromSlash(keys[len(keys)-1]))
	text, err := os.ReadFile(path) //nolint:gosec // in the demo's folder
	if err != nil {
		return err
	}
	text[len(text)/2] ^= 1
	return os.WriteFile(path, text, 0o600)
}

// renameOne replays a bucket's first batch under a later name: an old state that shall look new.
func (s *stage) renameOne(bucket int) error {
	keys, err := s.batches(bucket)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(s.bucketPath(bucket), filepath.FromSlash(keys[0]))) //nolint:gosec // in the demo's folder
	if err != nil {
		return err
	}
	k, err := format.ParseKey(keys[0])
	if err != nil {
		return err
	}
	k.Time = k.Time.Add(time.Minute)
	return s.plant(bucket, k.String(), text)
}

// forge slips in a batch that deletes every contact. It is encrypted to the right recipients, which are public, and
// carries the receiver's name; only the receiver's key is another one.
func (s *stage) forge(bucket int) error {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	recipients, err := format.ParseRecipients(s.config.Recipients)
	if err != nil {
		return err
	}
	encoder, err := format.NewEncoder(s.config.Repository, trial.Receiver, key, recipients)
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	batch, err := encoder.Encode([]*format.Delivery{s.story.deletion(now)}, now)
	if err != nil {
		return err
	}
	return s.plant(bucket, batch.Key.String(), batch.Object)
}

// deletion is a delivery that says that every living contact was deleted just now.
func (s *story) deletion(now time.Time) *format.Delivery {
	t := &teller{}
	var events []map[string]any
	for r, e := range s.want {
		if r.Type == "contact" && e.live() {
			events = append(events, map[string]any{
				"subscriptionType": "contact.deletion", "objectId": r.ID, "occurredAt": now.UnixMilli(), "portalId": 62515,
			})
		}
	}
	t.story = &story{}
	t.send(hubspotSource, nil, events)
	return &format.Delivery{
		ID: uuid.NewString(), Kind: "hubspot", Source: hubspotSource, Time: now, Method: http.MethodPost,
		Path: "/v1/hooks/" + hubspotSource, Header: http.Header{}, Body: t.webhooks[0].body, Verified: "hubspot-v3",
	}
}

func (s *stage) plant(bucket int, key string, object []byte) error {
	d, err := wire.Driver(context.Background(), s.config.Buckets[bucket])
	if err != nil {
		return err
	}
	if err := d.Create(context.Background(), key, store.NewContent(object)); err != nil {
		return fmt.Errorf("plant %s: %w", key, err)
	}
	return d.Close()
}
