package history

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

// BenchmarkFold folds 100,000 changes of one field each, of 5,000 records with 13 fields, and looks at all records.
func BenchmarkFold(b *testing.B) {
	var all []Change
	for n := range 100_000 {
		all = append(all, Change{
			Record: Record{"acme", "contact", fmt.Sprint(n * 7919 % 5000)}, Op: Update,
			Order:  Order{Time: epoch.Add(time.Duration(n) * time.Millisecond)},
			Fields: map[string]json.RawMessage{fmt.Sprint("property_", n%13): fmt.Appendf(nil, `"value %x of something"`, n)},
		})
	}
	b.ReportAllocs()
	for b.Loop() {
		for range foldOf(all).Records() {
		}
	}
	b.ReportMetric(float64(b.N*len(all))/b.Elapsed().Seconds(), "changes/s")
}

// chain is n records, each merged into the next.
func chain(n int) []Change {
	var all []Change
	for i := range n - 1 {
		all = append(all, change(fmt.Sprintf("%06d", i+1), Merge, i, losers(fmt.Sprintf("%06d", i))))
	}
	return all
}

// BenchmarkChain looks at 8,000 records, each merged into the next.
func BenchmarkChain(b *testing.B) {
	f := foldOf(chain(8000))
	for b.Loop() {
		for range f.Records() {
		}
	}
}

// BenchmarkPatches folds 8,000 diffs of one text.
func BenchmarkPatches(b *testing.B) {
	all := []Change{change("1", Update, 0, fields("a", `"x"`))}
	for i := range 8000 {
		all = append(all, change("1", Update, i+1, diffOf("a", xToY)))
	}
	for b.Loop() {
		foldOf(all)
	}
}
