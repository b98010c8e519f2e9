package federation

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Claims are what a signed token says of itself (RFC 7519). Nobody has verified the signature: they tell what an issuer
// that does verify it will see.
type Claims struct {
	Issuer   string   `json:"iss"`
	Subject  string   `json:"sub"`
	Audience []string `json:"aud"`
	// Party is whom an identity token of Google was issued to; AWS takes it for the audience where it is given.
	Party   string    `json:"azp,omitempty"`
	Expires time.Time `json:"exp"`
}

// Decode reads the claims of a signed token. Its errors do not show the token.
func Decode(token string) (Claims, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return Claims{}, errors.New("not a signed token: want three parts with dots between them")
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return Claims{}, errors.New("not a signed token: the claims are not base64url")
	}
	var claims struct {
		Claims
		Audience audience `json:"aud"`
		Expires  float64  `json:"exp"` // NumericDate, which may have a fraction
	}
	if err := json.Unmarshal(text, &claims); err != nil {
		return Claims{}, errors.New("not a signed token: the claims are not JSON of the form that RFC 7519 wants")
	}
	claims.Claims.Audience = claims.Audience
	claims.Claims.Expires = time.Unix(int64(claims.Expires), 0).UTC()
	return claims.Claims, nil
}

// audience is one text or a list of them (RFC 7519, section 4.1.3).
type audience []string

func (a *audience) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*a = audience{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(a))
}

// errPin says that the own cloud's token is not the one that the configuration names: it is sent nowhere.
var errPin = errors.New("the token is not what the configuration pins")

// pinned checks that the token is for whom, and from whom, the configuration says. An empty subject is not checked.
func (c Claims) pinned(audience, subject string) error {
	if !slices.Contains(c.Audience, audience) {
		return fmt.Errorf("%w: it is made out to %q, not to %q", errPin, c.Audience, audience)
	}
	if subject != "" && c.Subject != subject {
		return fmt.Errorf("%w: its subject is %q, and federation.subject wants %q", errPin, c.Subject, subject)
	}
	return nil
}
