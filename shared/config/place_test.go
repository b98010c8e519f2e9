package config

import (
	"net/url"
	"testing"
)

func TestOnePlaceHasManyNames(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"file:///data", "file:///data/", true},
		{"file:///data", "file:///other/../data", true},
		{"s3://b?region=eu-central-1", "s3://b/", true},
		{"s3://b/x?a=1&endpoint=http://h", "s3://b/x/?endpoint=http://h&a=1", true},
		{"s3://b/x", "s3://b/y", false},
		{"s3://b?endpoint=http://one", "s3://b?endpoint=http://two", false},
		{"azblob://c?storage_account=a", "azblob://c?storage_account=b", false},
		{"s3://b", "gs://b", false},
		{"s3://b?endpoint=https://h:443", "s3://b?endpoint=https://H/", true},
		{"s3://b?endpoint=https://h:444", "s3://b?endpoint=https://h", false},
		{"s3://b", "s3://b?endpoint=https://s3.eu-central-1.amazonaws.com", true},
		{"s3://b", "s3://b?endpoint=https://s3.cn-north-1.amazonaws.com.cn", false},
		{"gs://b", "gs://b?endpoint=https://storage.googleapis.com", true},
		{"gs://b", "gs://b?endpoint=https://proxy", false},
		{"azblob://c?storage_account=a", "azblob://c?endpoint=https://a.blob.core.windows.net/", true},
		{"azblob://c?endpoint=http://h/one", "azblob://c?endpoint=http://h/two", false},
	} {
		a, b := parse(t, c.a), parse(t, c.b)
		if same := place(a) == place(b); same != c.same {
			t.Errorf("%s and %s: one place %t, want %t", c.a, c.b, same, c.same)
		}
	}
}

func parse(t *testing.T, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
