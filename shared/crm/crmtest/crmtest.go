// Package crmtest holds what the tests of all kinds of CRM share.
package crmtest

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/crm"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

// Open opens a source, or fails the test.
func Open(t testing.TB, kind crm.Kind, s crm.Settings) *crm.Source {
	t.Helper()
	source, err := crm.Open(kind, s)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// Refused fails the test unless kind refuses the settings in words that hold want, and that show no secret.
func Refused(t *testing.T, kind crm.Kind, s crm.Settings, want string) {
	t.Helper()
	_, err := crm.Open(kind, s)
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Fatalf("got %v, want an error that says %q", err, want)
	}
	for _, secret := range s.Secrets {
		if len(secret) > 4 && strings.Contains(err.Error(), secret) {
			t.Errorf("error shows a secret: %v", err)
		}
	}
}

// EveryBit flips every bit of each part of a verified request, one at a time, and fails the test where the request still
// verifies. A part is "method", "url", "body" or a header's name.
func EveryBit(t *testing.T, v crm.Verifier, r crm.Request, now time.Time, parts ...string) {
	t.Helper()
	if how, err := v.Verify(&r, now); err != nil {
		t.Fatalf("untouched request: %q, %v", how, err)
	}
	for _, part := range parts {
		length := len(read(&r, part))
		if length == 0 {
			t.Errorf("%s is empty: nothing to flip", part)
		}
		for bit := range length * 8 {
			flipped := r
			flipped.Header = r.Header.Clone()
			b := []byte(read(&r, part))
			b[bit/8] ^= 1 << (bit % 8)
			write(&flipped, part, string(b))
			if _, err := v.Verify(&flipped, now); !errors.Is(err, crm.ErrUnverified) {
				t.Errorf("bit %d of %s flipped: got %v, want ErrUnverified", bit, part, err)
			}
		}
	}
}

func read(r *crm.Request, part string) string {
	switch part {
	case "method":
		return r.Method
	case "url":
		return r.URL
	case "body":
		return string(r.Body)
	}
	return r.Header.Get(part)
}

func write(r *crm.Request, part, value string) {
	switch part {
	case "method":
		r.Method = value
	case "url":
		r.URL = value
	case "body":
		r.Body = []byte(value)
	default:
		r.Header.Set(part, value)
	}
}

// Interpret interprets twice and fails the test unless what comes is sound: the same both times, every change complete,
// every identity its own, and an error one that callers know.
func Interpret(t testing.TB, in crm.Interpreter, d *format.Delivery) ([]history.Change, error) {
	t.Helper()
	changes, err := in.Interpret(d)
	again, _ := in.Interpret(d)
	if diff := cmp.Diff(changes, again); diff != "" {
		t.Errorf("two interpretations differ: %s", diff)
	}
	if err != nil && !errors.Is(err, crm.ErrUninterpreted) {
		t.Errorf("error wraps no ErrUninterpreted: %v", err)
	}
	for i, c := range changes {
		if c.Record.Type == "" || c.Record.ID == "" || c.Op == "" || c.Identity == "" {
			t.Errorf("change %d is not complete: %+v", i, c)
		}
		if c.Op == history.Gap && c.Reason == "" {
			t.Errorf("change %d is a gap without a reason", i)
		}
		if _, err := c.Time.MarshalJSON(); err != nil {
			t.Errorf("change %d: %v", i, err)
		}
	}
	return changes, err
}

// Summary counts changes by operation, such as "gap 1, restore 1"; what was not interpreted adds "error".
func Summary(changes []history.Change, err error) string {
	counts := map[history.Op]int{}
	for _, c := range changes {
		counts[c.Op]++
	}
	var words []string
	for _, op := range slices.Sorted(maps.Keys(counts)) {
		words = append(words, string(op)+" "+strconv.Itoa(counts[op]))
	}
	if err != nil {
		words = append(words, "error")
	}
	return strings.Join(words, ", ")
}

// Header makes a header of names and values in turn.
func Header(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Add(pairs[i], pairs[i+1])
	}
	return h
}

// Measure reports how many of the changes that a delivery says can be interpreted in a second.
func Measure(b *testing.B, in crm.Interpreter, d *format.Delivery, changes int) {
	b.Helper()
	b.SetBytes(int64(len(d.Body)))
	b.ReportAllocs()
	for b.Loop() {
		if got, err := in.Interpret(d); err != nil || len(got) != changes {
			b.Fatal(len(got), err)
		}
	}
	b.ReportMetric(float64(changes)*float64(b.N)/b.Elapsed().Seconds(), "changes/s")
}
