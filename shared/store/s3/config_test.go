package s3_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/transport/transporttest"
	"outlast.example/shared/store/s3"
)

func TestFromURL(t *testing.T) {
	for _, c := range []struct {
		name, url string
		options   s3.Options
		want      string // part of the error
	}{
		{name: "plain", url: "s3://bucket/prefix", options: s3.Options{Bucket: "bucket"}},
		{
			name: "all", url: "s3://b?region=eu-west-1&endpoint=http://127.0.0.1:9000&use_path_style=true",
			options: s3.Options{Bucket: "b", Region: "eu-west-1", Endpoint: "http://127.0.0.1:9000", PathStyle: true},
		},
		{name: "unknown", url: "s3://b?storage_account=a", want: "not known"},
		{name: "no truth value", url: "s3://b?use_path_style=perhaps", want: "true or false"},
	} {
		t.Run(c.name, func(t *testing.T) {
			u, err := url.Parse(c.url)
			if err != nil {
				t.Fatal(err)
			}
			switch o, err := s3.FromURL(u); {
			case c.want != "":
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("error %v, want one with %q", err, c.want)
				}
			case err != nil || o != c.options:
				t.Errorf("options %+v, error %v, want %+v", o, err, c.options)
			}
		})
	}
}

func TestRegion(t *testing.T) {
	for _, c := range []struct {
		name        string
		options     s3.Options
		environment string
		ok          bool
	}{
		{"none", s3.Options{Bucket: "b"}, "", false},
		{"of the URL", s3.Options{Bucket: "b", Region: "eu-west-1"}, "", true},
		{"of the environment", s3.Options{Bucket: "b"}, "eu-west-1", true},
		{"not needed elsewhere", s3.Options{Bucket: "b", Endpoint: "http://127.0.0.1:9000"}, "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			withoutProfile(t)
			t.Setenv("AWS_REGION", c.environment)
			_, err := s3.Open(t.Context(), c.options)
			if c.ok != (err == nil) || err != nil && !strings.Contains(err.Error(), "set AWS_REGION") {
				t.Errorf("error %v", err)
			}
		})
	}
}

// The credentials of the environment sign, and the bytes are under the signature.
func TestEnvironmentSigns(t *testing.T) {
	withoutProfile(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "key-id")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	var header http.Header
	server := transporttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		header = r.Header
		stored(w, r)
	})
	d, err := s3.Open(t.Context(), s3.Options{Bucket: "b", Endpoint: server.Address})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Create(t.Context(), "key", content); err != nil {
		t.Fatal(err)
	}
	const hash = "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73" // printf content | sha256sum
	if got := header.Get("X-Amz-Content-Sha256"); got != hash {
		t.Errorf("signed hash %q, want %q", got, hash)
	}
	const checksum = "7XACtDnprIRfIjV9giusFERzD722AW0+yUMil7nsn3M=" // the same in base64: S3 keeps it with the object
	if got := header.Get("X-Amz-Checksum-Sha256"); got != checksum {
		t.Errorf("checksum %q, want %q", got, checksum)
	}
	if got := header.Get("Authorization"); !strings.Contains(got, "Credential=key-id/") || !strings.Contains(got, "if-none-match;") {
		t.Errorf("authorization %q does not sign the condition as key-id", got)
	}
}

// Without credentials nothing is sent, so nothing can be stored.
func TestNoCredentials(t *testing.T) {
	server := answering(t, 500, "InternalError")
	d, err := s3.Open(t.Context(), s3.Options{
		Bucket: "b", Endpoint: server.Address,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{}, errors.New("the token's issuer is down")
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	transporttest.WantSentinel(t, d.Create(t.Context(), "key", content), store.ErrBusy)
}

// Whoever gives credentials knows when to renew them: half a life before they expire, and the SDK waits for the end.
func TestGivenCredentialsAreAskedForEachRequest(t *testing.T) {
	server := transporttest.Serve(t, stored)
	asked := 0
	d, err := s3.Open(t.Context(), s3.Options{
		Bucket: "b", Endpoint: server.Address,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			asked++
			return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "secret", CanExpire: true, Expires: time.Now().Add(time.Hour)}, nil
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := d.Create(t.Context(), "key", content); err != nil {
			t.Fatal(err)
		}
	}
	if asked != 2 {
		t.Errorf("asked %d times for two requests", asked)
	}
}

// withoutProfile hides the configuration of whoever runs the test.
func withoutProfile(t *testing.T) {
	t.Helper()
	for _, name := range []string{"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_SESSION_TOKEN"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_CONFIG_FILE", "/dev/null")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
}
