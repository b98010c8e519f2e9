package azblob_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"outlast.example/shared/store"
	"outlast.example/shared/store/azblob"
	"outlast.example/shared/store/internal/transport/transporttest"
)

func TestFromURL(t *testing.T) {
	for _, c := range []struct {
		name, url string
		options   azblob.Options
		want      string // part of the error
	}{
		{name: "plain", url: "azblob://logs/prefix", options: azblob.Options{Container: "logs"}},
		{
			name: "all", url: "azblob://logs?storage_account=a&endpoint=http://127.0.0.1:10000/a",
			options: azblob.Options{Container: "logs", Account: "a", Endpoint: "http://127.0.0.1:10000/a"},
		},
		{name: "unknown", url: "azblob://logs?sas=secret", want: "not known"},
	} {
		t.Run(c.name, func(t *testing.T) {
			u, err := url.Parse(c.url)
			if err != nil {
				t.Fatal(err)
			}
			switch o, err := azblob.FromURL(u); {
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

func TestIncompleteOptions(t *testing.T) {
	for _, c := range []struct {
		name    string
		options azblob.Options
		want    string
	}{
		{"no account", azblob.Options{Key: "c2VjcmV0"}, "set AZURE_STORAGE_ACCOUNT"},
		{"key without account", azblob.Options{Endpoint: "https://host", Key: "c2VjcmV0"}, "set AZURE_STORAGE_ACCOUNT"},
		{"key is not base64", azblob.Options{Account: "a", Key: "secret!"}, "not base64"},
	} {
		t.Run(c.name, func(t *testing.T) {
			withoutEnvironment(t)
			_, err := azblob.Open(t.Context(), c.options)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestCredentialsOfTheEnvironment(t *testing.T) {
	var path, signature, authorization string
	server := transporttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		path, signature, authorization = r.URL.Path, r.URL.Query().Get("sig"), r.Header.Get("Authorization")
		w.WriteHeader(http.StatusCreated)
	})
	for _, c := range []struct {
		name, variable, value    string
		signature, authorization string
	}{
		{"signature", "AZURE_STORAGE_SAS_TOKEN", "sp=c&sig=abc", "abc", ""},
		{"signature with question mark", "AZURE_STORAGE_SAS_TOKEN", "?sp=c&sig=abc", "abc", ""},
		{"key", "AZURE_STORAGE_KEY", "c2VjcmV0", "", "SharedKey account:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			withoutEnvironment(t)
			t.Setenv("AZURE_STORAGE_ACCOUNT", "account")
			t.Setenv(c.variable, c.value)
			d, err := azblob.Open(t.Context(), azblob.Options{Container: "logs", Endpoint: server.Address})
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Create(t.Context(), "a/b", content); err != nil {
				t.Fatal(err)
			}
			if path != "/logs/a/b" || signature != c.signature || !strings.HasPrefix(authorization, c.authorization) {
				t.Errorf("path %q, signature %q, authorization %q", path, signature, authorization)
			}
		})
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
		{"issuer is overloaded", answered(http.StatusServiceUnavailable), store.ErrBusy},
		{"issuer refuses", answered(http.StatusBadRequest), store.ErrDenied},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := azblob.Options{Container: "logs", Endpoint: "https://127.0.0.1:1", Token: issuer{c.issuer}}
			d, err := azblob.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			transporttest.WantSentinel(t, d.Create(t.Context(), "key", content), c.want)
		})
	}
}

// answered is azidentity's error for an answer of Microsoft Entra ID.
func answered(status int) error {
	return &azidentity.AuthenticationFailedError{RawResponse: &http.Response{StatusCode: status}}
}

type issuer struct{ err error }

func (i issuer) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{}, i.err
}

// withoutEnvironment hides the credentials of whoever runs the test.
func withoutEnvironment(t *testing.T) {
	t.Helper()
	for _, name := range []string{"AZURE_STORAGE_ACCOUNT", "AZURE_STORAGE_KEY", "AZURE_STORAGE_SAS_TOKEN"} {
		t.Setenv(name, "")
	}
}
