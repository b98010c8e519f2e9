package play

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"

	"filippo.io/age"

	"outlast.example/scripts/simulate/cloud"
	"outlast.example/shared/crm"
	"outlast.example/shared/restore"
	"outlast.example/shared/store"
)

// needed is how many buckets together hold everything that was acknowledged.
func (w *World) needed() int { return w.Buckets - w.Quorum + 1 }

// before restores from as few buckets as must hold everything that was acknowledged, while they still differ.
func (w *World) before() {
	needed := w.needed()
	all := w.whole()
	rand.New(rand.NewPCG(w.Seed, 5)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] }) //nolint:gosec // to be reproduced
	if len(all) < needed {
		return
	}
	result := w.restore(all[:needed]...)
	if result == nil {
		return
	}
	if complete := result.Report.Complete; complete != restore.Yes && len(w.operator.descriptors) == 1 {
		w.fail(promiseAnyNeeded, "a restore from %d buckets says %q: %s", needed, complete, result.Report.Why)
	}
	w.holds(promiseAnyNeeded, fmt.Sprintf("%d buckets", needed), states(result))
	if needed == 1 || w.Short && w.Seed%8 > 0 {
		return
	}
	if result = w.restore(all[:needed-1]...); result != nil && result.Report.Complete == restore.Yes {
		w.fail(promiseHealthy, "a restore from %d buckets says that it is complete: %s", needed-1, result.Report.Why)
	}
}

// after restores from all buckets, harmed ones first, and from each alone.
func (w *World) after() {
	harmed := slices.DeleteFunc(slices.Clone(w.buckets), func(b *cloud.Bucket) bool { return !w.victim(b.Index) })
	if result := w.restore(append(harmed, w.honest()...)...); result != nil {
		w.holds(promiseAny, "all buckets", states(result))
	}
	var first []byte
	for _, b := range w.buckets {
		if w.victim(b.Index) && len(w.ruined) > 0 {
			continue
		}
		got := w.alone(b)
		if got == nil {
			return
		}
		if w.buried(b) {
			continue // it gives more than the others
		}
		rendered, _ := json.Marshal(got)
		if first == nil {
			first = rendered
		}
		if !bytes.Equal(first, rendered) {
			w.fail(promiseState, "bucket %d gives another state than the first: %s, %s", b.Index, rendered, first)
		}
	}
}

// alone restores from one bucket: everything that was acknowledged, and exactly what its batches say. It gives nil where it cannot.
func (w *World) alone(b *cloud.Bucket) map[string]string {
	result := w.restore(b)
	if result == nil {
		return nil
	}
	from, got := fmt.Sprintf("bucket %d", b.Index), states(result)
	w.holds(promiseAny, from, got)
	w.exact(from, got, b)
	return got
}

// buried reports whether a batch lies under a delete marker in a bucket and in no listing: nobody acknowledged it, or others would hold it.
func (w *World) buried(b *cloud.Bucket) bool {
	return slices.ContainsFunc(w.ledger.batches, func(m *batch) bool {
		_, there := b.Get(m.key)
		return !there && b.Layered(m.key)
	})
}

func (w *World) restore(buckets ...*cloud.Bucket) *restore.Result {
	var readers []*store.Reader
	for _, b := range buckets {
		readers = append(readers, b.Reader())
	}
	w.Counts.Restores++
	result, err := restore.Read(context.Background(), restore.Options{
		Buckets: readers, Root: w.cast.root.Public().(edKey), Repository: repositoryID, Identities: []age.Identity{w.cast.identity},
		Sources: map[string]*crm.Source{w.crm.source.Name: w.crm.source},
	})
	if err != nil {
		w.fail(promiseAny, "restore: %v", err)
		return nil
	}
	return result
}

// states are the records' values, by id.
func states(r *restore.Result) map[string]string {
	all := map[string]string{}
	for s := range r.Records() {
		all[s.Record.ID] = string(s.Fields["n"])
	}
	return all
}

// holds: everything that was acknowledged is in the state.
func (w *World) holds(promise, from string, got map[string]string) {
	for _, h := range w.crm.webhooks {
		if h.acked && got[h.record()] != fmt.Sprint(h.number) {
			w.fail(promise, "a restore from %s lacks webhook %d, which was acknowledged", from, h.number)
		}
	}
	if _, forged := got["forged"]; forged {
		w.fail(promiseForged, "a restore from %s believes what is forged", from)
	}
}

// exact: the state is what the webhooks amount to whose batches are there, if only under a delete marker, and nothing else.
func (w *World) exact(from string, got map[string]string, b *cloud.Bucket) {
	want := map[string]string{}
	var last *webhook
	for _, m := range w.ledger.batches {
		if _, there := b.Get(m.key); !there && !b.Layered(m.key) {
			continue
		}
		for _, h := range m.webhooks {
			want[h.record()] = fmt.Sprint(h.number)
			if last == nil || h.at.After(last.at) || h.at.Equal(last.at) && h.number > last.number {
				last = h
			}
		}
	}
	if last != nil {
		want[common] = fmt.Sprint(last.number)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) { // maps are printed in the order of their keys
		w.fail(promiseState, "a restore from %s gives %v, and the webhooks say %v", from, got, want)
	}
}
