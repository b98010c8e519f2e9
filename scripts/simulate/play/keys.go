package play

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"sync"

	"filippo.io/age"

	"outlast.example/shared/format"
)

const (
	repositoryID = "6f1c2f0e-5b1a-4c62-9d0c-0c2b7a9e4d11"
	elsewhere    = "0c2b7a9e-4d11-4c62-9d0c-6f1c2f0e5b1a" // another repository of the same people
)

// sameness takes the place of chance: every read gives the same bytes. What is encrypted is then a function of what it
// says, whichever goroutine of an encoder prepared it; the deliveries' ids keep batches distinct.
type sameness struct{}

func (sameness) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(i*7 + 1)
	}
	return len(b), nil
}

// cast is everybody's keys. They are the same in all runs, so that encoders, which are costly to make, serve them all.
type cast struct {
	root      ed25519.PrivateKey
	identity  *identity
	recipient *recipient
	encoders  sync.Map // by repository, name and key: *format.Encoder
}

var everybody = sync.OnceValue(func() *cast {
	rand.Reader = sameness{}
	x, err := age.GenerateX25519Identity()
	if err != nil {
		panic(err) // only without randomness, and there is some
	}
	return &cast{root: private("root"), identity: &identity{X25519Identity: x}, recipient: &recipient{X25519Recipient: x.Recipient()}}
})

// recipient remembers the file keys that it wrapped: without chance, all batches have the same.
type recipient struct {
	*age.X25519Recipient
	keys sync.Map // by file key
}

// Wrap gives what the X25519 recipient gives.
func (r *recipient) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	if stanzas, found := r.keys.Load(string(fileKey)); found {
		return stanzas.([]*age.Stanza), nil
	}
	stanzas, err := r.X25519Recipient.Wrap(fileKey)
	if err == nil {
		r.keys.Store(string(fileKey), stanzas)
	}
	return stanzas, err
}

// identity remembers the file keys that it unwrapped: those of all batches are the same here, and each costs as much as
// the rest of a batch's reading.
type identity struct {
	*age.X25519Identity
	keys sync.Map // by what is wrapped
}

// Unwrap gives what the X25519 identity gives.
func (i *identity) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	var all strings.Builder
	for _, s := range stanzas {
		_, _ = fmt.Fprintf(&all, "%s %s %x\n", s.Type, s.Args, s.Body)
	}
	wrapped := all.String()
	if key, found := i.keys.Load(wrapped); found {
		return slices.Clone(key.([]byte)), nil
	}
	key, err := i.X25519Identity.Unwrap(stanzas)
	if err == nil {
		i.keys.Store(wrapped, slices.Clone(key))
	}
	return key, err
}

// privates remembers keys: to make one costs as much as a signature.
var privates sync.Map // by name

// private is somebody's key.
func private(name string) ed25519.PrivateKey {
	if key, found := privates.Load(name); found {
		return key.(ed25519.PrivateKey)
	}
	seed := sha256.Sum256([]byte("simulation " + name))
	key := ed25519.NewKeyFromSeed(seed[:])
	privates.Store(name, key)
	return key
}

func public(name string) ed25519.PublicKey { return private(name).Public().(ed25519.PublicKey) }

// encoder gives one that writes for a repository, in a receiver's name, with somebody's key.
func (c *cast) encoder(repository, receiver, owner string) *format.Encoder {
	who := repository + receiver + " " + owner
	if e, found := c.encoders.Load(who); found {
		return e.(*format.Encoder)
	}
	e, err := format.NewEncoder(repository, receiver, private(owner), []age.Recipient{c.recipient})
	if err != nil {
		panic(err) // names and keys are constants
	}
	c.encoders.Store(who, e)
	return e
}

func receiverName(i int) string { return fmt.Sprintf("receiver-%d", i) }
func sealerName(i int) string   { return fmt.Sprintf("sealer-%d", i) }
