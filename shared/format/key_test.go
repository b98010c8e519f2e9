package format

import (
	"errors"
	"path"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"outlast.example/shared/store"
)

func testBatchKey() Key { return withKey([]byte("object"), "aws-eu-1", testTime).Key }

func TestParseKeyRefuses(t *testing.T) {
	good := testBatchKey().String()
	if _, err := ParseKey(good); err != nil {
		t.Fatal(err)
	}
	last := strings.TrimSuffix(good, extension)
	for name, s := range map[string]string{
		"empty":                    "",
		"no folder":                path.Base(good),
		"another hour's folder":    strings.Replace(good, "/09/", "/10/", 1),
		"another prefix":           strings.Replace(good, "log/", "pack/", 1),
		"leading slash":            "/" + good,
		"doubled slash":            strings.Replace(good, "/09/", "/09//", 1),
		"comma in the time":        strings.Replace(good, "03.123", "03,123", 1),
		"no such day":              strings.ReplaceAll(strings.Replace(good, "/11/22/", "/11/31/", 1), "20261122", "20261131"),
		"milliseconds only":        strings.Replace(good, ".123456Z", ".123Z", 1),
		"nonce in upper case":      strings.Replace(good, "-0102030405060708-", "-010203040506070A-", 1),
		"nonce too short":          strings.Replace(good, "-0102030405060708-", "-01020304050607-", 1),
		"hash in upper case":       good[:57] + strings.ToUpper(good[57:121]) + good[121:],
		"receiver in upper case":   strings.Replace(good, "-aws-eu-1-", "-AWS-eu-1-", 1),
		"receiver empty":           strings.Replace(good, "-aws-eu-1-", "--", 1),
		"receiver ends in hyphen":  strings.Replace(good, "-aws-eu-1-", "-aws-eu--", 1),
		"receiver too long":        strings.Replace(good, "-aws-eu-1-", "-"+strings.Repeat("a", 25)+"-", 1),
		"signature with spare bit": last[:len(last)-1] + string(last[len(last)-1]+1) + extension,
		"signature padded":         last + "==" + extension,
		"line break in signature":  last[:len(last)-1] + "\n" + extension,
		"another extension":        last + ".jsonl.gz.age",
		"repair 0":                 good + ".r0",
		"repair 10":                good + ".r10",
		"something behind":         good + ".tmp",
	} {
		t.Run(name, func(t *testing.T) {
			if s == good {
				t.Fatal("the case changes nothing")
			}
			if k, err := ParseKey(s); !errors.Is(err, ErrName) {
				t.Errorf("got %v, %v, want ErrName", k, err)
			}
		})
	}
}

func TestKeyRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := Key{
			Time:     time.UnixMicro(rapid.Int64Range(-62135596800e6, 253402300799e6).Draw(t, "µs")).UTC(),
			Receiver: rapid.StringMatching(`[a-z0-9]([a-z0-9-]{0,22}[a-z0-9])?`).Draw(t, "receiver"),
			Repair:   rapid.IntRange(0, MaxRepair).Draw(t, "repair"),
		}
		copy(k.Nonce[:], rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(t, "nonce"))
		copy(k.SHA256[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "hash"))
		copy(k.Signature[:], rapid.SliceOfN(rapid.Byte(), 64, 64).Draw(t, "signature"))
		s := k.String()
		if got, err := ParseKey(s); err != nil || got != k {
			t.Fatalf("ParseKey(%q) = %v, %v, want %v", s, got, err, k)
		}
		if !strings.HasPrefix(s, HourPrefix(k.Time)) || !strings.HasPrefix(s, DayPrefix(k.Time)) || !strings.HasPrefix(s, LogPrefix) {
			t.Fatalf("%q is not under the prefixes of its time", s)
		}
		if err := store.CheckKey(s); err != nil {
			t.Fatal(err)
		}
	})
}

func TestSignatureCoversTheWholeName(t *testing.T) {
	public := testSigner("aws-eu-1").Key
	for name, change := range map[string]func(*Key){
		"time":      func(k *Key) { k.Time = k.Time.Add(time.Microsecond) },
		"nonce":     func(k *Key) { k.Nonce[7] ^= 1 },
		"hash":      func(k *Key) { k.SHA256[31] ^= 1 },
		"receiver":  func(k *Key) { k.Receiver = "aws-eu-2" },
		"signature": func(k *Key) { k.Signature[63] ^= 1 },
	} {
		k := testBatchKey()
		if change(&k); k.signedBy(testRepository, public) {
			t.Errorf("another %s, and the signature still holds", name)
		}
	}
	k := testBatchKey()
	if k.signedBy("0192f0c1-0000-7000-8000-000000000000", public) {
		t.Error("another repository, and the signature still holds")
	}
	if k.Repair = 3; !k.signedBy(testRepository, public) {
		t.Error("a repair does not have the signature of what it repairs")
	}
}

func FuzzParseKey(f *testing.F) {
	f.Add(testBatchKey().String())
	f.Add(testBatchKey().String() + ".r7")
	f.Add("log/")
	f.Fuzz(func(t *testing.T, s string) {
		k, err := ParseKey(s)
		if err != nil {
			if !errors.Is(err, ErrName) {
				t.Errorf("%v is not ErrName", err)
			}
			return
		}
		if k.String() != s {
			t.Errorf("%q parses and is written as %q", s, k.String())
		}
	})
}
