package main

import (
	"fmt"
	"io/fs"
	"os"

	"outlast.example/shared/config"
)

// add takes the files of a folder that fit a pattern; one at least must.
func add(to []file, folder fs.FS, pattern string) ([]file, error) {
	names, err := fs.Glob(folder, pattern)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no file %s", pattern)
	}
	for _, name := range names {
		content, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, err
		}
		to = append(to, file{name, content, plain})
	}
	return to, nil
}

// settings is the configuration that goes into every archive, none where path is empty. Archives lie about, on machines and
// in the providers' buckets: a secret in one is refused.
func settings(path string) ([]file, error) {
	if path == "" {
		return nil, nil
	}
	c, err := config.Load(config.Layers{Path: path})
	if err != nil {
		return nil, err
	}
	secret := c.Receiver.Key != "" || c.Sealer.Key != ""
	for _, s := range c.Sources {
		secret = secret || len(s.Secrets) > 0
	}
	if secret {
		return nil, fmt.Errorf("%s holds a secret: take it out, and give it to the functions by the environment (\"outlast help config\")", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return []file{{"outlast.yaml", text, plain}}, nil
}
