package config

import (
	"crypto/ed25519"
	"fmt"
	"os"
	"strings"

	"github.com/caarlos0/env/v11"

	"outlast.example/shared/format"
)

const prefix = "OUTLAST_"

// PathVariable names the configuration file, where no flag does.
const PathVariable = prefix + "CONFIG"

// Layers are what a configuration is made of, the weakest first: defaults, the file, the environment, the flags.
type Layers struct {
	Path    string            // the configuration file; empty for none
	Environ map[string]string // as from Environ
	Flags   []func(*Config)   // what the command line sets
}

// Environ gives the process's environment as Layers wants it.
func Environ() map[string]string { return env.ToMap(os.Environ()) }

// Load puts the layers together. It checks their form only; Capture, Read and Begin ask for what a task needs.
func Load(layers Layers) (*Config, error) {
	c := &Config{}
	if err := env.ParseWithOptions(c, env.Options{Environment: map[string]string{}}); err != nil {
		return nil, err // a default in settings.go is not of its setting's type
	}
	if layers.Path != "" {
		if err := c.readFile(layers.Path); err != nil {
			return nil, err
		}
	}
	if err := c.readEnvironment(layers.Environ); err != nil {
		return nil, err
	}
	for _, set := range layers.Flags {
		set(c)
	}
	c.tidy()
	return c, nil
}

// Root is the key that signs the repository's descriptors.
func (c *Config) Root() (ed25519.PublicKey, error) {
	root, err := format.ParsePublicKey(c.RootPublicKey)
	if err != nil {
		return nil, fmt.Errorf("root_public_key: %w", err)
	}
	return root, nil
}

// tidy forgives white space in lists, and fills in what follows from other settings.
func (c *Config) tidy() {
	for _, list := range [][]string{c.Buckets, c.Recipients, c.Identities, c.Receivers, c.Sealers} {
		for i := range list {
			list[i] = strings.TrimSpace(list[i])
		}
	}
	if c.Quorum == 0 {
		c.Quorum = len(c.Buckets)/2 + 1
	}
}
