package wire

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"outlast.example/shared/config"
	"outlast.example/shared/crm"
	"outlast.example/shared/crm/attio"
	"outlast.example/shared/crm/closeio"
	"outlast.example/shared/crm/cloudevents"
	"outlast.example/shared/crm/dynamics"
	"outlast.example/shared/crm/espocrm"
	"outlast.example/shared/crm/generic"
	"outlast.example/shared/crm/hubspot"
	"outlast.example/shared/crm/pipedrive"
	"outlast.example/shared/crm/salesforce"
	"outlast.example/shared/crm/standardwebhooks"
	"outlast.example/shared/crm/sugarcrm"
	"outlast.example/shared/crm/suitecrm"
	"outlast.example/shared/crm/zoho"
)

// Kinds are the CRMs' protocols, in alphabetical order.
var Kinds = []crm.Kind{
	attio.Kind,
	closeio.Kind,
	cloudevents.Kind,
	dynamics.Kind,
	espocrm.Kind,
	generic.Kind,
	hubspot.Kind,
	pipedrive.Kind,
	salesforce.Kind,
	standardwebhooks.Kind,
	sugarcrm.Kind,
	suitecrm.Kind,
	zoho.Kind,
}

// Sources opens the configured sources, by name, and says everything that is wrong with them at once.
func Sources(c *config.Config) (map[string]*crm.Source, error) {
	sources := make(map[string]*crm.Source, len(c.Sources))
	var errs []error
	for _, s := range c.Sources {
		source, err := openSource(s)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		sources[s.Name] = source
	}
	return sources, errors.Join(errs...)
}

// Interpreters opens the configured sources for reading what they sent. That takes no secrets, so that a restore needs
// none: what stands in for them is drawn, and verifies nothing.
func Interpreters(c *config.Config) (map[string]*crm.Source, error) {
	without := *c
	without.Sources = nil
	for _, s := range c.Sources {
		s.Secrets = []config.Secret{drawn()}
		without.Sources = append(without.Sources, s)
	}
	return Sources(&without)
}

// drawn is a secret that nobody knows and every kind takes for one: text, hexadecimal and base64 at once.
func drawn() config.Secret {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return config.Secret(hex.EncodeToString(b))
}

func openSource(s config.Source) (*crm.Source, error) {
	var names []string
	for _, kind := range Kinds {
		if kind.Name == s.Kind {
			settings, err := settings(s)
			if err != nil {
				return nil, err
			}
			return crm.Open(kind, settings)
		}
		names = append(names, kind.Name)
	}
	return nil, fmt.Errorf("source %s: unknown kind %q: use %s", s.Name, s.Kind, strings.Join(names, ", "))
}

func settings(s config.Source) (crm.Settings, error) {
	settings := crm.Settings{Name: s.Name, Options: s.Options}
	for _, secret := range s.Secrets {
		settings.Secrets = append(settings.Secrets, string(secret))
	}
	for i, text := range s.Credentials {
		place, err := crm.ParsePlace(text)
		if err != nil {
			return crm.Settings{}, fmt.Errorf("source %s: credentials[%d]: %w", s.Name, i, err)
		}
		settings.Credentials = append(settings.Credentials, place)
	}
	return settings, nil
}
