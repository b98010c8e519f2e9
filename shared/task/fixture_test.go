package task_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"filippo.io/age"

	"outlast.example/shared/config"
	"outlast.example/shared/doctor"
	"outlast.example/shared/format"
	"outlast.example/shared/task"
)

const repositoryID = "6f1c2f0e-5b1a-4c62-9d0c-0c2b7a9e4d11"

// repository is two folders with a descriptor, and one batch in the first of them.
type repository struct {
	config  *config.Config
	folders []string
	batch   string // its key
	probe   string // key of one of doctor's, which is in no bucket
}

func newRepository(t *testing.T) *repository {
	t.Helper()
	r := &repository{folders: []string{t.TempDir(), t.TempDir()}}
	root, rootKey := key(t)
	receiver, receiverKey := key(t)
	sealer, sealerKey := key(t)
	identity, err := age.GenerateX25519Identity()
	fatal(t, err)
	now := time.Now().UTC().Truncate(time.Second)
	d := &format.Descriptor{
		Format: format.Version, Repository: repositoryID, Number: 1, Created: now.Add(-time.Hour), Quorum: 1,
		Recipients: []string{identity.Recipient().String()}, AllowOneRecipient: true,
		Receivers: []format.Signer{{Name: "r", Key: receiver, Since: now.Add(-time.Hour)}},
		Sealers:   []format.Signer{{Name: "s", Key: sealer, Since: now.Add(-time.Hour)}},
	}
	r.config, err = config.Load(config.Layers{})
	fatal(t, err)
	for _, folder := range r.folders {
		url := "file://" + folder
		r.config.Buckets = append(r.config.Buckets, url)
		d.Buckets = append(d.Buckets, format.Bucket{URL: url, CompleteSince: now.Add(-time.Hour)})
	}
	name, object, err := format.SignDescriptor(d, rootKey)
	fatal(t, err)
	for _, folder := range r.folders {
		put(t, folder, name, object)
		put(t, folder, format.RecoveryName(1), format.RecoveryPage(d))
	}
	encoder, err := format.NewEncoder(repositoryID, "r", receiverKey, []age.Recipient{identity.Recipient()})
	fatal(t, err)
	batch, err := encoder.Encode([]*format.Delivery{{
		ID: "0197f4a1-6a1e-7c2b-9d3f-000000000001", Kind: "hubspot", Source: "acme", Time: now, Method: "POST", Path: "/", Verified: "token",
	}}, now)
	fatal(t, err)
	r.batch = batch.Key.String()
	put(t, r.folders[0], r.batch, batch.Object)
	probe, err := doctor.NewProbe(encoder, now)
	fatal(t, err)
	r.probe = probe.Key
	r.config.Repository, r.config.Quorum, r.config.RootPublicKey = repositoryID, 1, format.FormatPublicKey(root)
	pem, err := format.MarshalPrivateKey(sealerKey)
	fatal(t, err)
	r.config.Sealer = config.Signer{Name: "s", Key: config.Secret(pem)}
	return r
}

func key(t *testing.T) (ed25519.PublicKey, ed25519.PrivateKey) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	fatal(t, err)
	return public, private
}

func put(t *testing.T, folder, key string, object []byte) {
	t.Helper()
	path := filepath.Join(folder, filepath.FromSlash(key))
	fatal(t, os.MkdirAll(filepath.Dir(path), 0o700))
	fatal(t, os.WriteFile(path, object, 0o600))
}

// slice runs a scheduled task, and gives the level and the outcome of its line in the log.
func (r *repository) slice(t *testing.T, name string) (level, outcome string, err error) {
	t.Helper()
	var log bytes.Buffer
	err = task.Schedules[name](t.Context(), r.config, slog.New(slog.NewJSONHandler(&log, nil)))
	for line := range bytes.Lines(log.Bytes()) {
		var said struct{ Level, Msg, Outcome string }
		fatal(t, json.Unmarshal(line, &said))
		if said.Msg == name {
			return said.Level, said.Outcome, err
		}
	}
	return "", fmt.Sprintf("no line %q in %s", name, &log), err
}

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
