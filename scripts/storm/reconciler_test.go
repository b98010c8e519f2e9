package main

import (
	"os"
	"testing"
	"time"
)

func TestACloudForgetsOnlyWhenNoOtherLacksAnything(t *testing.T) {
	now := time.Now()
	for _, test := range []struct {
		name  string
		lost  map[int]time.Time
		equal time.Time
		want  bool
	}{
		{"nothing lost yet", nil, time.Time{}, true},
		{"the same cloud again", map[int]time.Time{1: now}, time.Time{}, true},
		{"another one before", map[int]time.Time{0: now}, now.Add(-time.Second), false},
		{"made good since", map[int]time.Time{0: now, 2: now}, now.Add(time.Second), true},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := &reconciler{lost: test.lost, equal: test.equal}
			if got := r.equalAfterLossOfOthers(1); got != test.want {
				t.Errorf("may forget: %t, want %t", got, test.want)
			}
		})
	}
}

func TestOnlyARunThatEndedWellMakesEqual(t *testing.T) {
	for name, c := range map[string]struct {
		result result
		err    error
		equal  bool
		fault  bool
	}{
		"well":             {result{code: codeOK}, nil, true, false},
		"killed":           {result{code: codeKilled}, nil, false, false},
		"a bucket unseen":  {result{code: 3}, nil, false, false},
		"a panic":          {result{code: codeUsage}, nil, false, true},
		"it did not start": {result{}, os.ErrNotExist, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := &reconciler{codes: map[int]int{}, repository: &repository{folder: t.TempDir()}}
			r.note(time.Now(), c.result, c.err)
			if r.equal.IsZero() == c.equal || (r.fault != nil) != c.fault {
				t.Errorf("equal since %v, fault %v; want equal %t, a fault %t", r.equal, r.fault, c.equal, c.fault)
			}
		})
	}
}
