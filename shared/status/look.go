package status

import (
	"context"
	"crypto/ed25519"
	"time"

	"outlast.example/shared/descriptors"
	"outlast.example/shared/report"
	"outlast.example/shared/standing"
	"outlast.example/shared/store"
)

// Look gathers what the buckets show and what sealers report; locks are those of the buckets, in their order. What this machine
// keeps is for the caller to add. An error says that there is nothing to judge by; for one that is a
// *descriptors.None, see Gone.
func Look(ctx context.Context, buckets []*store.Reader, locks []standing.Locks, root ed25519.PublicKey, repository string, now time.Time) (*View, error) {
	asked := standing.Ask(buckets)
	found, err := descriptors.Find(ctx, asked, root, repository)
	if err != nil {
		return nil, err
	}
	v := &View{Now: now, Found: found}
	o := standing.Options{Locks: locks, Descriptor: found.Descriptor, Now: now}
	for _, b := range asked {
		v.Buckets, o.Buckets = append(v.Buckets, b.Name()), append(o.Buckets, b)
	}
	v.Standings = standing.Look(ctx, o)
	v.Seen = report.Read(ctx, asked, found.Descriptor, now)
	return v, nil
}
