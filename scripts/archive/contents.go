package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// tags keep gRPC out of the binaries: Google's storage library brings it, and Outlast speaks HTTP. What is left of it has pages
// for people, whose templates may call any method there is, so that the linker would keep them all: 11 MB.
const tags = "disable_grpc_modules,grpcnotrace"

// bootstrap is what Lambda's provided.al2023 runs on arm64.
func bootstrap(ctx context.Context, root string) ([]file, error) {
	binary, err := build(ctx, root, "./functions/aws", "arm64", tags+",lambda.norpc")
	return []file{{"bootstrap", binary, executable}}, err
}

// app is what Azure's Flex Consumption runs, on amd64 only: the handler, and a folder for each function.
func app(ctx context.Context, root string) ([]file, error) {
	binary, err := build(ctx, root, "./functions/azure", "amd64", tags)
	if err != nil {
		return nil, err
	}
	files := []file{{"handler", binary, executable}}
	folder := os.DirFS(filepath.Join(root, "functions", "azure"))
	for _, pattern := range []string{"host.json", "*/function.json"} {
		if files, err = add(files, folder, pattern); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// build gives a static binary without paths and times of the machine that it is built on.
func build(ctx context.Context, root, pkg, arch, tags string) (_ []byte, err error) {
	folder, err := os.MkdirTemp("", "outlast-build-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	path := filepath.Join(folder, "binary")
	_, err = command(ctx, root, []string{"GOOS=linux", "GOARCH=" + arch, "CGO_ENABLED=0"},
		"build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-tags", tags, "-o", path, pkg)
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// source is what Google's Go buildpack builds: the function's package at the root of its module, and of the rest only what
// it imports. Tests stay behind; the buildpack's own "go mod tidy" takes out of go.mod what only they needed.
func source(ctx context.Context, root string) ([]file, error) {
	out, err := command(ctx, root, []string{"GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=0"},
		"list", "-deps", "-tags", tags, "-json=ImportPath,Dir,Module,GoFiles,EmbedFiles", "./"+function)
	if err != nil {
		return nil, err
	}
	files, err := add(nil, os.DirFS(root), "go.*")
	for d := json.NewDecoder(bytes.NewReader(out)); err == nil; {
		var p listed
		if err = d.Decode(&p); err == nil && p.Module != nil && p.Module.Main {
			files, err = p.files(files)
		}
	}
	if !errors.Is(err, io.EOF) {
		return nil, err
	}
	return files, nil
}

// function is the package that goes to the root.
const function = "functions/gcp"

// listed is a package, as "go list" says it.
type listed struct {
	ImportPath, Dir string
	Module          *struct {
		Main bool
		Path string
	}
	GoFiles, EmbedFiles []string
}

func (p *listed) files(to []file) ([]file, error) {
	folder := strings.TrimPrefix(p.ImportPath, p.Module.Path+"/")
	if folder == function {
		folder = ""
	}
	names := slices.Concat(p.GoFiles, p.EmbedFiles)
	slices.Sort(names)
	for _, name := range slices.Compact(names) { // a file may embed itself
		content, err := os.ReadFile(filepath.Join(p.Dir, name))
		if err != nil {
			return nil, err
		}
		to = append(to, file{filepath.ToSlash(filepath.Join(folder, name)), content, plain})
	}
	return to, nil
}

func command(ctx context.Context, root string, environ []string, args ...string) ([]byte, error) {
	c := exec.CommandContext(ctx, "go", args...) //nolint:gosec // our own arguments
	c.Dir, c.Env = root, append(os.Environ(), environ...)
	var problem bytes.Buffer
	c.Stderr = &problem
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w: %s", args[0], err, problem.Bytes())
	}
	return out, nil
}
