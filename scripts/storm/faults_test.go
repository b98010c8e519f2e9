package main

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const victims = 4

// told is a round in words.
func told(seed uint64, round int) (words []string) {
	for _, s := range deal(rand.New(rand.NewPCG(seed, 1)), round, victims) {
		text := fmt.Sprint(s.kind(), s.hold, s.victim)
		for _, trouble := range s.troubles {
			text += fmt.Sprint(" ", trouble.name, trouble.cloud)
		}
		words = append(words, text)
	}
	return words
}

func TestASeedGivesTheSameFaults(t *testing.T) {
	if diff := cmp.Diff(told(7, 1), told(7, 1)); diff != "" {
		t.Error(diff)
	}
	if cmp.Equal(told(7, 1), told(8, 1)) {
		t.Error("another seed gives the same faults")
	}
}

func TestRoundsLeaveNothingOut(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	singles, pairs, struck := map[placed]int{}, 0, map[int]int{}
	for round := range len(clouds) {
		for _, s := range deal(random, round, victims) {
			struck[s.victim]++
			if s.kind() == twoBad {
				pairs++
				if s.troubles[0].cloud == s.troubles[1].cloud {
					t.Errorf("a pair of one cloud, %d", s.troubles[0].cloud)
				}
				continue
			}
			singles[placed{s.troubles[0].name, s.troubles[0].cloud}]++
		}
	}
	for _, f := range append([]fault{wiped, killed, hung}, faults...) {
		want := 1
		if f.name == killed.name {
			want = 2
		}
		for cloud := range clouds {
			if n := singles[placed{f.name, cloud}]; n != want {
				t.Errorf("%s: %d times in cloud %d, want %d", f.name, n, cloud, want)
			}
		}
	}
	if pairs != 2*len(clouds) || len(struck) != victims+1 || struck[nobody] != len(clouds) {
		t.Errorf("%d pairs, victims %v; want two pairs in each round, all victims, and nobody while a cloud hangs", pairs, struck)
	}
}

type placed struct {
	name  string
	cloud int
}

func TestARoundKillsEverything(t *testing.T) {
	fallen, struck := map[int]bool{}, map[int]bool{}
	for _, s := range deal(rand.New(rand.NewPCG(1, 1)), 1, victims) {
		struck[s.victim] = true
		if s.forgets() {
			fallen[s.troubles[0].cloud] = true
		}
	}
	if len(fallen) != len(clouds) || len(struck) != victims+1 {
		t.Errorf("servers %v, victims %v; want all of them", fallen, struck)
	}
}
