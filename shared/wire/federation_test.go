package wire_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/config"
	"outlast.example/shared/store"
	"outlast.example/shared/wire"
)

// fromGCP is a process on Google Cloud that reaches a bucket of AWS and a container of Azure.
var fromGCP = config.Federation{
	From:  config.GCP,
	AWS:   config.FederationAWS{Role: "arn:aws:iam::1:role/capture", Region: "eu-central-1"},
	Azure: config.FederationAzure{Tenant: "t", Client: "c"},
}

var fromAWS = config.Federation{
	From: config.AWS,
	GCP:  config.FederationGCP{Provider: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/aws"},
}

// metadataServer vouches for whoever asks.
func metadataServer(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		claims := fmt.Sprintf(`{"iss":"https://accounts.google.com","sub":"1","aud":%q,"exp":%d}`, r.FormValue("audience"), time.Now().Add(time.Hour).Unix())
		_, _ = io.WriteString(w, "eyJhbGciOiJSUzI1NiJ9."+base64.RawURLEncoding.EncodeToString([]byte(claims))+".c2lnbmF0dXJl")
	}))
	t.Cleanup(s.Close)
	t.Setenv("GCE_METADATA_HOST", strings.TrimPrefix(s.URL, "http://"))
}

// A federated bucket whose tokens cannot be had is one bucket less, and nothing else.
func TestDeadIssuerStopsOneBucketOnly(t *testing.T) {
	for name, sts := range map[string]string{
		"refuses": answering(t, http.StatusForbidden),
		"is down": answering(t, http.StatusServiceUnavailable),
		"hangs":   silent(t),
	} {
		t.Run(name, func(t *testing.T) {
			metadataServer(t)
			t.Setenv("AWS_ENDPOINT_URL_STS", sts)
			c := new(clouds)
			c.begin(t, []string{"file://" + t.TempDir(), "file://" + t.TempDir()})
			c.config.Federation = fromGCP
			c.config.Buckets = append(c.config.Buckets, "s3://b?region=eu-central-1&endpoint=http://127.0.0.1:1")
			c.config.Limits.Deadline, c.config.Limits.Straggler = time.Second, 300*time.Millisecond

			log := &awaited{text: "token from AWS STS AssumeRoleWithWebIdentity", said: make(chan struct{})}
			receiver, err := wire.Capture(t.Context(), c.config, slog.New(slog.NewTextHandler(log, nil)))
			fatal(t, err)
			sources, err := wire.Sources(c.config)
			fatal(t, err)
			post(t, receiver, sources["acme"], hubspotContact(1))
			fatal(t, receiver.Drain(t.Context()))
			select {
			case <-log.said: // a straggler's end is told after the answer
			case <-time.After(10 * time.Second):
				t.Errorf("the log does not say who gave no token:\n%s", log.lines)
			}
			records, _ := c.restore(t, 0)
			if alone, _ := c.restore(t, 1); len(records) != 1 || len(alone) != 1 {
				t.Errorf("%d and %d records, want one in each bucket that needs no token", len(records), len(alone))
			}
		})
	}
}

// awaited is a log that tells when a text stands in it. slog writes one line at a time.
type awaited struct {
	text  string
	said  chan struct{}
	lines []byte
}

func (a *awaited) Write(line []byte) (int, error) {
	before := bytes.Contains(a.lines, []byte(a.text))
	a.lines = append(a.lines, line...)
	if !before && bytes.Contains(a.lines, []byte(a.text)) {
		close(a.said)
	}
	return len(line), nil
}

// answering is the address of a server with one status for everything.
func answering(t *testing.T, status int) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	t.Cleanup(s.Close)
	return s.URL
}

// silent is the address of a server that takes connections and never answers.
func silent(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	fatal(t, err)
	t.Cleanup(func() { fatal(t, l.Close()) })
	return "http://" + l.Addr().String()
}

func TestFailingBucketNamesTheIssuer(t *testing.T) {
	issuers := answering(t, http.StatusForbidden)
	t.Setenv("AWS_ENDPOINT_URL_STS", issuers)
	t.Setenv("AWS_REGION", "eu-central-1")
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIA")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "hush")
	t.Setenv("GCE_METADATA_HOST", strings.TrimPrefix(issuers, "http://"))
	for _, test := range []struct {
		federation config.Federation
		url        string
		issuer     string
	}{
		{fromGCP, "s3://b?region=eu-central-1&endpoint=http://127.0.0.1:1", "Google's metadata server"},
		{fromGCP, "azblob://c?storage_account=a", "Google's metadata server"},
		{fromAWS, "gs://b", "AWS STS GetWebIdentityToken"},
	} {
		t.Run(test.url, func(t *testing.T) {
			buckets, err := wire.Keepers(t.Context(), test.federation, []string{test.url})
			fatal(t, err)
			defer func() { fatal(t, wire.Close(buckets)) }()
			err = buckets[0].Create(t.Context(), "log/a", store.NewContent([]byte("a")))
			want := fmt.Sprintf("create log/a in %s: token from %s: access denied: HTTP 403", test.url, test.issuer)
			if !errors.Is(err, store.ErrDenied) || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

// The bucket is written to as the role that the token was exchanged for.
func TestFederatedBucket(t *testing.T) {
	metadataServer(t)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPost && r.FormValue("RoleArn") == fromGCP.AWS.Role:
			_, _ = fmt.Fprintf(w, `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIAFEDERATED</AccessKeyId>
<SecretAccessKey>hush</SecretAccessKey><SessionToken>session</SessionToken><Expiration>%s</Expiration></Credentials>
</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
		case r.Method != http.MethodPut || r.Header.Get("X-Amz-Security-Token") != "session" ||
			!strings.Contains(r.Header.Get("Authorization"), "Credential=ASIAFEDERATED/"):
			w.WriteHeader(http.StatusForbidden)
		default:
			w.Header().Set("ETag", `"e"`)
		}
	}))
	t.Cleanup(s.Close)
	t.Setenv("AWS_ENDPOINT_URL_STS", s.URL)
	buckets, err := wire.Keepers(t.Context(), fromGCP, []string{"s3://b?region=eu-central-1&use_path_style=true&endpoint=" + s.URL})
	fatal(t, err)
	fatal(t, buckets[0].Create(t.Context(), "log/a", store.NewContent([]byte("a"))))
	fatal(t, wire.Close(buckets))
}
