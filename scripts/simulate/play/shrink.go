package play

import (
	"slices"

	"outlast.example/scripts/simulate/scene"
)

// Shrink takes acts out of a scene that breaks a promise, as long as it still does.
func Shrink(s *scene.Scene, promise string) *scene.Scene {
	return shrink(s, func(smaller *scene.Scene) bool {
		v := Run(smaller, nil).Violation
		return v != nil && v.Promise == promise
	})
}

// shrink tries without halves of the acts first, then without smaller parts, then without single ones.
func shrink(s *scene.Scene, breaks func(*scene.Scene) bool) *scene.Scene {
	acts := s.Acts
	for size := max(1, len(acts)/2); size > 0; size /= 2 {
		for at := 0; at < len(acts); {
			fewer := slices.Delete(slices.Clone(acts), at, min(at+size, len(acts)))
			if breaks(s.With(fewer)) {
				acts = fewer
			} else {
				at += size
			}
		}
	}
	return s.With(acts)
}
