package play

import (
	"slices"

	"outlast.example/scripts/simulate/scene"
)

// Shrink takes acts out of a scene that breaks a promise, as long as it still does: first halves of them, then smaller parts,
// then single ones.
func Shrink(s *scene.Scene, promise string) *scene.Scene {
	breaks := func(acts []scene.Act) bool {
		v := Run(s.With(acts), nil).Violation
		return v != nil && v.Promise == promise
	}
	acts := s.Acts
	for size := max(1, len(acts)/2); size > 0; size /= 2 {
		for at := 0; at < len(acts); {
			fewer := slices.Delete(slices.Clone(acts), at, min(at+size, len(acts)))
			if breaks(fewer) {
				acts = fewer
			} else {
				at += size
			}
		}
	}
	return s.With(acts)
}
