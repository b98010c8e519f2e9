package federation

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"cloud.google.com/go/auth"
	"cloud.google.com/go/auth/credentials/externalaccount"

	"outlast.example/shared/config"
)

const (
	googleTokenURL = "https://sts.googleapis.com/v1/token" //nolint:gosec // an address
	googleIAM      = "https://iamcredentials.googleapis.com"
	storageScope   = "https://www.googleapis.com/auth/devstorage.read_write"
	jwtType        = "urn:ietf:params:oauth:token-type:jwt"
)

// intoGCP exchanges a token for an access token of the federated identity, and that for one of the service account where
// there is one.
// https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token
// https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken
func (i issuers) intoGCP(p config.FederationGCP, client *http.Client) exchange[string] {
	options := externalaccount.Options{
		Audience:         p.Provider,
		SubjectTokenType: jwtType,
		TokenURL:         i.googleToken,
		Scopes:           []string{storageScope},
		Client:           &http.Client{Transport: named{client.Transport}, CheckRedirect: stay},
		Logger:           slog.New(slog.DiscardHandler), // its own logs tokens where GOOGLE_SDK_GO_LOGGING_LEVEL says so
	}
	identity := "the federated identity itself"
	if p.ServiceAccount != "" {
		identity = p.ServiceAccount
		options.ServiceAccountImpersonationURL = i.googleIAM + "/v1/projects/-/serviceAccounts/" +
			url.PathEscape(p.ServiceAccount) + ":generateAccessToken"
	}
	return func(ctx context.Context, subject string) (grant[string], error) {
		own := options
		own.SubjectTokenProvider = text(subject)
		credentials, err := externalaccount.NewCredentials(&own) // each time anew: it would keep the token to its end
		if err != nil {
			return grant[string]{}, err
		}
		token, err := credentials.Token(ctx)
		if err != nil {
			return grant[string]{}, err
		}
		return grant[string]{token: token.Value, expires: token.Expiry, identity: identity}, nil
	}
}

// text is a token that is at hand.
type text string

func (t text) SubjectToken(context.Context, *externalaccount.RequestOptions) (string, error) {
	return string(t), nil
}

// named notes which of the two exchanges is under way.
type named struct{ http.RoundTripper }

func (n named) RoundTrip(request *http.Request) (*http.Response, error) {
	if strings.HasSuffix(request.URL.Path, ":generateAccessToken") {
		asking(request.Context(), "Google IAM generateAccessToken")
	} else {
		asking(request.Context(), "Google STS")
	}
	return n.RoundTripper.RoundTrip(request)
}

// GCP gives the credentials for gs:// buckets, and begins to fetch them; nil where they take no federation.
func (f *Federation) GCP(ctx context.Context) *auth.Credentials {
	if f.gcp == nil {
		return nil
	}
	f.gcp.begin(ctx)
	return auth.NewCredentials(&auth.CredentialsOptions{TokenProvider: gcpTokens{f.gcp}})
}

type gcpTokens struct{ *direction[string] }

// Token names no life of its own, or Google's library, which keeps tokens too, would hold this one until shortly before
// its end. So it asks for each request.
func (t gcpTokens) Token(ctx context.Context) (*auth.Token, error) {
	token, err := t.get(ctx)
	if err != nil {
		return nil, err
	}
	return &auth.Token{Value: token, Type: "Bearer", Expiry: time.Now()}, nil
}
