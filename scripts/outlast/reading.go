package main

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"time"

	"filippo.io/age"

	"outlast.example/scripts/outlast/keys"
	"outlast.example/shared/config"
	"outlast.example/shared/format"
	"outlast.example/shared/store"
	"outlast.example/shared/wire"
)

// reading is what restore and log need.
type reading struct {
	config     *config.Config
	root       ed25519.PublicKey
	identities []age.Identity
	buckets    []*store.Reader
}

func (a *app) openForReading(ctx context.Context, flags ...func(*config.Config)) (*reading, error) {
	c, err := a.configure(flags...)
	if err != nil {
		return nil, err
	}
	if err := c.Read(); err != nil {
		return nil, err
	}
	r := &reading{config: c}
	if r.root, err = format.ParsePublicKey(c.RootPublicKey); err != nil {
		return nil, fmt.Errorf("root_public_key: %w", err)
	}
	if r.identities, err = keys.ReadIdentities(c.Identities); err != nil {
		return nil, err
	}
	r.buckets, err = wire.Readers(ctx, c.Federation, c.Buckets)
	return r, err
}

// moment reads a time as operators write it: a date, a date with a time, or a duration before now. Empty is the zero time.
func moment(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return time.Now().Add(-ago), nil
	}
	return time.Time{}, fmt.Errorf("%w: %q is no moment: write 2026-11-22, 2026-11-22T09:00:00Z (UTC without a zone) "+
		"or 90m for 90 minutes ago", errUsage, text)
}
