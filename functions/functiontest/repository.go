package functiontest

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"outlast.example/shared/config"
	"outlast.example/shared/format"
	"outlast.example/shared/restore"
	"outlast.example/shared/store"
	"outlast.example/shared/store/storetest/servers"
	"outlast.example/shared/wire"
)

// What the sources of a Repository are sent with.
const (
	PublicURL     = "https://hooks.example.com"
	NoURL         = "https://not-yet.invalid"                                          // what a function is told until its own is known
	HubSpotSecret = "the-app-client-secret"                                            //nolint:gosec // opens nothing
	RelaySource   = "aws.partner/salesforce.com/00DHs0000010aBcMAI/0YLHs0000000001CAA" // of the source crm
)

// Repository is one of three buckets, on real servers of the three kinds, with a receiver and a sealer in each cloud.
type Repository struct {
	S3    *servers.S3Server
	GCS   *servers.GCSServer
	Azure *servers.AzureServer

	Buckets  []string
	root     ed25519.PublicKey
	identity *age.X25519Identity
	file     string
	keys     map[string]string // PEM, by signer
}

// id is the repository's.
const id = "6f1c2f0e-5b1a-4c62-9d0c-0c2b7a9e4d11"

// Clouds are those that have a receiver and a sealer, named like them.
var Clouds = []string{"aws", "gcp", "azure"}

// NewRepository starts the servers, and writes the first descriptor into every bucket.
func NewRepository(t testing.TB) *Repository {
	t.Helper()
	r := &Repository{S3: servers.S3(t), GCS: servers.GCS(t), Azure: servers.Azure(t), keys: map[string]string{}}
	r.Buckets = []string{r.S3.URL(r.S3.Bucket(t)), r.GCS.URL(r.GCS.Bucket(t)), r.Azure.URL(r.Azure.Container(t))}
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	r.identity = identity
	r.begin(t)
	r.configure(t)
	return r
}

func (r *Repository) begin(t testing.TB) {
	t.Helper()
	began := time.Now().UTC().Truncate(time.Second).Add(-time.Minute)
	d := &format.Descriptor{
		Format: format.Version, Repository: id, Number: 1, Created: began, Quorum: 2,
		Recipients: []string{r.identity.Recipient().String()}, AllowOneRecipient: true,
	}
	for _, url := range r.Buckets {
		d.Buckets = append(d.Buckets, format.Bucket{URL: url, CompleteSince: began})
	}
	for _, cloud := range Clouds {
		d.Receivers = append(d.Receivers, format.Signer{Name: cloud, Key: r.newKey(t, cloud), Since: began})
		d.Sealers = append(d.Sealers, format.Signer{Name: "seal-" + cloud, Key: r.newKey(t, "seal-"+cloud), Since: began})
	}
	root, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	r.root = root
	name, object, err := format.SignDescriptor(d, key)
	if err != nil {
		t.Fatal(err)
	}
	for variable, value := range variables() {
		t.Setenv(variable, value)
	}
	keepers, err := wire.Keepers(t.Context(), config.Federation{}, r.Buckets)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keepers {
		if err := k.Create(t.Context(), name, store.NewContent(object)); err != nil {
			t.Fatal(err)
		}
	}
}

func (r *Repository) newKey(t testing.TB, signer string) ed25519.PublicKey {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	pem, err := format.MarshalPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	r.keys[signer] = string(pem)
	return public
}

// variables are the servers' credentials.
func variables() map[string]string {
	return map[string]string{
		"AWS_ACCESS_KEY_ID": servers.Root.ID, "AWS_SECRET_ACCESS_KEY": servers.Root.Secret, "AZURE_STORAGE_KEY": servers.AccountKey,
	}
}

func (r *Repository) configure(t testing.TB) {
	t.Helper()
	r.file = filepath.Join(t.TempDir(), "outlast.yaml")
	text := fmt.Sprintf(`
repository: %s
root_public_key: %s
recipients: [%s]
buckets: ["%s"]
limits: {deadline: 15s, straggler: 10s, attempt: 8s} # a busy machine is no slow bucket
sources:
  - {name: acme, kind: hubspot}
  - {name: crm, kind: salesforce, event_source: %s}
`, id, format.FormatPublicKey(r.root), r.identity.Recipient(), strings.Join(r.Buckets, `", "`), RelaySource)
	if err := os.WriteFile(r.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Hanging is the same repository for who reaches only its first bucket: the others take connections and never answer.
func (r *Repository) Hanging(t testing.TB) *Repository {
	t.Helper()
	silent, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	text, err := os.ReadFile(r.file)
	if err != nil {
		t.Fatal(err)
	}
	for _, endpoint := range []string{r.GCS.Endpoint, r.Azure.Endpoint} {
		u, err := url.Parse(endpoint)
		if err != nil {
			t.Fatal(err)
		}
		text = bytes.ReplaceAll(text, []byte(url.QueryEscape(u.Host)), []byte(url.QueryEscape(silent.Addr().String())))
	}
	hanging := *r
	hanging.file = filepath.Join(t.TempDir(), "outlast.yaml")
	if err := os.WriteFile(hanging.file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return &hanging
}

// Configure puts the configuration where an archive has it.
func (r *Repository) Configure(t testing.TB, folder string) {
	t.Helper()
	text, err := os.ReadFile(r.file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "outlast.yaml"), text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Environ is the environment of a cloud's functions, with the keys that a signer has.
func (r *Repository) Environ(signer string) []string {
	environ := []string{"OUTLAST_CONFIG=" + r.file, "OUTLAST_PUBLIC_URL=" + PublicURL,
		"OUTLAST_SOURCE_ACME_SECRETS=" + HubSpotSecret, "OUTLAST_SOURCE_CRM_SECRETS=a-token-that-nobody-is-told"}
	for name, value := range variables() {
		environ = append(environ, name+"="+value)
	}
	part := "RECEIVER"
	if strings.HasPrefix(signer, "seal-") {
		part = "SEALER"
	}
	return append(environ, "OUTLAST_"+part+"_NAME="+signer, "OUTLAST_"+part+"_KEY="+r.keys[signer])
}

// Addresses are the servers' and their buckets', as the bare program takes them.
func (r *Repository) Addresses(t testing.TB) []string {
	return []string{r.S3.Endpoint, r.S3.Bucket(t), r.GCS.Endpoint, r.GCS.Bucket(t), r.Azure.Endpoint, r.Azure.Container(t)}
}

// Restore reads all buckets.
func (r *Repository) Restore(t testing.TB) *restore.Result {
	t.Helper()
	c, err := config.Load(config.Layers{Path: r.file})
	if err != nil {
		t.Fatal(err)
	}
	sources, err := wire.Interpreters(c)
	if err != nil {
		t.Fatal(err)
	}
	readers, err := wire.Readers(t.Context(), config.Federation{}, slices.Clone(r.Buckets))
	if err != nil {
		t.Fatal(err)
	}
	result, err := restore.Read(t.Context(), restore.Options{
		Buckets: readers, Root: r.root, Repository: id, Identities: []age.Identity{r.identity}, Sources: sources,
	})
	if err != nil {
		t.Fatal(err)
	}
	return result
}
