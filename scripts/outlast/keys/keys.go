// Package keys makes the keys of a new repository and writes them to a folder.
package keys

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"filippo.io/age"
	"github.com/google/uuid"

	"outlast.example/shared/format"
)

// Wanted says how many keys there shall be.
type Wanted struct {
	Receivers  []string // names
	Identities int
}

// Made is a new repository's keys.
type Made struct {
	Repository string // UUID
	Root       ed25519.PrivateKey
	Receivers  []Receiver
	Identities []*age.X25519Identity
}

// Receiver is one deployment's key.
type Receiver struct {
	Name string
	Key  ed25519.PrivateKey
}

// Make draws keys from the system's source of randomness.
func Make(w Wanted) (*Made, error) {
	if len(w.Receivers) == 0 || w.Identities < 1 {
		return nil, errors.New("make keys: want at least one receiver and one identity")
	}
	id, err := uuid.NewRandom()
	if err != nil {
		return nil, fmt.Errorf("make repository id: %w", err)
	}
	m := &Made{Repository: id.String()}
	if _, m.Root, err = ed25519.GenerateKey(rand.Reader); err != nil {
		return nil, fmt.Errorf("make root key: %w", err)
	}
	if err := m.receivers(w.Receivers); err != nil {
		return nil, err
	}
	for range w.Identities {
		identity, err := age.GenerateX25519Identity()
		if err != nil {
			return nil, fmt.Errorf("make age identity: %w", err)
		}
		m.Identities = append(m.Identities, identity)
	}
	return m, nil
}

func (m *Made) receivers(names []string) error {
	seen := map[string]bool{}
	for _, name := range names {
		if err := format.CheckReceiver(name); err != nil {
			return fmt.Errorf("make receiver key: %w", err)
		}
		if seen[name] {
			return fmt.Errorf("make receiver key: %q is named twice", name)
		}
		seen[name] = true
		_, key, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return fmt.Errorf("make key of receiver %s: %w", name, err)
		}
		m.Receivers = append(m.Receivers, Receiver{name, key})
	}
	return nil
}

// Lines are the configuration's lines for these keys, in YAML. They hold no secret. The folder is where the files are,
// as seen from the configuration.
func (m *Made) Lines(folder string) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("repository: %s", m.Repository)
	line("root_public_key: %s", public(m.Root))
	line("recipients:")
	for _, identity := range m.Identities {
		line("  - %s", identity.Recipient())
	}
	line("identities: # on the machine that restores only")
	for i := range m.Identities {
		line("  - %s/%s", folder, identityName(i))
	}
	line("receivers:")
	for _, r := range m.Receivers {
		line("  - %s %s", r.Name, public(r.Key))
	}
	for i, r := range m.Receivers {
		mark := ""
		if i > 0 {
			mark = "# " // a deployment is one receiver
		}
		line("%sreceiver: {name: %s, key_file: %s/%s}", mark, r.Name, folder, receiverName(r.Name))
	}
	return b.String()
}

func public(key ed25519.PrivateKey) string {
	return format.FormatPublicKey(key.Public().(ed25519.PublicKey))
}
