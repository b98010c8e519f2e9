package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t *testing.T, yaml string, environ map[string]string, flags ...func(*Config)) *Config {
	t.Helper()
	c, err := Load(Layers{Path: write(t, "outlast.yaml", yaml), Environ: environ, Flags: flags})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestStrongerLayerWins(t *testing.T) {
	const file = "listen: file:1\nlimits: {deadline: 3s}\nbuckets: [file:///a, file:///b, file:///c, file:///d]\n"
	environ := map[string]string{"OUTLAST_LISTEN": "environment:1", "OUTLAST_LIMITS_STRAGGLER": "7ms"}
	flag := func(c *Config) { c.Listen = "flag:1" }
	for _, test := range []struct {
		name string
		got  string
		want string
	}{
		{"default", load(t, "", nil).Listen, "127.0.0.1:8080"},
		{"file over default", load(t, file, nil).Listen, "file:1"},
		{"environment over file", load(t, file, environ).Listen, "environment:1"},
		{"flag over environment", load(t, file, environ, flag).Listen, "flag:1"},
		{"nested default", load(t, file, nil).Limits.Straggler.String(), "1.5s"},
		{"nested file", load(t, file, environ).Limits.Deadline.String(), "3s"},
		{"nested environment", load(t, file, environ).Limits.Straggler.String(), "7ms"},
		{"explicit zero is not the default", load(t, "limits: {straggler: 0s}", nil).Limits.Straggler.String(), "0s"},
		{"quorum is the majority", fmt.Sprint(load(t, file, nil).Quorum), "3"},
		{"list from the environment",
			fmt.Sprint(load(t, file, map[string]string{"OUTLAST_BUCKETS": "file:///x, file:///y"}).Buckets), "[file:///x file:///y]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.got != test.want {
				t.Errorf("got %s, want %s", test.got, test.want)
			}
		})
	}
}

func TestSecretsComeFromFiles(t *testing.T) {
	const file = "receiver: {name: aws, key_file: other}\nsources: [{name: acme-eu, kind: hubspot, secrets: [old]}]\n"
	c := load(t, file, map[string]string{
		"OUTLAST_RECEIVER_KEY_FILE":            write(t, "key", "PEM"),
		"OUTLAST_SOURCE_ACME_EU_SECRETS":       "one, two",
		"OUTLAST_SOURCE_ACME_EU_SECRETS_FILE":  write(t, "secrets", "three\n\nfour\n"),
		"OUTLAST_SOURCE_SOMEBODY_ELSE_SECRETS": "not ours",
	})
	var p Problems
	if c.readSecrets(&p); len(p) > 0 {
		t.Fatal(p)
	}
	if diff := cmp.Diff([]Secret{"one", "two", "three", "four"}, c.Sources[0].Secrets); diff != "" {
		t.Error(diff)
	}
	if c.Receiver.Key != "PEM" {
		t.Errorf("the receiver's key was not read from its file")
	}
}

// Azure hands over the reference itself where it may not read the secret: everybody could guess it.
func TestReferencesThatWereNotResolved(t *testing.T) {
	const reference = "@Microsoft.KeyVault(SecretUri=https://acme.vault.azure.net/secrets/source-acme/)"
	c := load(t, "sources: [{name: acme, kind: hubspot}]\n", map[string]string{
		"OUTLAST_RECEIVER_KEY": reference, "OUTLAST_SOURCE_ACME_SECRETS": "good," + reference,
	})
	var p Problems
	c.readSecrets(&p)
	if len(p) != 2 || p[0].Setting != "receiver.key" || p[1].Setting != "sources[0].secrets[1]" {
		t.Errorf("got %v", p)
	}
}

func TestPlacesOfCredentials(t *testing.T) {
	const file = "sources: [{name: acme-eu, kind: hubspot, credentials: [query:code, header:X-Api-Key]}]\n"
	if diff := cmp.Diff([]string{"query:code", "header:X-Api-Key"}, load(t, file, nil).Sources[0].Credentials); diff != "" {
		t.Error(diff)
	}
	environ := map[string]string{"OUTLAST_SOURCE_ACME_EU_CREDENTIALS": "path:4, header:X-Key"}
	if diff := cmp.Diff([]string{"path:4", "header:X-Key"}, load(t, file, environ).Sources[0].Credentials); diff != "" {
		t.Error(diff)
	}
}

func TestFilesAreFoundFromTheConfigurationsFolder(t *testing.T) {
	path := write(t, "outlast.yaml", "identities: [identity.txt, /elsewhere]\n")
	c, err := Load(Layers{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{filepath.Join(filepath.Dir(path), "identity.txt"), "/elsewhere"}
	if diff := cmp.Diff(want, c.Identities); diff != "" {
		t.Error(diff)
	}
}

func TestBadFilesAndVariablesAreExplained(t *testing.T) {
	for _, test := range []struct {
		name, yaml string
		environ    map[string]string
		want       []string
	}{
		{"unknown keys with their lines", "listen: x\nbukets: []\nlimits: {max: 3}\n", nil,
			[]string{"line 2: unknown key bukets", "line 3: unknown key max"}},
		{"value of another type, not shown", "sources: [{secrets: hush}]\nquorum: hushhush\n", nil,
			[]string{"line 1: cannot unmarshal", "line 2: cannot unmarshal"}},
		{"syntax", "a: b\nlisten: [", nil, []string{"outlast.yaml", "line 2: not YAML"}},
		{"a secret that looks like an alias", "sources: [{secrets: [*hush]}]\n", nil, []string{"outlast.yaml", "wants quotes"}},
		{"a secret after a tag", "quorum: !!int hush\n", nil, []string{"outlast.yaml"}},
		{"variables of another form", "", map[string]string{"OUTLAST_QUORUM": "two", "OUTLAST_LIMITS_MAX_BODY": "6 apples"},
			[]string{"OUTLAST_QUORUM: ", "OUTLAST_LIMITS_MAX_BODY: "}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Load(Layers{Path: write(t, "outlast.yaml", test.yaml), Environ: test.environ})
			if err == nil {
				t.Fatal("accepted")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is missing in: %v", want, err)
				}
			}
			if strings.Contains(err.Error(), "hush") {
				t.Errorf("shows a value: %v", err)
			}
		})
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	c := load(t, `
buckets: ["s3://user:hush@b", "::", "s3://user:hush@b"]
quorum: 9
recipients: [AGE-SECRET-KEY-hush]
receiver: {key: hush, key_file: hush}
public_url: https://hush@example.com/path
log_format: xml
sources: [{name: Ü, secrets: [hush]}, {name: a, kind: generic, event_source: bus}, {name: a, kind: generic, event_source: bus, secret_files: [/nowhere]}]
limits: {straggler: 5s, memory: 1KiB, batch_lines: 0}
`, nil)
	problems, ok := errors.AsType[Problems](c.Capture())
	if !ok {
		t.Fatal("accepted")
	}
	var got []string
	for _, p := range problems {
		got = append(got, p.Setting)
	}
	want := []string{
		"repository", "root_public_key", "buckets[1]", "buckets[2]", "quorum", "log_format", "recipients[0]", "receiver.name",
		"receiver.key", "public_url", "limits.batch_lines", "limits.straggler", "limits.memory", "sources[0].name",
		"sources[0].kind", "sources[2].name", "sources[2].event_source", "sources[1].secrets", "sources[2].secret_files[0]", "sources[2].secrets",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(problems.Error(), "hush") {
		t.Errorf("shows a secret: %v", problems)
	}
}

func TestEachTaskAsksForItsOwnSettingsOnly(t *testing.T) {
	const key = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=" // RFC 8032, 7.1, test 1
	const repository = "repository: 7d444840-9dc0-11d1-b245-5ffdce74fad2\nroot_public_key: " + key + "\nbuckets: [file:///a]\n"
	for _, test := range []struct {
		name, yaml string
		task       func(*Config) error
	}{
		{"read", repository + "identities: [i]\n", (*Config).Read},
		{"begin", repository + "recipients: [age1x]\nreceivers: [aws " + key + "]\n", (*Config).Begin},
		{"send", "sources: [{name: a, kind: generic, secrets: [s]}]\n", (*Config).Send},
		{"capture", repository + "recipients: [age1x]\nreceiver: {name: aws, key: k}\n" +
			"sources: [{name: a, kind: generic, secrets: [s]}]\n", (*Config).Capture},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := test.task(load(t, test.yaml, nil)); err != nil {
				t.Error(err)
			}
			if test.task(load(t, "", nil)) == nil && test.name != "send" {
				t.Error("accepts an empty configuration")
			}
		})
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	c := &Config{Receiver: Signer{Key: "hush"}, Sources: []Source{{Secrets: []Secret{"hush"}}}}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		if text := fmt.Sprintf(format, c.Sources); strings.Contains(text, "hush") || strings.Contains(text, "68757368") {
			t.Errorf("%s prints a secret: %s", format, text)
		}
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]Bytes{"0": 0, "4096": 4096, "12B": 12, "512KiB": 512 << 10, "6 MiB": 6 << 20, "1GiB": 1 << 30} {
		var b Bytes
		if err := b.UnmarshalText([]byte(text)); err != nil || b != want {
			t.Errorf("%q is %d (%v), want %d", text, b, err, want)
		}
	}
	for _, text := range []string{"", "MiB", "-1", "6MB", "6mib", "1.5MiB", "9999999999GiB"} {
		if err := new(Bytes).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

func TestEverySettingIsExplained(t *testing.T) {
	settings := Settings()
	for _, s := range settings {
		if s.Text == "" || !strings.HasSuffix(s.Text, ".") {
			t.Errorf("%s: explanation %q", s.Key, s.Text)
		}
		if s.Variable == "" && !strings.HasPrefix(s.Key, "sources[]") {
			t.Errorf("%s has no variable", s.Key)
		}
	}
	want := Setting{Key: "limits.deadline", Variable: "OUTLAST_LIMITS_DEADLINE", Default: "4s", Form: "time, such as 1500ms or 4s"}
	for _, s := range settings {
		if s.Key == want.Key {
			want.Text, want.owner, want.field = s.Text, s.owner, s.field
			if s != want {
				t.Errorf("got %+v, want %+v", s, want)
			}
			return
		}
	}
	t.Errorf("%d settings, %s is none of them", len(settings), want.Key)
}

func TestDeadlineLeavesTimeForTheAnswer(t *testing.T) {
	const hubspot = 5 * time.Second
	if d := load(t, "", nil).Limits.Deadline; d <= 0 || d >= hubspot {
		t.Errorf("the default deadline is %s, HubSpot hangs up after %s", d, hubspot)
	}
}
