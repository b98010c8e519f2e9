package main

import (
	"testing"

	"outlast.example/shared/verify"
)

func TestWhatWasMetInABucketIsSaid(t *testing.T) {
	b := verify.Looked{
		Objects: 9, Read: 8, Layered: 7, Behind: 6, Mended: 5, Inert: 4, NotListed: 3,
		Found: map[verify.Verdict]int{verify.Unsigned: 2, verify.Missing: 1}, Error: "no", Versions: verify.SeenCurrent,
	}
	want := "9 objects, 8 read, 1 missing, 2 unsigned, 7 with older versions under them, 6 on the way, 5 mended by a repair, " +
		"4 inert, which an interrupted sealer left, 3 hours sealed without it, not listed to its end, older versions not shown"
	if got := looked(b); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
