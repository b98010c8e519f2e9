package next_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/descriptors/next"
	"outlast.example/shared/format"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
)

const urlA, urlB, urlC, urlD = "file:///a", "file:///b", "file:///c", "file:///d"

// What a quorum acknowledged is in every bucket that counts as complete, before one of the quorum is removed.
func TestRemovingKeepsThePromise(t *testing.T) {
	complete := []next.Timed{{Name: urlD}}
	for _, test := range []struct {
		name   string
		holds  []string // a delivery, below d
		spoil  func(*repository)
		change next.Buckets
		want   string // of a refusal; empty: it is done
	}{
		{"in the one that goes and the new one", []string{urlC, urlD}, nil, next.Buckets{Remove: []string{urlC}, Complete: complete}, "file:///a lacks "},
		{"in the one that goes and another one", []string{urlA, urlC}, nil, next.Buckets{Remove: []string{urlC}, Complete: complete}, "file:///b lacks "},
		{"in the one that goes and was never complete", []string{urlA, urlD}, nil, next.Buckets{Remove: []string{urlD}}, "file:///b lacks "},
		{"in all that stay", []string{urlA, urlB, urlC, urlD}, nil, next.Buckets{Remove: []string{urlC}, Complete: complete}, ""},
		{"in all that are complete", []string{urlA, urlB, urlC}, nil, next.Buckets{Remove: []string{urlD}}, ""},
		{"in one that does not answer", []string{urlA, urlB, urlC, urlD}, func(r *repository) {
			r.drivers[urlC] = fault.Down(store.ErrNoAnswer)
		}, next.Buckets{Remove: []string{urlC}, Complete: complete}, "--remove-lost"},
		{"in a lost one and the new one", []string{urlC, urlD}, func(r *repository) {
			r.drivers[urlC] = fault.Down(store.ErrNoBucket)
		}, next.Buckets{Lost: []string{urlC}, Complete: complete}, "file:///a lacks "},
		{"in a lost one and two that are equal without it", []string{urlA, urlB, urlC, urlD}, func(r *repository) {
			r.drivers[urlC] = nil
		}, next.Buckets{Lost: []string{urlC}, Complete: complete}, ""},
		{"in a lost one alone, which nobody can bring", []string{urlC}, nil, next.Buckets{Lost: []string{urlC}, Complete: complete}, ""},
		{"what is in one that stays is not known", []string{urlA, urlB, urlD}, func(r *repository) {
			r.drivers[urlB] = fault.Down(store.ErrNoAnswer)
		}, next.Buckets{Lost: []string{urlC}, Complete: complete}, "what it holds is not known"},
		{"beside damaged bytes", []string{urlA, urlC, urlD}, func(r *repository) { r.repair(urlB) }, next.Buckets{Remove: []string{urlC}, Complete: complete}, ""},
		{"only beside damaged bytes, in the one that goes", []string{urlA, urlD}, func(r *repository) { r.repair(urlC) },
			next.Buckets{Remove: []string{urlC}, Complete: complete}, "file:///b lacks "},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := begun(t)
			if _, err := r.publish(next.Change{Buckets: next.Buckets{Add: []string{urlD}}}, ""); err != nil {
				t.Fatal(err)
			}
			r.capture(began.Add(time.Hour), test.holds...)
			if test.spoil != nil {
				test.spoil(r)
			}
			_, err := r.prepare(next.Change{Buckets: test.change}, "")
			switch {
			case test.want == "" && err != nil:
				t.Errorf("got %v", err)
			case test.want != "" && (!errors.Is(err, next.ErrRefused) || !strings.Contains(err.Error(), test.want)):
				t.Errorf("got %v, want a refusal with %q", err, test.want)
			}
		})
	}
}

// repair puts the repair of what a holds into a bucket, and nothing under the name itself.
func (r *repository) repair(url string) {
	for name, object := range r.stores[urlA].Objects() {
		if strings.HasPrefix(name, format.LogPrefix) {
			r.stores[url].Put(name+".r1", object)
		}
	}
}

func TestWhatIsGivenUpIsSaid(t *testing.T) {
	for _, test := range []struct {
		change next.Change
		want   string // empty: nothing is said
	}{
		{next.Change{Buckets: next.Buckets{Remove: []string{urlC}}}, ""},
		{next.Change{Buckets: next.Buckets{Lost: []string{urlC + "/"}}}, "had a copy elsewhere"},
		{next.Change{Buckets: next.Buckets{Lost: []string{urlB, urlC}, Add: []string{urlD}, Complete: []next.Timed{{Name: urlD}}}}, "it is lost"},
	} {
		r := begun(t)
		plan, err := r.prepare(test.change, "")
		if err != nil {
			t.Fatal(err)
		}
		said := strings.Join(plan.Warnings(), "\n")
		if (said == "") != (test.want == "") || !strings.Contains(said, test.want) || strings.Count(said, "given up unseen") != len(test.change.Buckets.Lost) {
			t.Errorf("got %q, want %q", said, test.want)
		}
	}
}
