package bucketurl_test

import (
	"net/url"
	"strings"
	"testing"

	"outlast.example/shared/store/internal/bucketurl"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, url      string
		bucket, region string
		endpoint       string
		want           string // part of the error
	}{
		{name: "plain", url: "s3://bucket", bucket: "bucket"},
		{name: "with a prefix", url: "s3://bucket/some/prefix", bucket: "bucket"},
		{
			name: "parameters", url: "s3://b?region=eu&endpoint=https%3A%2F%2Fhost%3A1%2Fpath",
			bucket: "b", region: "eu", endpoint: "https://host:1/path",
		},
		{name: "plain endpoint", url: "s3://b?endpoint=http://127.0.0.1:9000", bucket: "b", endpoint: "http://127.0.0.1:9000"},
		{name: "no bucket", url: "s3:///prefix", want: "want s3://NAME"},
		{name: "opaque", url: "s3:bucket", want: "want s3://NAME"},
		{name: "user", url: "s3://key:secret@bucket", want: "want s3://NAME"},
		{name: "port", url: "s3://bucket:80", want: "want s3://NAME"},
		{name: "fragment", url: "s3://bucket#secret", want: "want s3://NAME"},
		{name: "unknown", url: "s3://b?regoin=secret", want: `"regoin": not known: want one of endpoint, region`},
		{name: "twice", url: "s3://b?region=a&region=secret", want: `"region": given 2 times`},
		{name: "not well formed", url: "s3://b?region=%zzsecret", want: "escape them"},
		{name: "semicolon", url: "s3://b?region=a;endpoint=secret", want: "escape them"},
		{name: "endpoint without scheme", url: "s3://b?endpoint=secret:9000", want: "want https://HOST"},
		{name: "endpoint of another scheme", url: "s3://b?endpoint=ftp://secret", want: "want https://HOST"},
		{name: "endpoint with user", url: "s3://b?endpoint=https://a:secret@host", want: "want https://HOST"},
		{name: "endpoint with signature", url: "s3://b?endpoint=https://host/%3Fsig=secret", want: "want https://HOST"},
	} {
		t.Run(c.name, func(t *testing.T) {
			u, err := url.Parse(c.url)
			if err != nil {
				t.Fatal(err)
			}
			var region, endpoint string
			bucket, err := bucketurl.Parse(u, bucketurl.Params{
				"region": bucketurl.Into(&region), "endpoint": bucketurl.Endpoint(&endpoint),
			})
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
					t.Errorf("error %v, want one with %q that shows no value", err, c.want)
				}
				return
			}
			if err != nil || bucket != c.bucket || region != c.region || endpoint != c.endpoint {
				t.Errorf("bucket %q, region %q, endpoint %q, error %v", bucket, region, endpoint, err)
			}
		})
	}
}
