package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxFile bounds a configuration file and a file with secrets: both are written by hand.
const maxFile = 1 << 20 // bytes

func (c *Config) readFile(path string) error {
	text, err := readSmall(path)
	if err != nil {
		return fmt.Errorf("read the configuration: %w", err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(c); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the configuration %s: %w", path, withoutValues(err))
	}
	c.anchor(filepath.Dir(path))
	return nil
}

// anchor makes the file's relative paths start where the file is, whatever the working directory.
func (c *Config) anchor(folder string) {
	anchor := func(path *string) {
		if *path != "" && !filepath.IsAbs(*path) {
			*path = filepath.Join(folder, *path)
		}
	}
	anchor(&c.Receiver.KeyFile)
	anchor(&c.Sealer.KeyFile)
	for i := range c.Identities {
		anchor(&c.Identities[i])
	}
	for _, source := range c.Sources {
		for i := range source.SecretFiles {
			anchor(&source.SecretFiles[i])
		}
	}
}

var (
	quotedValue = regexp.MustCompile("(?s) `.*` into ")
	atLine      = regexp.MustCompile(`line \d+`)
	unknownKey  = regexp.MustCompile(`field (\S+) not found in type \S+`)
)

// withoutValues takes the offending values out of a YAML error: one of them might be a secret.
func withoutValues(err error) error {
	typed, ok := errors.AsType[*yaml.TypeError](err)
	if !ok {
		const advice = `not YAML that can be read; a value that begins with one of * & ! % @ or a backquote wants quotes`
		if line := atLine.FindString(err.Error()); line != "" {
			return errors.New(line + ": " + advice)
		}
		return errors.New(advice)
	}
	var problems Problems
	for _, text := range typed.Errors {
		text = quotedValue.ReplaceAllString(text, " into ")
		text = unknownKey.ReplaceAllString(text, `unknown key $1; "outlast help config" lists all`)
		line, advice, _ := strings.Cut(text, ": ")
		problems.add(line, "%s", advice)
	}
	return problems
}

func readSmall(path string) (_ []byte, err error) {
	file, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxFile {
		return nil, fmt.Errorf("%s is larger than %d bytes: is it the right file?", path, maxFile)
	}
	return text, nil
}
