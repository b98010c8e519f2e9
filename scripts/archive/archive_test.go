package main

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"outlast.example/functions/start"
	"outlast.example/scripts/outlast/keys"
	"outlast.example/shared/config"
)

// makeAll builds all archives, and gives their bytes by name.
func makeAll(t *testing.T, list io.Writer) map[string][]byte {
	t.Helper()
	t.Chdir("../..")
	out := t.TempDir()
	if err := run(t.Context(), []string{"-out", out}, list); err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, a := range archives {
		archive, err := os.ReadFile(filepath.Join(out, a.name+".zip"))
		if err != nil {
			t.Fatal(err)
		}
		all[a.name] = archive
	}
	return all
}

func TestArchives(t *testing.T) {
	var first map[string][]byte
	var list bytes.Buffer
	t.Run("first", func(t *testing.T) { first = makeAll(t, &list) })
	t.Run("the same bytes twice", func(t *testing.T) {
		for name, archive := range makeAll(t, io.Discard) {
			if !bytes.Equal(archive, first[name]) {
				t.Errorf("%s is another one", name)
			}
		}
	})
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{
		"aws":   {"bootstrap"},
		"azure": {"capture/function.json", "doctor/function.json", "handler", "host.json", "keep/function.json", "ready/function.json", "reconcile/function.json", "verify/function.json"},
		"gcp":   {"function.go", "functions/start/start.go", "go.mod", "go.sum", "shared/config/settings.go", "shared/format/recovery.md"},
	} {
		t.Run(name, func(t *testing.T) {
			files := unzip(t, first[name])
			for _, file := range want {
				if _, has := files[file]; !has || !strings.Contains(list.String(), file) {
					t.Errorf("%s is missing in it, or in the list", file)
				}
			}
			if name != "gcp" && len(files) != len(want) {
				t.Errorf("%d files, want %d", len(files), len(want))
			}
			for file, content := range files {
				if bytes.Contains(content, []byte(root)) {
					t.Errorf("%s holds a path of this machine", file)
				}
				if strings.HasSuffix(file, "_test.go") || strings.HasPrefix(file, "scripts/") {
					t.Errorf("%s does not belong", file)
				}
			}
		})
	}
}

func unzip(t *testing.T, archive []byte) map[string][]byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range r.File {
		if binary := f.Name == "bootstrap" || f.Name == "handler"; binary != (f.Mode()&0o111 != 0) || !f.Modified.Equal(epoch) {
			t.Errorf("%s: mode %s, time %s", f.Name, f.Mode(), f.Modified)
		}
		body, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(body); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// The order in which files are found does not matter.
func TestOrderOfFiles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		contents := rapid.MapOf(rapid.StringMatching(`[a-z]{1,8}`), rapid.SliceOf(rapid.Byte())).Draw(t, "files")
		var files []file
		for name, content := range contents { // in any order
			files = append(files, file{name, content, plain})
		}
		shuffled := rapid.Permutation(slices.Clone(files)).Draw(t, "shuffled")
		one, err := compress(files)
		if err != nil {
			t.Fatal(err)
		}
		if other, err := compress(shuffled); err != nil || !bytes.Equal(one, other) {
			t.Fatalf("other bytes, %v", err)
		}
	})
}

func TestRefused(t *testing.T) {
	noise := make([]byte, maxArchive)
	_, _ = rand.Read(noise)
	for name, c := range map[string]struct {
		files []file
		says  string
	}{
		"twice":     {[]file{{"a", nil, plain}, {"a", nil, plain}}, "twice"},
		"too large": {[]file{{"a", noise, plain}}, "bytes; want at most"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.zip")
			if err := write(path, c.files, io.Discard); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q in it", err, c.says)
			}
			if _, err := os.Stat(path); err == nil {
				t.Error("written all the same")
			}
		})
	}
}

func TestNoSecretInAnArchive(t *testing.T) {
	for name, c := range map[string]struct {
		text  string
		files int
	}{
		"public":     {"sources: [{name: acme, kind: hubspot}]\nreceiver: {name: aws}\n", 1},
		"a source's": {"sources: [{name: acme, kind: hubspot, secrets: [hush]}]\n", 0},
		"a key":      {"receiver: {name: aws, key: hush}\n", 0},
		"a sealer's": {"sealer: {name: aws, key: hush}\n", 0},
		"unknown":    {"secret: hush\n", 0},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "outlast.yaml")
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			files, err := settings(path, io.Discard)
			if len(files) != c.files || (err == nil) != (c.files > 0) || err != nil && strings.Contains(err.Error(), "hush") {
				t.Errorf("%d files, %v", len(files), err)
			}
		})
	}
}

// What keygen prints goes into the archives as it is: its files stay here, so that an app without a receiver's key does not look
// for one, and everything public is there.
func TestKeygensOwnConfiguration(t *testing.T) {
	made, err := keys.Make(keys.Wanted{Receivers: []string{"aws", "azure"}, Sealers: []string{"azure"}, Identities: 2})
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	path := filepath.Join(folder, "outlast.yaml")
	text := made.Lines("keys") + "# my CRM\nsources:\n  - {name: acme, kind: hubspot, secret_files: [secrets/acme]}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var list bytes.Buffer
	files, err := settings(path, &list)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, files[0].content, 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(config.Layers{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case c.Receiver.KeyFile != "" || len(c.Identities) > 0 || len(c.Sources[0].SecretFiles) > 0:
		t.Errorf("names files of this machine:\n%s", files[0].content)
	case c.Repository != made.Repository || len(c.Recipients) != 2 || len(c.Receivers) != 2 || len(c.Sealers) != 1 || c.Sources[0].Kind != "hubspot":
		t.Errorf("lacks what is public:\n%s", files[0].content)
	case !bytes.Contains(files[0].content, []byte("# my CRM")):
		t.Error("lost a comment")
	case !strings.Contains(list.String(), "identities, receiver.key_file, sources.secret_files"):
		t.Errorf("the list says %q", &list)
	}
	t.Setenv(config.PathVariable, path)
	if captures, err := start.Captures(); captures || err != nil {
		t.Errorf("an app without a key captures: %t, %v", captures, err)
	}
}

// Every setting that names a file is known here.
func TestSettingsOfFiles(t *testing.T) {
	for _, s := range config.Settings() {
		key := strings.ReplaceAll(s.Key, "[]", "")
		named := strings.HasSuffix(key, "_file") || strings.HasSuffix(key, "_files") || key == "identities"
		if known := slices.ContainsFunc(filed, func(path []string) bool { return strings.Join(path, ".") == key }); named != known {
			t.Errorf("%s: known %t, want %t", key, known, named)
		}
	}
}
