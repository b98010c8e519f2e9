package main

import (
	"testing"
	"time"
)

func TestAnswersBelongToThePhaseThatTheyBeganAndEndedIn(t *testing.T) {
	at := func(seconds int) time.Time { return time.Unix(int64(seconds), 0) }
	a := &account{phases: []phase{{calm, at(0), at(10)}, {twoBad, at(10), at(20)}, {calm, at(20), at(30)}}}
	journal := []answer{
		{began: at(1), took: time.Second, id: 1},
		{began: at(9), took: 2 * time.Second, id: 2}, // ends when two are bad
		{began: at(12), took: time.Second, id: 3},
		{began: at(21), took: time.Second, id: 4},
	}
	if got := a.answers(journal, calm, whole); len(got) != 2 || got[0].id != 1 || got[1].id != 4 {
		t.Errorf("in calm phases: %v, want 1 and 4", got)
	}
	if got := a.answers(journal, twoBad, later); len(got) != 0 {
		t.Errorf("later than the first hits: %v, want none", got)
	}
	if got := a.answers(journal, twoBad, firstHits); len(got) != 1 {
		t.Errorf("first hits: %v, want one", got)
	}
}

func TestPercentilesAreOfWhatWasAcknowledged(t *testing.T) {
	all := []answer{{took: time.Hour, outcome: "503"}}
	for i := range 100 {
		all = append(all, answer{took: time.Duration(100-i) * time.Millisecond, outcome: acknowledged})
	}
	for p, want := range map[int]time.Duration{0: time.Millisecond, 50: 51 * time.Millisecond, 99: 100 * time.Millisecond} {
		if got := percentile(all, p); got != want {
			t.Errorf("p%d is %s, want %s", p, got, want)
		}
	}
	if got := percentile(nil, 99); got != 0 {
		t.Errorf("of nothing: %s, want 0", got)
	}
}
