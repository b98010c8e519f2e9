package crm

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// CheckOptions refuses options that the kind does not know.
func (s Settings) CheckOptions(known ...string) error {
	for _, name := range slices.Sorted(maps.Keys(s.Options)) {
		switch {
		case slices.Contains(known, name):
		case len(known) == 0:
			return fmt.Errorf("source %s: unknown option %q: this kind has none", s.Name, name)
		default:
			return fmt.Errorf("source %s: unknown option %q: use %s", s.Name, name, strings.Join(known, ", "))
		}
	}
	return nil
}

// Names reads an option of names by id, "<id>=<name> <id>=<name>", with spaces or commas between. check says whether
// a pair is right; each id may be there once, and one must be. Where the option is not set, there are none.
func (s Settings) Names(option, example string, check func(id, name string) bool) (map[string]string, error) {
	text, set := s.Options[option]
	if !set {
		return nil, nil
	}
	names := map[string]string{}
	for pair := range strings.FieldsFuncSeq(text, func(c rune) bool { return c == ',' || unicode.IsSpace(c) }) {
		id, name, _ := strings.Cut(pair, "=")
		if _, twice := names[id]; twice || !check(id, name) {
			return nil, fmt.Errorf("source %s: option %s holds %.60q: write each id once, as %s, with spaces or commas between",
				s.Name, option, pair, example)
		}
		names[id] = name
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("source %s: option %s is empty: write %s, or remove it", s.Name, option, example)
	}
	return names, nil
}

// CheckSecrets refuses a source without a secret, and secrets of fewer than least characters. It names a secret by its
// position only.
func (s Settings) CheckSecrets(least int) error {
	if len(s.Secrets) == 0 {
		return fmt.Errorf("source %s: no secret: set the one that the CRM signs with or sends", s.Name)
	}
	for i, secret := range s.Secrets {
		if len(secret) < least {
			return fmt.Errorf("source %s: secret %d of %d has %d characters, want at least %d: set a longer one here and in the CRM",
				s.Name, i+1, len(s.Secrets), len(secret), least)
		}
	}
	return nil
}

// Choice returns an option that has few values; the first is the default.
func (s Settings) Choice(name string, values ...string) (string, error) {
	value, set := s.Options[name]
	if !set {
		return values[0], nil
	}
	if !slices.Contains(values, value) {
		return "", fmt.Errorf("source %s: option %s is %q: use %s", s.Name, name, value, strings.Join(values, " or "))
	}
	return value, nil
}

// FinalStatuses reads an option of the statuses after which the sender does not try again, with spaces or commas between: it
// hears 503 instead, as in Answers.Instead.
func (s Settings) FinalStatuses(option string) (map[int]int, error) {
	instead := map[int]int{}
	for text := range strings.FieldsFuncSeq(s.Options[option], func(c rune) bool { return c == ',' || unicode.IsSpace(c) }) {
		status, err := strconv.Atoi(text)
		if err != nil || status < 400 || status > 599 {
			return nil, fmt.Errorf("source %s: option %s holds %.60q: write statuses from 400 to 599, such as 400 413 415", s.Name, option, text)
		}
		instead[status] = http.StatusServiceUnavailable
	}
	return instead, nil
}

// CheckKept refuses an option that names a header which is not kept: what it proves could never be verified again. It
// advises another name.
func (s Settings) CheckKept(option, instead string) error {
	header := s.Options[option]
	lost := slices.ContainsFunc(connection, func(name string) bool { return strings.EqualFold(name, header) })
	cut := slices.ContainsFunc(slices.Concat(everywhere, s.Credentials), func(p Place) bool {
		return p.In == InHeader && strings.EqualFold(p.Name, header)
	})
	if lost || cut {
		return fmt.Errorf("source %s: %s is %s, which is taken out before storing, so that nothing could be verified again: "+
			"let the CRM use another header, such as %s", s.Name, option, header, instead)
	}
	return nil
}
