package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// kind is what a phase of the storm is like, as far as clouds go. Processes may be killed in all but calm and hung ones.
type kind string

const (
	calm    kind = "all well"        // after something bad, or while reconcile makes up for it
	quiet   kind = "all well, still" // for some seconds
	oneBad  kind = "one bucket bad"
	oneHung kind = "one bucket hung"
	twoBad  kind = "two buckets bad"
)

// phase is a time in which the same clouds were bad.
type phase struct {
	kind     kind
	from, to time.Time
}

// account is what is told at the end. Only the storm's own goroutine writes it.
type account struct {
	began         time.Time
	phases        []phase
	faults, kills map[string]int
}

func newAccount(o options) *account {
	fmt.Printf("seed %d, every fault at least once, %d deliveries a second\n", o.seed, o.rate)
	return &account{began: time.Now(), faults: map[string]int{}, kills: map[string]int{}}
}

func (a *account) built(st *stage) {
	fmt.Printf("%s: %d servers, %d receivers and a CRM are up, in %s\n", a.since(), len(st.servers), len(st.receivers), st.folder)
}

func (a *account) since() time.Duration { return time.Since(a.began).Round(100 * time.Millisecond) }

// phase notes a phase that ends when the function that it returns is called.
func (a *account) phase(k kind) (ended func()) {
	from := time.Now()
	return func() { a.phases = append(a.phases, phase{k, from, time.Now()}) }
}

func (a *account) fault(name string) { a.faults[name]++ }

func (a *account) kill(name string) { a.kills[name]++ }

// answers are what the CRM heard in the phases of a kind, to requests that began and ended in one.
func (a *account) answers(journal []answer, k kind, within func(phase, answer) bool) (all []answer) {
	for _, p := range a.phases {
		for _, answer := range journal {
			whole := !answer.began.Before(p.from) && !answer.began.Add(answer.took).After(p.to)
			if p.kind == k && whole && within(p, answer) {
				all = append(all, answer)
			}
		}
	}
	return all
}

func whole(phase, answer) bool { return true }

func firstHits(p phase, a answer) bool { return a.began.Before(p.from.Add(breakerOpen)) }

func later(p phase, a answer) bool { return !firstHits(p, a) }

// tell prints what the CRM heard, and how fast.
func (a *account) tell(journal []answer) {
	fmt.Printf("answers       %s\n", outcomes(journal))
	for _, k := range []kind{quiet, calm, oneBad, oneHung, twoBad} {
		fmt.Printf("  %-17s %s\n", k, outcomes(a.answers(journal, k, whole)))
	}
	fmt.Printf("faults        %s\n", counts(a.faults))
	fmt.Printf("kill -9       %s\n", counts(a.kills))
	well := a.answers(journal, quiet, whole)
	first, open := a.answers(journal, oneHung, firstHits), a.answers(journal, oneHung, later)
	fmt.Printf("in time       all well, still: p50 %s, p99 %s\n", percentile(well, 50), percentile(well, 99))
	if len(open) > 0 && len(well) > 0 {
		fmt.Printf("              one hung, its first %s: p99 %s; then: p50 %s, p99 %s, %.2f x that p99\n", breakerOpen, percentile(first, 99),
			percentile(open, 50), percentile(open, 99), float64(percentile(open, 99))/float64(percentile(well, 99)))
	}
}

// outcomes counts answers by status, or by why there was none.
func outcomes(all []answer) string {
	by := map[string]int{}
	for _, a := range all {
		by[a.outcome]++
	}
	return counts(by)
}

func counts(by map[string]int) string {
	var words []string
	for _, name := range slices.Sorted(maps.Keys(by)) {
		words = append(words, fmt.Sprintf("%s: %d", name, by[name]))
	}
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}

// percentile is of the times of what was acknowledged.
func percentile(all []answer, p int) time.Duration {
	var took []time.Duration
	for _, a := range all {
		if a.outcome == acknowledged {
			took = append(took, a.took)
		}
	}
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return took[min(len(took)*p/100, len(took)-1)].Round(100 * time.Microsecond)
}
