package config

import (
	"crypto/ed25519"
	"testing"

	"outlast.example/shared/format"
)

func TestReceiverMustBeAmongTheReceivers(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	pem, err := format.MarshalPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		receivers []string
		problems  int
	}{
		"listed":          {[]string{"eu " + format.FormatPublicKey(other), "us " + format.FormatPublicKey(public)}, 0},
		"no list":         {nil, 0},
		"another key":     {[]string{"us " + format.FormatPublicKey(other)}, 1},
		"under another's": {[]string{"eu " + format.FormatPublicKey(public)}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			var p Problems
			(&Config{Receiver: Signer{Name: "us", Key: Secret(pem)}, Receivers: c.receivers}).checkOwnKey(&p)
			if len(p) != c.problems {
				t.Errorf("%d problems, want %d: %v", len(p), c.problems, p)
			}
		})
	}
}
