package play

import (
	"outlast.example/scripts/simulate/scene"
	"testing"
)

func BenchmarkRun(b *testing.B) {
	for i := range b.N {
		Run(scene.Draw(uint64(i+1)), nil)
	}
}
