// Package trial makes a folder with everything that Outlast needs on one machine: three buckets, keys, sources with
// random secrets, and the configuration that names them.
package trial

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"outlast.example/scripts/outlast/keys"
)

// Names in the folder.
const (
	ConfigName = "outlast.yaml"
	keysName   = "keys"
	secretDir  = "secrets"
)

// Receiver is the trial's only one.
const Receiver = "trial"

// Buckets are the names of the trial's buckets, which are folders.
var Buckets = []string{"a", "b", "c"}

// RootKey is the root key's file.
func RootKey(folder string) string { return filepath.Join(folder, keysName, keys.RootName) }

// SecretFile holds a source's secret.
func SecretFile(folder, source string) string { return filepath.Join(folder, secretDir, source) }

// BucketURL is a bucket's.
func BucketURL(folder, bucket string) (string, error) {
	path, err := filepath.Abs(filepath.Join(folder, bucket))
	return "file://" + filepath.ToSlash(path), err
}

// Source is a source to be made. Its secret is drawn.
type Source struct {
	Name        string            `yaml:"name"`
	Kind        string            `yaml:"kind"`
	SecretFiles []string          `yaml:"secret_files"`
	Options     map[string]string `yaml:"options,omitempty"`
}

// Make makes the folder, or leaves everything as it was. It fails where there is something.
func Make(folder string, sources []Source) (err error) {
	folder = filepath.Clean(folder)
	part, err := os.MkdirTemp(filepath.Dir(folder), ".trial-") // readable by the owner alone
	if err != nil {
		return fmt.Errorf("make trial folder %s: %w", folder, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(part)) }()
	if err := fill(part, folder, sources); err != nil {
		return fmt.Errorf("make trial folder %s: %w", folder, err)
	}
	if err := os.Rename(part, folder); err != nil {
		return fmt.Errorf("make trial folder %s: %w", folder, err)
	}
	return nil
}

func fill(part, folder string, sources []Source) error {
	made, err := keys.Make(keys.Wanted{Receivers: []string{Receiver}, Identities: 2})
	if err != nil {
		return err
	}
	if err := made.Write(filepath.Join(part, keysName)); err != nil {
		return err
	}
	for _, name := range slices.Concat(Buckets, []string{secretDir}) {
		if err := os.Mkdir(filepath.Join(part, name), 0o700); err != nil {
			return err
		}
	}
	sources = slices.Clone(sources)
	for i, s := range sources {
		if err := os.WriteFile(SecretFile(part, s.Name), []byte(secret()+"\n"), 0o600); err != nil {
			return err
		}
		sources[i].SecretFiles = []string{secretDir + "/" + s.Name}
	}
	text, err := configuration(made, folder, sources)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(part, ConfigName), text, 0o600)
}

// secret is one that every kind of source takes.
func secret() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return "whsec_" + base64.StdEncoding.EncodeToString(b)
}

func configuration(made *keys.Made, folder string, sources []Source) ([]byte, error) {
	urls := make([]string, len(Buckets))
	for i, name := range Buckets {
		url, err := BucketURL(folder, name)
		if err != nil {
			return nil, err
		}
		urls[i] = url
	}
	rest, err := yaml.Marshal(map[string]any{"buckets": urls, "sources": sources})
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString("# A trial on one machine. In earnest, the root key and the identities are kept offline, apart, and the\n" +
		"# buckets belong to different providers: see \"outlast help config\".\n")
	b.WriteString(made.Lines(keysName))
	b.Write(rest)
	return []byte(b.String()), nil
}
