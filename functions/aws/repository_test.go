package main

import (
	"crypto/ed25519"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"outlast.example/shared/format"
)

const (
	publicURL     = "https://hooks.example.com"
	hubspotSecret = "the-app-client-secret"
	shopToken     = "a-token-that-stands-in-the-path"
)

// repository is three folders, and what it takes to read them.
type repository struct {
	environ []string // of the function, as Lambda's configuration holds it
	buckets []string
	opener  *format.Opener
}

func newRepository(t *testing.T) *repository {
	folder := t.TempDir()
	public, private, err := ed25519.GenerateKey(nil)
	fatal(t, err)
	pem, err := format.MarshalPrivateKey(private)
	fatal(t, err)
	fatal(t, os.WriteFile(filepath.Join(folder, "receiver.pem"), pem, 0o600))
	identity, err := age.GenerateX25519Identity()
	fatal(t, err)

	path := filepath.Join(folder, "outlast.yaml")
	const id = "6f1c2f0e-5b1a-4c62-9d0c-0c2b7a9e4d11"
	r := &repository{
		environ: []string{
			"OUTLAST_CONFIG=" + path,
			"OUTLAST_PUBLIC_URL=" + publicURL,
			"OUTLAST_SOURCE_ACME_SECRETS=" + hubspotSecret,
			"OUTLAST_SOURCE_SHOP_SECRETS=" + shopToken,
		},
		opener: format.NewOpener(&format.Descriptor{
			Format: format.Version, Repository: id,
			Receivers: []format.Signer{{Name: "aws", Key: public, Since: time.Now().Add(-time.Hour)}},
		}, []age.Identity{identity}),
	}
	var urls []string
	for _, name := range []string{"a", "b", "c"} {
		bucket := filepath.Join(folder, name)
		fatal(t, os.Mkdir(bucket, 0o700))
		r.buckets, urls = append(r.buckets, bucket), append(urls, "file://"+bucket)
	}
	fatal(t, os.WriteFile(path, fmt.Appendf(nil, `
repository: %s
root_public_key: %s
recipients: [%s]
receiver: {name: aws, key_file: receiver.pem}
buckets: [%s]
limits: {deadline: 50s, straggler: 40s, attempt: 30s} # a busy machine is no slow bucket
sources:
  - {name: acme, kind: hubspot}
  - {name: shop, kind: generic, options: {token_in: path}}
`, id, format.FormatPublicKey(public), identity.Recipient(), strings.Join(urls, ", ")), 0o600))
	return r
}

// deliveries reads everything that a bucket holds, by id.
func (r *repository) deliveries(t *testing.T, bucket string) map[string]*format.Delivery {
	t.Helper()
	all := map[string]*format.Delivery{}
	fatal(t, fs.WalkDir(os.DirFS(bucket), ".", func(key string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		object, err := os.ReadFile(filepath.Join(bucket, key))
		if err != nil {
			return err
		}
		for d, err := range r.opener.Deliveries(key, object) {
			if err != nil {
				return err
			}
			all[d.ID] = d
		}
		return nil
	}))
	return all
}

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
