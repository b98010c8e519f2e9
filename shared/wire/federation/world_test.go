package federation

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/golang-jwt/jwt/v5"

	"outlast.example/shared/config"
)

const (
	role     = "arn:aws:iam::111122223333:role/receiver-from-elsewhere"
	provider = "//iam.googleapis.com/projects/1234/locations/global/workloadIdentityPools/outlast/providers/receiver"
	account  = "capture@backup.iam.gserviceaccount.com"
	tenant   = "5f3c7d0e-9a51-4a3e-8f0a-6c2f8f1c9b11"
	client   = "0b7c2d9e-53c6-4a2f-9c64-0e8a3c6ad3b7"

	identityHeader = "the-function-host-s-own-word"
	federatedToken = "ya29.d.federated"
	googleToken    = "ya29.c.of-the-service-account"
	secretKey      = "the-secret-access-key"
)

// owns are the own clouds' issuers and the subjects that they name.
var owns = map[string]struct{ issuer, subject string }{
	config.AWS:   {"https://7b4c.tokens.sts.global.api.aws", "arn:aws:iam::444455556666:role/capture"},
	config.GCP:   {"https://accounts.google.com", "104876519348752098134"},
	config.Azure: {"https://sts.windows.net/" + tenant + "/", "8d1b2f5c-1c77-4b0e-9d0c-3f6a5b1e2c90"},
}

// world plays the issuers of all three clouds, and checks what they document that they check. Its tokens are signed, and
// verified by a library that is not the product's.
type world struct {
	t            *testing.T
	key          *rsa.PrivateKey  // signs what vouches
	http         *httptest.Server // all but Entra, which has to be reached by TLS
	entra        *httptest.Server
	life         time.Duration // of the tokens that vouch
	trust        struct{ issuer, subject, audience string }
	misaddressed bool // whoever vouches ignores the audience
	mutex        sync.Mutex
	asked        []string     // the issuers' answers, in order
	vouched      []string     // every token that was given out
	trouble      http.Handler // answers instead, where it is set
}

var signingKey, otherKey = sync.OnceValue(newKey), sync.OnceValue(newKey)

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

func newWorld(t *testing.T, from string) *world {
	w := &world{t: t, key: signingKey(), life: 5 * time.Minute}
	w.trust.issuer, w.trust.subject = owns[from].issuer, owns[from].subject
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{$}", w.awsSTS(from))
	mux.HandleFunc("GET /computeMetadata/v1/instance/service-accounts/default/identity", w.metadata)
	mux.HandleFunc("GET /msi/token", w.managedIdentity)
	mux.HandleFunc("POST /v1/token", w.googleSTS)
	mux.HandleFunc("POST /v1/projects/-/serviceAccounts/{action}", w.googleIAM)
	w.http = httptest.NewServer(w.orTrouble(mux))
	t.Cleanup(w.http.Close)
	entra := http.NewServeMux()
	entra.HandleFunc("GET /"+tenant+"/v2.0/.well-known/openid-configuration", w.discovery)
	entra.HandleFunc("POST /"+tenant+"/oauth2/v2.0/token", w.entraToken)
	w.entra = httptest.NewTLSServer(w.orTrouble(entra))
	t.Cleanup(w.entra.Close)

	t.Setenv("AWS_ENDPOINT_URL_STS", w.http.URL)
	t.Setenv("AWS_REGION", "eu-central-1")
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDOFTHEFUNCTION")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "a-secret-of-the-function")
	t.Setenv("GCE_METADATA_HOST", strings.TrimPrefix(w.http.URL, "http://"))
	t.Setenv("IDENTITY_ENDPOINT", w.http.URL+"/msi/token")
	t.Setenv("IDENTITY_HEADER", identityHeader)
	return w
}

func (w *world) orTrouble(next http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if w.trouble != nil {
			w.trouble.ServeHTTP(out, r)
			return
		}
		next.ServeHTTP(out, r)
	})
}

// open gives the federation of a process in one cloud, reaching both others.
func (w *world) open(from string, change func(*config.Federation)) *Federation {
	w.t.Helper()
	c := config.Federation{From: from, Subject: owns[from].subject}
	c.AWS.Role, c.GCP.Provider, c.GCP.ServiceAccount, c.Azure.Tenant, c.Azure.Client = role, provider, account, tenant, client
	if from == config.Azure {
		// Azure's library keeps a process's tokens by their audience: each test has its own.
		c.AWS.Audience, c.GCP.Audience = "api://aws-"+w.t.Name(), "api://gcp-"+w.t.Name()
	}
	if change != nil {
		change(&c)
	}
	places := issuers{googleToken: w.http.URL + "/v1/token", googleIAM: w.http.URL, azure: cloud.Configuration{ActiveDirectoryAuthorityHost: w.entra.URL}}
	f, err := places.open(w.t.Context(), c, w.entra.Client().Transport)
	if err != nil {
		w.t.Fatal(err)
	}
	return f
}

// vouch makes a token of the own cloud.
func (w *world) vouch(from, audience string) string {
	now := time.Now()
	if w.misaddressed {
		audience = "somebody else"
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": owns[from].issuer, "sub": owns[from].subject, "aud": audience, "iat": now.Unix(), "exp": now.Add(w.life).Unix(),
	}).SignedString(w.key)
	if err != nil {
		w.t.Error(err)
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.vouched = append(w.vouched, token)
	return token
}

// verify is what each of the other clouds' issuers does with a token.
func (w *world) verify(token string) error {
	_, err := jwt.NewParser(
		jwt.WithValidMethods([]string{"RS256"}), jwt.WithExpirationRequired(),
		jwt.WithIssuer(w.trust.issuer), jwt.WithSubject(w.trust.subject), jwt.WithAudience(w.trust.audience),
	).Parse(token, func(*jwt.Token) (any, error) { return &signingKey().PublicKey, nil })
	return err
}

// wants checks a request's form, or says what a sloppy client forgot.
func (w *world) wants(r *http.Request, form map[string]string) {
	w.t.Helper()
	if err := r.ParseForm(); err != nil {
		w.t.Error(err)
	}
	for name, want := range form {
		if got := r.Form.Get(name); got != want {
			w.t.Errorf("%s %s: %s is %q, want %q", r.Method, r.URL.Path, name, got, want)
		}
	}
}

func (w *world) note(format string, args ...any) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.asked = append(w.asked, fmt.Sprintf(format, args...))
}

func (w *world) awsSTS(from string) http.HandlerFunc {
	return func(out http.ResponseWriter, r *http.Request) {
		w.wants(r, map[string]string{"Version": "2011-06-15"})
		switch action := r.Form.Get("Action"); action {
		case "GetWebIdentityToken":
			w.webIdentityToken(out, r)
		case "AssumeRoleWithWebIdentity":
			w.assumeRole(out, r)
		default:
			w.t.Errorf("action %q from %s", action, from)
		}
	}
}

func (w *world) webIdentityToken(out http.ResponseWriter, r *http.Request) {
	w.note("GetWebIdentityToken")
	w.wants(r, map[string]string{"SigningAlgorithm": "RS256", "DurationSeconds": "300", "Audience.member.2": ""})
	signature := r.Header.Get("Authorization")
	if !strings.HasPrefix(signature, "AWS4-HMAC-SHA256 Credential=AKIDOFTHEFUNCTION/") || !strings.Contains(signature, "/eu-central-1/sts/aws4_request") {
		w.t.Errorf("not signed by the function's role for its region: %q", signature)
	}
	writeXML(out, `<GetWebIdentityTokenResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetWebIdentityTokenResult>
<WebIdentityToken>%s</WebIdentityToken><Expiration>%s</Expiration></GetWebIdentityTokenResult></GetWebIdentityTokenResponse>`,
		w.vouch(config.AWS, r.Form.Get("Audience.member.1")), stamp(w.life))
}

func (w *world) assumeRole(out http.ResponseWriter, r *http.Request) {
	w.note("AssumeRoleWithWebIdentity")
	w.wants(r, map[string]string{"RoleArn": role, "RoleSessionName": "outlast"})
	if r.Header.Get("Authorization") != "" {
		w.t.Error("signed, with whose key?")
	}
	if err := w.verify(r.Form.Get("WebIdentityToken")); err != nil {
		out.WriteHeader(http.StatusForbidden)
		writeXML(out, `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code>
<Message>Not authorized: %s; %s</Message></Error></ErrorResponse>`, err, r.Form.Get("WebIdentityToken"))
		return
	}
	writeXML(out, `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>
<AssumedRoleUser><Arn>%s</Arn><AssumedRoleId>AROA:outlast</AssumedRoleId></AssumedRoleUser>
<Credentials><AccessKeyId>ASIAFEDERATED</AccessKeyId><SecretAccessKey>%s</SecretAccessKey><SessionToken>session</SessionToken>
<Expiration>%s</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`, role+"/outlast", secretKey, stamp(time.Hour))
}

func (w *world) metadata(out http.ResponseWriter, r *http.Request) {
	w.note("metadata server")
	w.wants(r, map[string]string{"format": "full"})
	if r.Header.Get("Metadata-Flavor") != "Google" {
		out.WriteHeader(http.StatusForbidden)
		return
	}
	_, _ = io.WriteString(out, w.vouch(config.GCP, r.Form.Get("audience")))
}

func (w *world) managedIdentity(out http.ResponseWriter, r *http.Request) {
	w.note("managed identity")
	w.wants(r, map[string]string{"api-version": "2019-08-01"})
	if r.Header.Get("X-IDENTITY-HEADER") != identityHeader {
		out.WriteHeader(http.StatusUnauthorized)
		return
	}
	writeJSON(out, http.StatusOK, map[string]any{
		"access_token": w.vouch(config.Azure, r.Form.Get("resource")), "token_type": "Bearer", "resource": r.Form.Get("resource"),
		"expires_on": strconv.FormatInt(time.Now().Add(w.life).Unix(), 10), "client_id": "own",
	})
}

func (w *world) googleSTS(out http.ResponseWriter, r *http.Request) {
	w.note("Google STS")
	w.wants(r, map[string]string{
		"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "audience": provider,
		"requested_token_type": "urn:ietf:params:oauth:token-type:access_token", "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
	})
	if err := w.verify(r.Form.Get("subject_token")); err != nil {
		writeJSON(out, http.StatusBadRequest, map[string]any{"error": "invalid_grant", "error_description": fmt.Sprintf("%s: %s", err, r.Form.Get("subject_token"))})
		return
	}
	writeJSON(out, http.StatusOK, map[string]any{
		"access_token": federatedToken, "issued_token_type": "urn:ietf:params:oauth:token-type:access_token", "token_type": "Bearer", "expires_in": 3600,
	})
}

func (w *world) googleIAM(out http.ResponseWriter, r *http.Request) {
	w.note("generateAccessToken")
	var asked struct{ Scope []string }
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		w.t.Error(err)
	}
	if len(asked.Scope) != 1 || asked.Scope[0] != storageScope || r.PathValue("action") != account+":generateAccessToken" {
		w.t.Errorf("%s with scope %q", r.PathValue("action"), asked.Scope)
	}
	if r.Header.Get("Authorization") != "Bearer "+federatedToken {
		writeJSON(out, http.StatusForbidden, map[string]any{"error": map[string]any{"code": 403, "status": "PERMISSION_DENIED", "message": "not the federated token"}})
		return
	}
	writeJSON(out, http.StatusOK, map[string]any{"accessToken": googleToken, "expireTime": stamp(time.Hour)})
}

func (w *world) discovery(out http.ResponseWriter, _ *http.Request) {
	base := w.entra.URL + "/" + tenant
	writeJSON(out, http.StatusOK, map[string]any{
		"token_endpoint": base + "/oauth2/v2.0/token", "authorization_endpoint": base + "/oauth2/v2.0/authorize", "issuer": base + "/v2.0",
	})
}

func (w *world) entraToken(out http.ResponseWriter, r *http.Request) {
	w.note("Entra")
	w.wants(r, map[string]string{
		"grant_type": "client_credentials", "client_id": client, "client_secret": "",
		"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
	})
	if !strings.Contains(r.Form.Get("scope"), "https://storage.azure.com/.default") {
		w.t.Errorf("scope %q", r.Form.Get("scope"))
	}
	if err := w.verify(r.Form.Get("client_assertion")); err != nil {
		writeJSON(out, http.StatusUnauthorized, map[string]any{
			"error": "invalid_client", "error_description": fmt.Sprintf("AADSTS700213: %s: %s", err, r.Form.Get("client_assertion")),
		})
		return
	}
	writeJSON(out, http.StatusOK, map[string]any{"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": "entra-token"})
}

func writeJSON(out http.ResponseWriter, status int, v any) {
	out.Header().Set("Content-Type", "application/json")
	out.WriteHeader(status)
	_ = json.NewEncoder(out).Encode(v)
}

func writeXML(out io.Writer, format string, args ...any) {
	for i, arg := range args {
		var escaped strings.Builder
		_ = xml.EscapeText(&escaped, []byte(fmt.Sprint(arg)))
		args[i] = escaped.String()
	}
	_, _ = fmt.Fprintf(out, format, args...)
}

func stamp(in time.Duration) string { return time.Now().Add(in).UTC().Format(time.RFC3339) }
