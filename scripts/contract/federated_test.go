package main

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const federating = `
repository: 6f1c2f0e-5b1a-4c62-9d0c-0c2b7a9e4d11
root_public_key: uFcfIkpJ9+VO1ipbP8K0raPELATbqrHzJVRrzCCq7fA=
buckets: ["s3://a?region=eu-central-1"]
federation:
  from: gcp
  subject: "1048"
  aws: {role: "arn:aws:iam::1:role/capture", region: eu-central-1}
`

// google vouches for a subject with a token of an issuer, and plays STS as well, which takes everybody.
func google(t *testing.T, issuer, subject string) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			_, _ = fmt.Fprintf(w, `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIA</AccessKeyId>
<SecretAccessKey>hush</SecretAccessKey><SessionToken>hush</SessionToken><Expiration>%s</Expiration></Credentials>
</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
			return
		}
		claims := fmt.Sprintf(`{"iss":%q,"sub":%q,"aud":%q,"exp":%d}`, issuer, subject, r.FormValue("audience"), time.Now().Add(time.Hour).Unix())
		_, _ = io.WriteString(w, "eyJhbGciOiJSUzI1NiJ9."+base64.RawURLEncoding.EncodeToString([]byte(claims))+".c2lnbmF0dXJl")
	}))
	t.Cleanup(s.Close)
	t.Setenv("GCE_METADATA_HOST", strings.TrimPrefix(s.URL, "http://"))
	t.Setenv("AWS_ENDPOINT_URL_STS", s.URL)
}

func TestFederation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "outlast.yaml")
	if err := os.WriteFile(path, []byte(federating), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		issuer, subject string
		want            map[string]string
	}{
		"as pinned":       {"https://accounts.google.com", "1048", map[string]string{}},
		"another issuer":  {"https://accounts.google.com.example", "1048", map[string]string{"from gcp: to aws: issuer": "https://accounts.google.com.example"}},
		"another subject": {"https://accounts.google.com", "1049", map[string]string{"from gcp: to aws: subject": "1049", "from gcp: to aws: exchange": pinned}},
	} {
		t.Run(name, func(t *testing.T) {
			google(t, c.issuer, c.subject)
			wantDeviations(t, c.want, deviations(t, "-federation", path))
		})
	}
}

// pinned is what Outlast itself says before it sends a token that is not the one it wants.
const pinned = "token from Google's metadata server: access denied: the token is not what the configuration pins: its subject is \"1049\", and federation.subject wants \"1048\""

func TestIssuersPattern(t *testing.T) {
	const pattern = "https://*.tokens.sts.global.api.aws"
	for issuer, want := range map[string]string{
		"https://7b4c.tokens.sts.global.api.aws": pattern, "https://tokens.sts.global.api.aws": "https://tokens.sts.global.api.aws", "": "",
	} {
		if got := starred(issuer, pattern); got != want {
			t.Errorf("%s is shown as %s", issuer, got)
		}
	}
}
