package play

import (
	"testing"

	"outlast.example/scripts/simulate/scene"
)

// What is left of a scene that breaks a promise is what breaks it.
func TestShrink(t *testing.T) {
	s := scene.Draw(1)
	needed := []scene.Act{s.Acts[2], s.Acts[len(s.Acts)-3]}
	small := shrink(s, func(smaller *scene.Scene) bool {
		found := 0
		for _, a := range smaller.Acts {
			if a == needed[0] || a == needed[1] {
				found++
			}
		}
		return found == len(needed)
	})
	if len(small.Acts) != 2 || small.Acts[0] != needed[0] || small.Acts[1] != needed[1] {
		t.Errorf("shrunk to %v, want %v", small.Acts, needed)
	}
}
