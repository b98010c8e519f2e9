package play

import (
	"fmt"
	"io"
	"maps"
	"slices"
)

// Counts are what happened in one run, or in many.
type Counts struct {
	Seeds, Events, Requests                     int
	Webhooks, Deliveries, Acks, Refusals, Kills int
	Batches, Seals, Reconciles, Equal, Findings int
	Restores                                    int
	Keeps, Kept, Extensions                     int
	Verifies, Clean, Found, Repaired            int
	Statuses, Well                              int
	Changes, Changed                            int
	Faults                                      map[string]int // by kind: requests that met a trouble, and deeds
}

// Add adds another run's.
func (c *Counts) Add(o Counts) {
	for to, n := range map[*int]int{
		&c.Seeds: o.Seeds, &c.Events: o.Events, &c.Requests: o.Requests, &c.Webhooks: o.Webhooks, &c.Deliveries: o.Deliveries,
		&c.Acks: o.Acks, &c.Refusals: o.Refusals, &c.Kills: o.Kills, &c.Batches: o.Batches, &c.Seals: o.Seals,
		&c.Reconciles: o.Reconciles, &c.Equal: o.Equal, &c.Findings: o.Findings, &c.Restores: o.Restores,
		&c.Keeps: o.Keeps, &c.Kept: o.Kept, &c.Extensions: o.Extensions,
		&c.Verifies: o.Verifies, &c.Clean: o.Clean, &c.Found: o.Found, &c.Repaired: o.Repaired,
		&c.Statuses: o.Statuses, &c.Well: o.Well, &c.Changes: o.Changes, &c.Changed: o.Changed,
	} {
		*to += n
	}
	if c.Faults == nil {
		c.Faults = map[string]int{}
	}
	for kind, n := range o.Faults {
		c.Faults[kind] += n
	}
}

// Print writes the counts for people.
func (c *Counts) Print(to io.Writer) {
	_, _ = fmt.Fprintf(to, `runs         %d: %d events, %d requests to buckets
capture      %d webhooks, %d deliveries, %d batches; %d acknowledged, %d refused, %d receivers killed
reconcile    %d runs, %d that found all buckets equal; %d seals, %d findings; %d restores
keep         %d runs in a bucket, %d that found or left all locked; %d locks extended
verify       %d runs, %d that found nothing wrong; %d findings, %d repaired
status       asked %d times, %d times well
descriptors  the next one asked for %d times, %d times signed or signable
`, c.Seeds, c.Events, c.Requests, c.Webhooks, c.Deliveries, c.Batches, c.Acks, c.Refusals, c.Kills,
		c.Reconciles, c.Equal, c.Seals, c.Findings, c.Restores,
		c.Keeps, c.Kept, c.Extensions, c.Verifies, c.Clean, c.Found, c.Repaired, c.Statuses, c.Well, c.Changes, c.Changed)
	_, _ = fmt.Fprint(to, "faults      ")
	for _, kind := range slices.Sorted(maps.Keys(c.Faults)) {
		_, _ = fmt.Fprintf(to, " %s %d", kind, c.Faults[kind])
	}
	_, _ = fmt.Fprintln(to)
}
