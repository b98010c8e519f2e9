package wire

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/config"
	"outlast.example/shared/crm"
)

func TestBucketURLsThatAreRefused(t *testing.T) {
	for _, test := range []struct{ name, url, want string }{
		{"no scheme", "bucket", "unknown scheme"},
		{"unknown scheme", "ftp://hush@b", "azblob://, file://, gs://, s3://"},
		{"not a URL", "s3://hush%zz@b", "not a URL"},
		{"credentials", "s3://key:hush@b?region=x", "without user"},
		{"unknown parameter", "gs://b?key=hush", "not known"},
		{"prefix that Azure cannot hold", "s3://b/x.?region=x", "prefix"},
		{"relative folder", "file://folder/b", "three slashes"},
		{"no region", "s3://b", "region"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("AWS_REGION", "")
			t.Setenv("AWS_CONFIG_FILE", t.TempDir())
			_, err := Driver(t.Context(), test.url)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want %q in it", err, test.want)
			}
			if strings.Contains(err.Error(), "hush") {
				t.Errorf("shows a credential: %v", err)
			}
		})
	}
}

func TestEveryDriverOpens(t *testing.T) {
	t.Setenv("STORAGE_EMULATOR_HOST", "127.0.0.1:1")
	for _, url := range []string{
		"file://" + t.TempDir(),
		"s3://b/prefix?region=eu-central-1&endpoint=http://127.0.0.1:1",
		"gs://b/prefix",
		"azblob://c/prefix?storage_account=a",
	} {
		d, err := Driver(t.Context(), url)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		if err := d.Close(); err != nil {
			t.Errorf("close %s: %v", url, err)
		}
	}
}

func TestAllBucketsOrNone(t *testing.T) {
	_, err := Readers(t.Context(), config.Federation{}, []string{"file://" + t.TempDir(), "ftp://a", "gopher://b"})
	if err == nil || !strings.Contains(err.Error(), "ftp") || !strings.Contains(err.Error(), "gopher") {
		t.Errorf("got %v, want both problems", err)
	}
}

// every configures one source of each kind, named like it.
func every(credentials ...string) *config.Config {
	c := &config.Config{}
	for _, kind := range Kinds {
		s := config.Source{Name: kind.Name, Kind: kind.Name, Credentials: credentials}
		if kind.Name == "generic" {
			s.Options = map[string]string{"signature_header": "X-Signature", "secret_encoding": "hex"}
		}
		c.Sources = append(c.Sources, s)
	}
	return c
}

func TestReadingTakesNoSecrets(t *testing.T) {
	c := every()
	sources, err := Interpreters(c)
	if err != nil || len(sources) != len(Kinds) {
		t.Errorf("opened %d of %d: %v", len(sources), len(Kinds), err)
	}
	if c.Sources[0].Secrets != nil {
		t.Error("changed the configuration")
	}
	for i := range c.Sources {
		one := &config.Config{Sources: c.Sources[i : i+1]}
		if _, err := Sources(one); err == nil {
			t.Errorf("%s verifies without secrets", one.Sources[0].Kind)
		}
	}
	c.Sources[1].Kind = "siebel"
	if _, err := Interpreters(c); err == nil || !strings.Contains(err.Error(), "hubspot, pipedrive") {
		t.Errorf("got %v, want the kinds that there are", err)
	}
}

func TestEverySourceCutsWhatItsConfigurationDeclares(t *testing.T) {
	c := every("query:key", "path:4")
	sources, err := Interpreters(c)
	if err != nil {
		t.Fatal(err)
	}
	for name, source := range sources {
		d, err := source.Delivery(&crm.Request{Path: "/v1/hooks/a/hush?key=hush"}, "token", time.Now())
		if err != nil || d.Path != "/v1/hooks/a/[cut]?key=[cut]" {
			t.Errorf("%s keeps %q, %v", name, d.Path, err)
		}
	}
	c.Sources[1].Credentials = []string{"query:key", "hush"}
	_, err = Interpreters(c)
	if err == nil || !strings.Contains(err.Error(), "credentials[1]: want header:NAME") || strings.Contains(err.Error(), "hush") {
		t.Errorf("got %v", err)
	}
}

// The kinds are listed in alphabetical order, each once: errors and pages show them so.
func TestKindsAreSorted(t *testing.T) {
	var names []string
	for _, kind := range Kinds {
		names = append(names, kind.Name)
	}
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("got %v", names)
	}
}

func TestCaptureSaysWhatIsWrongWithTheKey(t *testing.T) {
	c := &config.Config{Receiver: config.Signer{Name: "aws", Key: "hush"}}
	_, err := Capture(context.Background(), c, nil)
	if err == nil || !strings.Contains(err.Error(), "receiver aws") || strings.Contains(err.Error(), "hush") {
		t.Errorf("got %v", err)
	}
}

func TestWhatOneLossUndoesIsSaid(t *testing.T) {
	c := &config.Config{Buckets: []string{"file:///a", "file:///b", "file:///c"}, Quorum: 2, Recipients: []string{"age1a", "age1b"}}
	if all := weaknesses(c); len(all) > 0 {
		t.Errorf("a majority and two recipients: %q", all)
	}
	c.Quorum, c.Recipients = 1, []string{"age1a", "age1a"}
	if all := strings.Join(weaknesses(c), "\n"); !strings.Contains(all, "quorum of 1 of 3") || !strings.Contains(all, "one recipient") {
		t.Errorf("got %q", all)
	}
}
