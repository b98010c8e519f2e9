package next

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"outlast.example/shared/descriptors"
	"outlast.example/shared/format"
)

// ErrFork: several descriptors, all signed by the root key, have the highest number. None counts: the one after them settles it.
var ErrFork = errors.New("several descriptors have the highest number")

// checkFork looks for those. What cannot be read shows nothing. Where the repository is known, what the root key did not sign for it is
// told by its name, and not read: there may be very many.
func checkFork(ctx context.Context, buckets []descriptors.Bucket, root ed25519.PublicKey, repository string) error {
	highest, hashes := 0, []string(nil)
	for _, b := range buckets {
		for o, err := range b.List(ctx, format.DescriptorPrefix) {
			n, other := format.ParseDescriptorName(o.Key)
			if err != nil || other != nil || n.Number < highest || repository != "" && !n.SignedBy(root, repository) || !signed(ctx, b, o.Key, root) {
				continue
			}
			if n.Number > highest {
				highest, hashes = n.Number, nil
			}
			hashes = append(hashes, hex.EncodeToString(n.SHA256[:]))
		}
	}
	slices.Sort(hashes)
	if hashes = slices.Compact(hashes); len(hashes) > 1 {
		return fmt.Errorf("%w: number %d: %s", ErrFork, highest, strings.Join(hashes, ", "))
	}
	return nil
}

func signed(ctx context.Context, b descriptors.Bucket, name string, root ed25519.PublicKey) bool {
	object, err := b.ReadAll(ctx, name, format.MaxDescriptor)
	if err != nil {
		return false
	}
	_, err = format.OpenDescriptor(name, object, root)
	return err == nil
}
