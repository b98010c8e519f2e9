package main

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"outlast.example/shared/config"
)

const (
	configName  = "outlast.yaml"
	trialFolder = "outlast-data"
)

// configFile finds the configuration: the flag, the variable, ./outlast.yaml, or the trial's. Empty: there is none.
func (a *app) configFile() (string, error) {
	if a.configPath != "" {
		return a.configPath, nil
	}
	if path := os.Getenv(config.PathVariable); path != "" {
		return path, nil
	}
	for _, path := range []string{configName, filepath.Join(trialFolder, configName)} {
		if _, err := os.Stat(path); err == nil {
			return path, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return "", nil
}

// configure reads the configuration; flags win over it.
func (a *app) configure(flags ...func(*config.Config)) (*config.Config, error) {
	path, err := a.configFile()
	if err != nil {
		return nil, err
	}
	c, err := config.Load(config.Layers{Path: path, Environ: config.Environ(), Flags: flags})
	if err != nil {
		return nil, misconfigured{err}
	}
	return c, nil
}

// logger writes log lines as the configuration wants them, to stderr.
func (a *app) logger(c *config.Config) *slog.Logger {
	level := new(slog.LevelVar)
	_ = level.UnmarshalText([]byte(c.LogLevel)) // checked with the configuration
	options := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(a.err, options))
	}
	return slog.New(slog.NewTextHandler(a.err, options))
}
