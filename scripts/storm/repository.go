package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// receivers are the names of those who capture.
var receivers = []string{"one", "two"}

// repository is one that is used as an operator does, through the command line.
type repository struct {
	folder  string
	outlast string // the program under test
	config  string // the file
}

const sealer = "sealer"

// begin makes the keys, writes the configuration and begins the repository in the buckets.
func begin(ctx context.Context, folder string, buckets []string) (*repository, error) {
	program, err := outlast()
	if err != nil {
		return nil, err
	}
	r := &repository{folder: folder, outlast: program, config: filepath.Join(folder, "outlast.yaml")}
	keys, err := r.must(ctx, "keygen", "--receiver", receivers[0], "--receiver", receivers[1])
	if err != nil {
		return nil, err
	}
	settings := fmt.Sprintf("%ssealer: {name: %s, key_file: keys/sealer-%[2]s.pem}\n"+
		"buckets:\n  - %s\nsources:\n  - {name: %s, kind: hubspot, secrets: [%s]}\n",
		keys, sealer, strings.Join(buckets, "\n  - "), source, secret)
	if err := os.WriteFile(r.config, []byte(settings), 0o600); err != nil {
		return nil, fmt.Errorf("write configuration: %w", err)
	}
	if _, err := r.must(ctx, "init"); err != nil {
		return nil, err
	}
	return r, r.addSealer(ctx)
}

// addSealer lets reconcile seal the hours that a long storm ends.
func (r *repository) addSealer(ctx context.Context) error {
	line, err := r.must(ctx, "keygen", "--sealer", sealer)
	if err != nil {
		return err
	}
	_, err = r.must(ctx, "descriptor", "next", "--add-sealer", strings.TrimSpace(string(line)))
	return err
}

// receiver is `outlast serve` with the key of its own, on a port that it keeps.
func (r *repository) receiver(ctx context.Context, name string) (p *process, address string, err error) {
	port, err := freePort(ctx)
	if err != nil {
		return nil, "", err
	}
	address = "http://127.0.0.1:" + port
	return &process{
		name: "receiver-" + name, program: r.outlast, folder: r.folder, ready: address,
		args: []string{"serve", "--config", r.config, "--listen", "127.0.0.1:" + port},
		env: []string{
			"OUTLAST_RECEIVER_NAME=" + name,
			"OUTLAST_RECEIVER_KEY_FILE=" + filepath.Join(r.folder, "keys", "receiver-"+name+".pem"),
		},
	}, address, nil
}

// result is how a command that ends by itself did.
type result struct {
	code   int // -1: killed
	output []byte
	talk   []byte // stderr
}

// run runs a command of the program under test to its end, or until the context's, which kills it with -9.
func (r *repository) run(ctx context.Context, args ...string) (result, error) {
	c := exec.CommandContext(ctx, r.outlast, append(args, "--config", r.config)...) //nolint:gosec // the program under test
	var out, talk bytes.Buffer
	c.Stdout, c.Stderr, c.Dir = &out, &talk, r.folder
	err := c.Run()
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended && ctx.Err() == nil {
		return result{}, fmt.Errorf("run outlast %s: %w", args[0], err)
	}
	return result{c.ProcessState.ExitCode(), out.Bytes(), talk.Bytes()}, nil
}

func (r *repository) must(ctx context.Context, args ...string) ([]byte, error) {
	done, err := r.run(ctx, args...)
	if err == nil && done.code != 0 {
		err = fmt.Errorf("outlast %s: exit code %d: %s", args[0], done.code, done.talk)
	}
	return done.output, err
}
