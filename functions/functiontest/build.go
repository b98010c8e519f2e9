package functiontest

import (
	"archive/zip"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Bootstrap builds Lambda's binary for this machine, and gives its path.
func Bootstrap(t testing.TB) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "bootstrap")
	command(t, "", nil, "go", "build", "-tags", "disable_grpc_modules,grpcnotrace,lambda.norpc", "-o", binary, "outlast.example/functions/aws")
	return binary
}

// App unpacks Azure's archive, with the handler built for this machine, and gives the folder.
func App(t testing.TB) string {
	t.Helper()
	folder := unpack(t, "azure")
	command(t, "", nil, "go", "build", "-tags", "disable_grpc_modules,grpcnotrace", "-o", filepath.Join(folder, "handler"), "outlast.example/functions/azure")
	return folder
}

// Bare builds the program that a function's start is measured against, and gives its path.
func Bare(t testing.TB) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "bare")
	command(t, "", nil, "go", "build", "-tags", "disable_grpc_modules,grpcnotrace", "-o", binary, "outlast.example/functions/functiontest/bare")
	return binary
}

// SourceFolder is where Google's buildpack moves a function's source, below the folder that the function starts in, and
// appFolder where it puts the main package (GoogleCloudPlatform/buildpacks, cmd/go/functions_framework/lib/lib.go).
const (
	SourceFolder = "serverless_function_source_code"
	appFolder    = "functions.local/app"
)

// buildpackMain is what the buildpack writes for functions that register themselves, in short.
const buildpackMain = `package main

import (
	"log"
	"os"

	_ "outlast.example"

	"github.com/GoogleCloudPlatform/functions-framework-go/funcframework"
)

func main() {
	if err := funcframework.Start(os.Getenv("PORT")); err != nil {
		log.Fatalf("Function failed to start: %v\n", err)
	}
}
`

// Service builds Google's archive as the buildpack does, and gives the folder that a function starts in: with the binary
// "main".
func Service(t testing.TB) string {
	t.Helper()
	folder := t.TempDir()
	source := filepath.Join(folder, SourceFolder)
	if err := os.Rename(unpack(t, "gcp"), source); err != nil {
		t.Fatal(err)
	}
	main := filepath.Join(source, appFolder)
	if err := os.MkdirAll(main, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(main, "main.go"), []byte(buildpackMain), 0o600); err != nil {
		t.Fatal(err)
	}
	if module := command(t, source, nil, "go", "list", "-m"); !strings.Contains(strings.Split(module, "/")[0], ".") {
		t.Errorf("module %s, which the buildpack refuses: no dot in the first part of its path", module)
	}
	command(t, source, nil, "go", "mod", "tidy")
	command(t, source, []string{"GOFLAGS=-tags=disable_grpc_modules,grpcnotrace"}, "go", "build", "-o", filepath.Join(folder, "main"), "./"+appFolder)
	return folder
}

// unpack makes one of the archives with scripts/package, and gives a folder with what is in it.
func unpack(t testing.TB, name string) string {
	t.Helper()
	out := t.TempDir()
	root := command(t, "", nil, "go", "list", "-m", "-f", "{{.Dir}}")
	command(t, root, nil, filepath.Join(root, "scripts/package"), "-only", name, "-out", out)
	folder := t.TempDir()
	archive, err := zip.OpenReader(filepath.Join(out, name+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = archive.Close() }()
	for _, f := range archive.File {
		if err := extract(f, filepath.Join(folder, filepath.FromSlash(f.Name))); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func extract(f *zip.File, path string) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	from, err := f.Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	to, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, f.Mode()&fs.ModePerm)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from) //nolint:gosec // an archive of our own
	return errors.Join(err, to.Close())
}

func command(t testing.TB, folder string, environ []string, name string, args ...string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, args...) //nolint:gosec // a test's own tools
	c.Dir, c.Env = folder, append(os.Environ(), environ...)
	var problem strings.Builder
	c.Stderr = &problem
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, problem.String())
	}
	return strings.TrimSpace(string(out))
}
