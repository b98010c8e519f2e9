package recent

import (
	"context"
	"time"

	"outlast.example/shared/descriptors"
	"outlast.example/shared/format"
)

// descriptor finds the one that counts in all buckets together, and from when on there can be batches.
func (l *Log) descriptor(ctx context.Context) (*format.Descriptor, time.Time, error) {
	found, err := descriptors.Find(ctx, l.Buckets, l.Root, l.Repository)
	if err != nil {
		return nil, time.Time{}, err
	}
	return found.Descriptor, found.Began.Add(-day), nil // receivers' clocks may be behind
}
