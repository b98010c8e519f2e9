package config

import (
	"fmt"
	"strings"
)

// readSecrets fills in what files hold.
func (c *Config) readSecrets(p *Problems) {
	if file := c.Receiver.KeyFile; file != "" && c.Receiver.Key == "" {
		text, err := readSmall(file)
		if err != nil {
			p.add("receiver.key_file", "%v", err)
		}
		c.Receiver.Key = Secret(text)
	}
	for i := range c.Sources {
		c.Sources[i].readSecrets(p, fmt.Sprintf("sources[%d]", i))
	}
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
	if len(s.Secrets) == 0 {
		p.add(setting+".secrets", "none for %q; name secret_files or set its variable", s.Name)
	}
}
