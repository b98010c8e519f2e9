package begin

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"outlast.example/shared/config"
	"outlast.example/shared/format"
	"outlast.example/shared/wire"
)

var (
	// ErrOneRecipient: fewer than two recipients, and nobody said that this is meant.
	ErrOneRecipient = errors.New("one recipient: whoever loses its identity loses everything")
	// ErrRootKey: the root key cannot be read, or is not the one that is pinned.
	ErrRootKey = errors.New("root key")
)

// Run begins the repository that a configuration names.
func Run(ctx context.Context, c *config.Config, rootKey string, allowOne bool) (*Report, error) {
	if err := c.Begin(); err != nil {
		return nil, err
	}
	want, err := descriptor(c, time.Now(), allowOne)
	if err != nil {
		return nil, err
	}
	root, err := ReadRootKey(rootKey, c)
	if err != nil {
		return nil, err
	}
	buckets, err := wire.Keepers(ctx, c.Federation, c.Buckets)
	if err != nil {
		return nil, err
	}
	report, err := Repository(ctx, buckets, want, root)
	return report, errors.Join(err, wire.Close(buckets))
}

// ReadRootKey reads the root private key, which must be the one that the configuration pins.
func ReadRootKey(path string, c *config.Config) (ed25519.PrivateKey, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRootKey, err)
	}
	root, err := format.ParsePrivateKey(text)
	if err != nil {
		return nil, fmt.Errorf("%w %s: %w", ErrRootKey, path, err)
	}
	if format.FormatPublicKey(root.Public().(ed25519.PublicKey)) != c.RootPublicKey {
		return nil, fmt.Errorf("%w %s is not the one whose public half is root_public_key", ErrRootKey, path)
	}
	return root, nil
}

// early is how much earlier than the first descriptor a receiver's signature may be. Nothing was before it that could
// contradict, and what a receiver captured before anybody ran init was acknowledged all the same.
const early = 365 * 24 * time.Hour

// descriptor is number 1, as the configuration describes the repository. All buckets are empty now: so each is complete
// from here on.
func descriptor(c *config.Config, now time.Time, allowOne bool) (*format.Descriptor, error) {
	if len(c.Recipients) < 2 && !allowOne {
		return nil, ErrOneRecipient
	}
	now = now.UTC().Truncate(time.Second)
	d := &format.Descriptor{
		Format: format.Version, Repository: c.Repository, Number: 1, Created: now, Quorum: c.Quorum,
		Recipients: c.Recipients, AllowOneRecipient: allowOne,
	}
	for _, url := range c.Buckets {
		d.Buckets = append(d.Buckets, format.Bucket{URL: url, CompleteSince: now})
	}
	var err error
	if d.Receivers, err = since(now.Add(-early), "receiver", c.Receivers); err != nil {
		return nil, err
	}
	d.Sealers, err = since(now, "sealer", c.Sealers)
	return d, err
}

// since reads the lines of signers whose keys count from a moment on.
func since(t time.Time, role string, lines []string) ([]format.Signer, error) {
	var all []format.Signer
	for _, line := range lines {
		name, text, _ := strings.Cut(line, " ")
		key, err := format.ParsePublicKey(text)
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", role, name, err)
		}
		all = append(all, format.Signer{Name: name, Key: key, Since: t})
	}
	return all, nil
}
