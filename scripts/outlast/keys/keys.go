// Package keys makes a repository's keys and writes them to a folder.
package keys

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"

	"filippo.io/age"
	"github.com/google/uuid"

	"outlast.example/shared/format"
)

// Wanted says how many keys there shall be.
type Wanted struct {
	Receivers  []string // names
	Sealers    []string
	Identities int
}

// Made is a new repository's keys.
type Made struct {
	Repository string // UUID
	Root       ed25519.PrivateKey
	Signers
	Identities []*age.X25519Identity
}

// Signers are the keys of receivers, each one deployment of capture, and of sealers, who sign the lists of hours.
type Signers struct {
	Receivers, Sealers []Signer
}

// Signer is one of them.
type Signer struct {
	Name string
	Key  ed25519.PrivateKey
}

// Line is a signer's name and public key, as the configuration and "outlast descriptor next" take them.
func (s Signer) Line() string { return s.Name + " " + public(s.Key) }

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
	if m.Signers, err = MakeSigners(w.Receivers, w.Sealers); err != nil {
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

// MakeSigners draws keys for receivers and sealers of these names.
func MakeSigners(receivers, sealers []string) (s Signers, err error) {
	if s.Receivers, err = signers("receiver", receivers); err != nil {
		return Signers{}, err
	}
	s.Sealers, err = signers("sealer", sealers)
	return s, err
}

func signers(role string, names []string) ([]Signer, error) {
	var all []Signer
	for _, name := range names {
		if err := format.CheckReceiver(name); err != nil {
			return nil, fmt.Errorf("make %s key: %w", role, err)
		}
		if slices.ContainsFunc(all, func(s Signer) bool { return s.Name == name }) {
			return nil, fmt.Errorf("make %s key: %q is named twice", role, name)
		}
		_, key, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return nil, fmt.Errorf("make key of %s %s: %w", role, name, err)
		}
		all = append(all, Signer{name, key})
	}
	return all, nil
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
		line("  - %s", r.Line())
	}
	if len(m.Sealers) > 0 {
		line("sealers:")
	}
	for _, s := range m.Sealers {
		line("  - %s", s.Line())
	}
	for i, r := range m.Receivers {
		mark := ""
		if i > 0 {
			mark = "# " // a deployment is one receiver
		}
		line("%sreceiver: {name: %s, key_file: %s/%s}", mark, r.Name, folder, ReceiverName(r.Name))
	}
	for _, s := range m.Sealers {
		line("# sealer: {name: %s, key_file: %s/%s} # where it seals", s.Name, folder, SealerName(s.Name))
	}
	return b.String()
}

func public(key ed25519.PrivateKey) string {
	return format.FormatPublicKey(key.Public().(ed25519.PublicKey))
}
