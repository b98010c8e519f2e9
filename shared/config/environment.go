package config

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/caarlos0/env/v11"
)

// readEnvironment lets variables win over what is there.
func (c *Config) readEnvironment(environ map[string]string) error {
	// Two ways to give the same secret: one in a stronger layer silences both of the weaker ones.
	for variable, signer := range map[string]*Signer{"RECEIVER": &c.Receiver, "SEALER": &c.Sealer} {
		if environ[prefix+variable+"_KEY"] != "" || environ[prefix+variable+"_KEY_FILE"] != "" {
			signer.Key, signer.KeyFile = "", ""
		}
	}
	err := env.ParseWithOptions(c, env.Options{
		Prefix:              prefix,
		Environment:         environ,
		DefaultValueTagName: "-", // no tag has that name: defaults are the weakest layer, and already there
	})
	if err != nil {
		return fmt.Errorf("read the environment: %w", named(err))
	}
	for i := range c.Sources {
		c.Sources[i].readEnvironment(environ)
	}
	return nil
}

func (s *Source) readEnvironment(environ map[string]string) {
	variable := prefix + "SOURCE_" + strings.ReplaceAll(strings.ToUpper(s.Name), "-", "_")
	if places := split(environ[variable+"_CREDENTIALS"]); len(places) > 0 {
		s.Credentials = places
	}
	list, file := environ[variable+"_SECRETS"], environ[variable+"_SECRETS_FILE"]
	if list == "" && file == "" {
		return
	}
	s.Secrets, s.SecretFiles = nil, nil
	if file != "" {
		s.SecretFiles = []string{file}
	}
	for _, secret := range split(list) {
		s.Secrets = append(s.Secrets, Secret(secret))
	}
}

func split(list string) []string {
	var texts []string
	for text := range strings.SplitSeq(list, ",") {
		if text = strings.TrimSpace(text); text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}

// named lists what could not be parsed by the variables' names.
func named(err error) error {
	all, ok := errors.AsType[env.AggregateError](err)
	if !ok {
		return err
	}
	var problems Problems
	for _, err := range all.Errors {
		parse, ok := errors.AsType[env.ParseError](err)
		if !ok {
			return err
		}
		problems.add(variableOf(parse.Name), "%s; \"outlast help config\" explains it", parse.Err.Error())
	}
	return problems
}

// variableOf finds the variable of a field that has a form to violate; among those, names of fields are unique.
func variableOf(field string) string {
	for _, s := range fields(reflect.TypeFor[Config](), "", prefix) {
		if s.field == field {
			return s.Variable
		}
	}
	return field
}
