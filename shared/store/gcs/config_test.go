package gcs_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"cloud.google.com/go/auth"

	"outlast.example/shared/store"
	"outlast.example/shared/store/gcs"
	"outlast.example/shared/store/internal/transport/transporttest"
)

func TestFromURL(t *testing.T) {
	for _, c := range []struct {
		name, url string
		options   gcs.Options
		want      string // part of the error
	}{
		{name: "plain", url: "gs://bucket/prefix", options: gcs.Options{Bucket: "bucket"}},
		{
			name: "endpoint", url: "gs://b?endpoint=http://127.0.0.1:9000",
			options: gcs.Options{Bucket: "b", Endpoint: "http://127.0.0.1:9000"},
		},
		{name: "unknown", url: "gs://b?region=eu", want: "not known"},
	} {
		t.Run(c.name, func(t *testing.T) {
			u, err := url.Parse(c.url)
			if err != nil {
				t.Fatal(err)
			}
			switch o, err := gcs.FromURL(u); {
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

func TestMissingCredentialsFile(t *testing.T) {
	t.Setenv("STORAGE_EMULATOR_HOST", "")
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", filepath.Join(t.TempDir(), "missing.json"))
	if _, err := gcs.Open(t.Context(), gcs.Options{Bucket: "b"}); err == nil || !strings.Contains(err.Error(), "missing.json") {
		t.Errorf("error %v, want one that names the file", err)
	}
}

// Tokens never travel over clear text: neither to an http:// endpoint nor to the emulator of the environment.
func TestNoTokenOverClearText(t *testing.T) {
	var path, authorization string
	server := transporttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		path, authorization = r.URL.Path, r.Header.Get("Authorization")
		json(200, "", "")(w, r)
	})
	for name, c := range map[string]struct{ endpoint, environment string }{
		"endpoint":                  {server.Address, ""},
		"endpoint with the path":    {server.Address + "/storage/v1/", ""},
		"environment":               {"", strings.TrimPrefix(server.Address, "http://")},
		"environment with a scheme": {"", server.Address},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("STORAGE_EMULATOR_HOST", c.environment)
			d, err := gcs.Open(t.Context(), gcs.Options{Bucket: "b", Endpoint: c.endpoint, Credentials: issued(nil)})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := d.List(t.Context(), "", ""); err != nil || path != "/storage/v1/b/b/o" || authorization != "" {
				t.Errorf("path %q, authorization %q, error %v", path, authorization, err)
			}
		})
	}
}

// A redirect is an answer like another one: no token goes where it leads to.
func TestNoTokenWhereARedirectLeads(t *testing.T) {
	var authorization atomic.Value
	elsewhere := transporttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		authorization.Store(r.Header.Get("Authorization"))
		json(200, "", "")(w, r)
	})
	google := httptest.NewTLSServer(http.RedirectHandler(elsewhere.Address, http.StatusTemporaryRedirect))
	t.Cleanup(google.Close)
	trusted := http.DefaultTransport.(*http.Transport)
	before := trusted.TLSClientConfig
	trusted.TLSClientConfig = google.Client().Transport.(*http.Transport).TLSClientConfig
	t.Cleanup(func() { trusted.TLSClientConfig = before })
	d, err := gcs.Open(t.Context(), gcs.Options{Bucket: "b", Endpoint: google.URL, Credentials: issued(nil)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = d.List(t.Context(), "", ""); err == nil || authorization.Load() != nil {
		t.Errorf("error %v, authorization elsewhere: %v", err, authorization.Load())
	}
}

// Without a token nothing is sent, so nothing can be stored.
func TestNoToken(t *testing.T) {
	for _, c := range []struct {
		name   string
		issuer error
		want   error
	}{
		{"issuer is down", errors.New("connection refused"), store.ErrBusy},
		{"issuer is overloaded", &auth.Error{Response: &http.Response{StatusCode: http.StatusServiceUnavailable}}, store.ErrBusy},
		{"issuer refuses", &auth.Error{Response: &http.Response{StatusCode: http.StatusBadRequest}}, store.ErrDenied},
		{"issuer does not know the identity", &auth.Error{Response: &http.Response{StatusCode: http.StatusNotFound}}, store.ErrDenied},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := gcs.Options{Bucket: "b", Endpoint: "https://127.0.0.1:1", Credentials: issued(c.issuer)}
			d, err := gcs.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			transporttest.WantSentinel(t, d.Create(t.Context(), "key", content), c.want)
		})
	}
}

// issued is a token, or the error of getting one.
func issued(err error) *auth.Credentials {
	return auth.NewCredentials(&auth.CredentialsOptions{TokenProvider: issuer{err}})
}

type issuer struct{ err error }

func (i issuer) Token(context.Context) (*auth.Token, error) {
	return &auth.Token{Value: "token"}, i.err
}
