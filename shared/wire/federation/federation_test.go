package federation

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/auth/httptransport"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"outlast.example/shared/config"
	"outlast.example/shared/store"
)

// way is one direction, with what it asks in its order, and what the driver gets of it.
type way struct {
	from, to string
	audience string // "" where the configuration names one
	asked    []string
	token    string
}

var ways = []way{
	{config.AWS, config.GCP, "https:" + provider, []string{"GetWebIdentityToken", "Google STS", "generateAccessToken"}, googleToken},
	{config.AWS, config.Azure, "api://AzureADTokenExchange", []string{"GetWebIdentityToken", "Entra"}, "entra-token"},
	{config.GCP, config.AWS, "sts.amazonaws.com", []string{"metadata server", "AssumeRoleWithWebIdentity"}, secretKey},
	{config.GCP, config.Azure, "api://AzureADTokenExchange", []string{"metadata server", "Entra"}, "entra-token"},
	{config.Azure, config.AWS, "", []string{"managed identity", "AssumeRoleWithWebIdentity"}, secretKey},
	{config.Azure, config.GCP, "", []string{"managed identity", "Google STS", "generateAccessToken"}, googleToken},
}

// take gets what a driver gets.
func take(ctx context.Context, f *Federation, to string) (string, error) {
	switch to {
	case config.AWS:
		c, err := f.AWS(ctx).Retrieve(ctx)
		return c.SecretAccessKey, err
	case config.GCP:
		t, err := f.GCP(ctx).Token(ctx)
		if err != nil {
			return "", err
		}
		return t.Value, nil
	default:
		t, err := f.Azure(ctx).GetToken(ctx, policy.TokenRequestOptions{})
		return t.Token, err
	}
}

// each tests the six directions, with what the other cloud has to trust for it.
func each(t *testing.T, test func(t *testing.T, w *world, d way)) {
	for _, d := range ways {
		t.Run(d.from+" to "+d.to, func(t *testing.T) {
			w := newWorld(t, d.from)
			w.trust.audience = cmp.Or(d.audience, "api://"+d.to+"-"+t.Name())
			test(t, w, d)
		})
	}
}

func TestSixDirections(t *testing.T) {
	each(t, func(t *testing.T, w *world, d way) {
		f := w.open(d.from, nil)
		for range 2 { // the second one costs no request
			token, err := take(t.Context(), f, d.to)
			if err != nil || token != d.token {
				t.Fatalf("token %q: %v", token, err)
			}
		}
		if !slices.Equal(w.asked, d.asked) {
			t.Errorf("asked %q, want %q", w.asked, d.asked)
		}
	})
}

func TestWhatIsNotTrustedIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(*world){
		"audience": func(w *world) { w.trust.audience += "/of-another" },
		"subject":  func(w *world) { w.trust.subject += "0" },
		"issuer":   func(w *world) { w.trust.issuer = "https://issuer.example" },
		"expired":  func(w *world) { w.life = -time.Minute },
		"key":      func(w *world) { w.key = otherKey() },
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world, d way) {
				spoil(w)
				_, err := take(t.Context(), w.open(d.from, nil), d.to)
				var token *store.TokenError
				if !errors.As(err, &token) || !errors.Is(err, store.ErrDenied) {
					t.Fatalf("got %v, want a TokenError with ErrDenied", err)
				}
				issuer := map[string]string{config.AWS: "AWS STS AssumeRoleWithWebIdentity", config.GCP: "Google STS", config.Azure: "Microsoft Entra"}[d.to]
				if token.Issuer != issuer || !strings.Contains(err.Error(), "HTTP 4") {
					t.Errorf("%v: want what %s answered", err, issuer)
				}
				w.neverShown(err)
			})
		})
	}
}

// neverShown wants no token in an error, not even where the issuer sends it back.
func (w *world) neverShown(err error) {
	w.t.Helper()
	if len(w.vouched) == 0 {
		w.t.Error("there was no token")
	}
	for _, token := range w.vouched {
		for part := range strings.SplitSeq(token, ".") {
			if strings.Contains(err.Error(), part[:20]) {
				w.t.Errorf("shows a token: %v", err)
			}
		}
	}
}

// Google's library keeps tokens to shortly before their end; what is renewed at half its life has to reach requests sooner.
func TestRenewedTokenReachesGoogle(t *testing.T) {
	w := newWorld(t, config.AWS)
	w.trust.audience = "https:" + provider
	f := w.open(config.AWS, nil)
	var sent []string
	bucket := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { sent = append(sent, r.Header.Get("Authorization")) }))
	defer bucket.Close()
	authorized, err := httptransport.NewClient(&httptransport.Options{Credentials: f.GCP(t.Context()), DisableTelemetry: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{googleToken, "renewed"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, bucket.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := authorized.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if sent[len(sent)-1] != "Bearer "+token {
			t.Errorf("sent %q, want %q", sent, token)
		}
		f.gcp.mutex.Lock()
		f.gcp.token = "renewed"
		f.gcp.mutex.Unlock()
	}
}

// Azure's library asks again from RefreshOn on, which has to be half of the life.
func TestAzureKnowsWhenToAskAgain(t *testing.T) {
	w := newWorld(t, config.GCP)
	w.trust.audience = "api://AzureADTokenExchange"
	token, err := w.open(config.GCP, nil).Azure(t.Context()).GetToken(t.Context(), policy.TokenRequestOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if left, whole := time.Until(token.RefreshOn), time.Until(token.ExpiresOn); left < whole*4/10 || left > whole*6/10 {
		t.Errorf("asks again in %v of %v", left, whole)
	}
}
