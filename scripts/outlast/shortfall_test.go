package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"outlast.example/scripts/outlast/recent"
	"outlast.example/shared/format"
)

// A batch that is encrypted to others may be of a receiver whose key was stolen: only where nothing else can be read is the identity the wrong one.
func TestShortfall(t *testing.T) {
	foreign := recent.Entry{Err: fmt.Errorf("read log/1: %w", format.ErrWrongKey)}
	damaged := recent.Entry{Err: fmt.Errorf("read log/2: %w", format.ErrDamaged)}
	sound := recent.Entry{Delivery: &format.Delivery{}}
	for _, test := range []struct {
		name    string
		entries []recent.Entry
		want    int
		said    string
	}{
		{"all read", []recent.Entry{sound, sound}, exitOK, ""},
		{"none is for this identity", []recent.Entry{foreign, foreign}, exitWrongKey, ""},
		{"some are not", []recent.Entry{foreign, foreign, sound, foreign}, exitPartial, "read log/1: no identity opens this\nand 2 more batches"},
		{"one is not", []recent.Entry{sound, foreign}, exitPartial, "read log/1: "},
		{"damage outweighs it", []recent.Entry{damaged, foreign, sound}, exitDamage, "read log/1: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			var said bytes.Buffer
			s := shortfall{app: &app{terminal: &terminal{err: &said}}}
			for _, e := range test.entries {
				if !s.add(e) {
					t.Fatal("wants no more")
				}
			}
			if got := exitCode(s.reason()); got != test.want || !strings.Contains(said.String(), test.said) {
				t.Errorf("exit code %d, want %d; said %q", got, test.want, said.String())
			}
		})
	}
}

// With a wrong identity nobody waits for a whole history to be fetched.
func TestShortfallOfAWrongIdentity(t *testing.T) {
	s := shortfall{app: &app{terminal: &terminal{err: new(bytes.Buffer)}}}
	n := 0
	for n < 1000 && s.add(recent.Entry{Err: format.ErrWrongKey}) {
		n++
	}
	if n == 1000 || !errors.Is(s.reason(), format.ErrWrongKey) {
		t.Errorf("after %d batches: %v", n, s.reason())
	}
}
