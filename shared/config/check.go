package config

import (
	"crypto/ed25519"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"outlast.example/shared/format"
)

// Capture asks for what a receiver needs, and reads its secrets from their files.
func (c *Config) Capture() error {
	var p Problems
	c.checkRepository(&p)
	c.checkRecipients(&p)
	c.Receiver.check(&p, "receiver")
	c.checkPublicURL(&p)
	c.checkLimits(&p)
	if len(c.Sources) == 0 {
		p.add("sources", "none; name at least one CRM connection")
	}
	c.checkSources(&p)
	c.readSecrets(&p)
	c.checkOwnKey(&p)
	return p.err()
}

// Probe asks for what doctor needs to make an object as the receiver does, and reads the receiver's key from its file.
func (c *Config) Probe() error {
	var p Problems
	c.checkRepository(&p)
	c.checkRecipients(&p)
	c.Receiver.check(&p, "receiver")
	c.Receiver.readKey(&p, "receiver")
	c.Receiver.checkKey(&p, "receiver")
	c.checkOwnKey(&p)
	return p.err()
}

// Read asks for what restore and log need.
func (c *Config) Read() error {
	var p Problems
	c.checkRepository(&p)
	c.checkSources(&p)
	if len(c.Identities) == 0 {
		p.add("identities", "none; name a file with an age identity, the private half of a recipient")
	}
	return p.err()
}

// Look asks for what verify and keep need who tell nobody: no identity, and no key of any kind.
func (c *Config) Look() error {
	var p Problems
	c.checkRepository(&p)
	return p.err()
}

// Reconcile asks for what reconcile needs, and whoever reports, and reads the sealer's key from its file if there is a sealer.
func (c *Config) Reconcile() error {
	var p Problems
	c.checkRepository(&p)
	if c.Sealer != (Signer{}) {
		c.Sealer.check(&p, "sealer")
		c.Sealer.readKey(&p, "sealer")
		c.Sealer.checkKey(&p, "sealer")
	}
	return p.err()
}

// Begin asks for what init needs.
func (c *Config) Begin() error {
	var p Problems
	c.checkRepository(&p)
	c.checkRecipients(&p)
	if len(c.Receivers) == 0 {
		p.add("receivers", "none; \"outlast keygen\" prints a line for each")
	}
	checkSigners(&p, "receivers", c.Receivers)
	checkSigners(&p, "sealers", c.Sealers)
	return p.err()
}

// Send asks for what signing trial webhooks needs, and reads the sources' secrets from their files.
func (c *Config) Send() error {
	var p Problems
	c.checkPublicURL(&p)
	c.checkSources(&p)
	c.readSecrets(&p)
	return p.err()
}

func (c *Config) checkRepository(p *Problems) {
	if format.CheckRepository(c.Repository) != nil {
		p.add("repository", "want a UUID in lower case; \"outlast keygen\" makes one")
	}
	if _, err := format.ParsePublicKey(c.RootPublicKey); err != nil {
		p.add("root_public_key", "not a public key; want the base64 text that \"outlast keygen\" prints")
	}
	if len(c.Buckets) == 0 {
		p.add("buckets", "none; name at least one, better three of different providers")
	}
	seen := make(map[string]bool)
	for i, bucket := range c.Buckets {
		// url.Parse quotes the address in its error, and an address can hold credentials.
		u, err := url.Parse(bucket)
		if err != nil || u.Scheme == "" {
			p.add(fmt.Sprintf("buckets[%d]", i), "not a URL; want s3://…, gs://…, azblob://… or file:///…")
			continue
		}
		if seen[place(u)] {
			p.add(fmt.Sprintf("buckets[%d]", i), "named twice; two copies in one place are one copy")
		}
		seen[place(u)] = true
	}
	if n := len(c.Buckets); n > 0 && (c.Quorum < 1 || c.Quorum > n) {
		p.add("quorum", "%d of %d buckets; want 1 to %d", c.Quorum, n, n)
	}
	c.checkFederation(p)
	c.checkLog(p)
}

func (c *Config) checkLog(p *Problems) {
	if !slices.Contains([]string{"text", "json"}, c.LogFormat) {
		p.add("log_format", "want text or json")
	}
	if new(slog.LevelVar).UnmarshalText([]byte(c.LogLevel)) != nil {
		p.add("log_level", "want debug, info, warn or error")
	}
}

func (c *Config) checkRecipients(p *Problems) {
	if len(c.Recipients) == 0 {
		p.add("recipients", "none; \"outlast keygen\" prints two to begin with")
	}
	for i, recipient := range c.Recipients {
		if !strings.HasPrefix(recipient, "age1") {
			p.add(fmt.Sprintf("recipients[%d]", i), "not an age recipient; want age1…, the public half")
		}
	}
}

func checkSigners(p *Problems, setting string, lines []string) {
	for i, line := range lines {
		name, key, _ := strings.Cut(line, " ")
		if _, err := format.ParsePublicKey(key); err != nil || format.CheckReceiver(name) != nil {
			p.add(fmt.Sprintf("%s[%d]", setting, i), "want a name, a space and a public key, as \"outlast keygen\" prints them")
		}
	}
}

func (s *Signer) check(p *Problems, setting string) {
	if format.CheckReceiver(s.Name) != nil {
		p.add(setting+".name", "want 1 to 24 lower-case letters, digits and inner dashes: the name that the descriptor knows")
	}
	switch key, file := s.Key != "", s.KeyFile != ""; {
	case key && file:
		p.add(setting+".key", "given twice; leave out key or key_file")
	case !key && !file:
		p.add(setting+".key_file", "missing; name the file that \"outlast keygen\" wrote")
	}
}

// checkKey wants a key that was read to be one.
func (s *Signer) checkKey(p *Problems, setting string) {
	if s.Key == "" {
		return // that is said already
	}
	if _, err := format.ParsePrivateKey([]byte(s.Key)); err != nil {
		p.add(setting+".key", "not a private key; want the PEM text that \"outlast keygen\" wrote")
	}
}

// checkOwnKey compares the receiver's key with its line among all receivers, where the file has those: what another key
// signs is acknowledged today and taken for a forgery on the day of the restore.
func (c *Config) checkOwnKey(p *Problems) {
	key, err := format.ParsePrivateKey([]byte(c.Receiver.Key))
	if err != nil || len(c.Receivers) == 0 {
		return // no key: that is said already; no list: only the descriptor has it
	}
	own := c.Receiver.Name + " " + format.FormatPublicKey(key.Public().(ed25519.PublicKey))
	if !slices.Contains(c.Receivers, own) {
		p.add("receiver", "its name and key are none of receivers: nobody would believe what it signs")
	}
}

func (c *Config) checkPublicURL(p *Problems) {
	if c.PublicURL == "" {
		return
	}
	u, err := url.Parse(c.PublicURL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		p.add("public_url", "want scheme, host and at most a base path, such as https://hooks.example.com")
	}
}

var sourceName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

func (c *Config) checkSources(p *Problems) {
	seen := map[string]bool{}
	for i, source := range c.Sources {
		setting := fmt.Sprintf("sources[%d]", i)
		if !sourceName.MatchString(source.Name) {
			p.add(setting+".name", "want lower-case letters, digits and dashes, 63 at most")
		}
		if seen[source.Name] {
			p.add(setting+".name", "used twice")
		}
		if source.Kind == "" {
			p.add(setting+".kind", "missing; \"outlast help config\" lists the kinds")
		}
		seen[source.Name] = true
		if source.EventSource != "" && seen[" "+source.EventSource] {
			p.add(setting+".event_source", "used twice; an event belongs to one source")
		}
		seen[" "+source.EventSource] = true // no name of a source begins with a space
	}
}

func (c *Config) checkLimits(p *Problems) {
	l := c.Limits
	for _, limit := range []struct {
		setting string
		value   int64
	}{
		{"deadline", int64(l.Deadline)}, {"straggler", int64(l.Straggler)}, {"attempt", int64(l.Attempt)},
		{"max_body", int64(l.MaxBody)}, {"batch_bytes", int64(l.BatchBytes)}, {"batch_lines", int64(l.BatchLines)},
		{"memory", int64(l.Memory)}, {"backlog", int64(l.Backlog)},
	} {
		if limit.value <= 0 {
			p.add("limits."+limit.setting, "want more than zero")
		}
	}
	if l.Straggler >= l.Deadline {
		p.add("limits.straggler", "want less than limits.deadline, or no slow bucket is ever left behind in time")
	}
	if l.Memory <= l.MaxBody {
		p.add("limits.memory", "want at least limits.max_body, or the largest delivery never fits")
	}
}
