package config

import (
	"fmt"
	"strings"
)

// readSecrets fills in what files hold.
func (c *Config) readSecrets(p *Problems) {
	c.Receiver.readKey(p, "receiver")
	for i := range c.Sources {
		c.Sources[i].readSecrets(p, fmt.Sprintf("sources[%d]", i))
	}
}

func (s *Signer) readKey(p *Problems, setting string) {
	if unresolved(s.Key) {
		p.add(setting+".key", "%s", notResolved)
	}
	if s.KeyFile == "" || s.Key != "" {
		return
	}
	text, err := readSmall(s.KeyFile)
	if err != nil {
		p.add(setting+".key_file", "%v", err)
	}
	s.Key = Secret(text)
}

func (s *Source) readSecrets(p *Problems, setting string) {
	for i, file := range s.SecretFiles {
		text, err := readSmall(file)
		if err != nil {
			p.add(fmt.Sprintf("%s.secret_files[%d]", setting, i), "%v", err)
			continue
		}
		for line := range strings.Lines(string(text)) {
			if line = strings.TrimSpace(line); line != "" {
				s.Secrets = append(s.Secrets, Secret(line))
			}
		}
	}
	s.SecretFiles = nil
	for i, secret := range s.Secrets {
		if unresolved(secret) {
			p.add(fmt.Sprintf("%s.secrets[%d]", setting, i), "%s", notResolved)
		}
	}
	if len(s.Secrets) == 0 {
		p.add(setting+".secrets", "none for %q; name secret_files or set its variable", s.Name)
	}
}

// unresolved reports whether Azure handed over a reference to its Key Vault instead of the secret, as it does where it may not
// read it. The reference is guessable: https://learn.microsoft.com/azure/app-service/app-service-key-vault-references
func unresolved(s Secret) bool {
	return strings.HasPrefix(strings.TrimSpace(string(s)), "@Microsoft.KeyVault(")
}

const notResolved = "a reference to Azure's Key Vault that was not resolved: see that the secret is there, and that the app's identity may read it"
