package format

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
)

func TestParsePrivateKeyRefuses(t *testing.T) {
	good, err := MarshalPrivateKey(testKey("root"))
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"empty":        nil,
		"no PEM":       []byte("MC4CAQAwBQYDK2VwBCIEI"),
		"public key":   publicPEM(testSigner("root")),
		"truncated":    good[:len(good)/2],
		"damaged":      bytes.Replace(good, []byte("MC4C"), []byte("AAAA"), 1),
		"elliptic key": openssl(t, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"),
	} {
		t.Run(name, func(t *testing.T) {
			if key, err := ParsePrivateKey(b); err == nil {
				t.Errorf("accepted: %d bytes", len(key))
			}
		})
	}
}

func TestParsePublicKeyRefuses(t *testing.T) {
	good := FormatPublicKey(testSigner("root").Key)
	for _, s := range []string{"", "?", good[:40], strings.TrimSuffix(good, "="), good + good} {
		if key, err := ParsePublicKey(s); err == nil {
			t.Errorf("%q accepted: %x", s, key)
		}
	}
}

func TestKeysRoundTrip(t *testing.T) {
	key := testKey("root")
	b, err := MarshalPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ParsePrivateKey(b); err != nil || !got.Equal(key) {
		t.Errorf("private key comes back as another one, error %v", err)
	}
	public, err := ParsePublicKey(FormatPublicKey(testSigner("root").Key))
	if err != nil || !public.Equal(key.Public()) {
		t.Errorf("public key comes back as another one, error %v", err)
	}
}

func TestOpensslKeysAreRead(t *testing.T) {
	if _, err := ParsePrivateKey(openssl(t, "genpkey", "-algorithm", "ed25519")); err != nil {
		t.Error(err)
	}
}

func openssl(t *testing.T, args ...string) []byte {
	t.Helper()
	out, err := exec.Command("openssl", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return out
}
