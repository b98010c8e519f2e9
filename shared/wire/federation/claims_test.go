package federation

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/config"
	"outlast.example/shared/store"
)

func unsigned(claims string) string {
	return "eyJhbGciOiJSUzI1NiJ9." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2lnbmF0dXJl"
}

func TestDecode(t *testing.T) {
	at := time.Unix(1700000900, 0).UTC()
	for name, c := range map[string]struct {
		claims string
		want   Claims
	}{
		"one audience":  {`{"iss":"i","sub":"s","aud":"a","exp":1700000900,"more":{"x":1}}`, Claims{"i", "s", []string{"a"}, "", at}},
		"two audiences": {`{"iss":"i","sub":"s","aud":["a","b"],"azp":"p","exp":1700000900.5}`, Claims{"i", "s", []string{"a", "b"}, "p", at}},
		"none of them":  {`{}`, Claims{Expires: time.Unix(0, 0).UTC()}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Decode(unsigned(c.claims))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatIsNoToken(t *testing.T) {
	for name, token := range map[string]string{
		"opaque": "ya29.c.hush-hush-hush-hush", "two parts": "hush.hush", "empty": "", "not base64": "hush.h*sh.hush",
		"not JSON": unsigned("hush"), "audience is a number": unsigned(`{"aud":1}`), "a list": unsigned("[]"),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Decode(token); err == nil || strings.Contains(err.Error(), "hush") {
				t.Errorf("got %v, want an error that does not show it", err)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(unsigned(`{"iss":"i","sub":"s","aud":["a"],"exp":1e300}`))
	f.Fuzz(func(t *testing.T, token string) {
		claims, err := Decode(token)
		if err == nil && strings.Count(token, ".") != 2 {
			t.Errorf("%+v of %q", claims, token)
		}
		_ = show(token)
	})
}

// A token of another identity, or for somebody else, goes nowhere.
func TestPinned(t *testing.T) {
	for name, spoil := range map[string]func(w *world, c *config.Federation){
		"subject":  func(_ *world, c *config.Federation) { c.Subject = "somebody else" },
		"audience": func(w *world, _ *config.Federation) { w.misaddressed = true },
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world, d way) {
				_, err := take(t.Context(), w.open(d.from, func(c *config.Federation) { spoil(w, c) }), d.to)
				if !errors.Is(err, errPin) || !errors.Is(err, store.ErrDenied) {
					t.Errorf("got %v, want ErrDenied, and why", err)
				}
				if !slices.Equal(slices.Compact(w.asked), d.asked[:1]) { // twice, if the fetch at the opening had failed before the token was wanted
					t.Errorf("asked %q: the token went on", w.asked)
				}
				w.neverShown(err)
			})
		})
	}
}

func TestTry(t *testing.T) {
	w := newWorld(t, config.GCP)
	w.trust.audience = "api://AzureADTokenExchange" // AWS, which is not asked with this one, refuses
	passages := w.open(config.GCP, nil).Try(t.Context())
	if len(passages) != 2 || passages[0].To != config.AWS || passages[1].To != config.Azure {
		t.Fatalf("got %+v", passages)
	}
	aws, azure := passages[0], passages[1]
	if !errors.Is(aws.Err, store.ErrDenied) || aws.Shown.Subject != owns[config.GCP].subject || !slices.Equal(aws.Shown.Audience, []string{"sts.amazonaws.com"}) {
		t.Errorf("to aws: %+v; want what was shown, and why it was refused", aws)
	}
	if azure.Err != nil || azure.Identity != client || time.Until(azure.Expires) < 50*time.Minute || azure.Shown.Issuer != "https://accounts.google.com" {
		t.Errorf("to azure: %+v", azure)
	}
	text, err := json.Marshal(passages)
	if err != nil {
		t.Fatal(err)
	}
	w.neverShown(errors.New(string(text)))
}
