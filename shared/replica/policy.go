package replica

import (
	"fmt"
	"time"

	"outlast.example/shared/format"
)

// Policy is what an operator can tune.
type Policy struct {
	Quorum    int           // buckets that must hold a batch before it is acknowledged
	Straggler time.Duration // how long a quorum waits for the other buckets
	Attempt   time.Duration // time-out of a first create; doubles with each further one, more for large batches
	Backoff   time.Duration // wait before the second attempt; doubles with each further one, ±50 % jitter
	Pipeline  time.Duration // a batch slower than this does not hold the next one back
	Gather    time.Duration // how long, at most, the next batch waits for a crowd that was answered just now

	MinCrowd int // deliveries that make a crowd: fewer never wait for company
	MaxCrowd int // deliveries of the largest crowd waited for: halves of a larger one make large batches, and overlap

	MaxLines int // deliveries in a batch
	MaxBytes int // bytes of deliveries in a batch; a larger delivery gets a batch of its own
	MaxHeld  int // bytes of deliveries that wait for their answer; more are refused

	MaxCreates int // creates under way at one bucket: what a hung one may cost in connections
	MaxBacklog int // bytes of batches under way at one bucket: what a hung one may cost in memory

	Misses int // batches in a row that a bucket failed or delayed before it is no longer waited for
}

// DefaultPolicy suits a CRM that waits 5 seconds for its answer (HubSpot) and a receiver with 512 MiB of memory.
func DefaultPolicy(buckets int) Policy {
	return Policy{
		Quorum:     buckets/2 + 1,
		Straggler:  1500 * time.Millisecond,
		Attempt:    1500 * time.Millisecond,
		Backoff:    50 * time.Millisecond,
		Pipeline:   100 * time.Millisecond,
		Gather:     10 * time.Millisecond,
		MinCrowd:   8,
		MaxCrowd:   128,
		MaxLines:   1000,
		MaxBytes:   8 << 20,
		MaxHeld:    64 << 20,
		MaxCreates: 64,
		MaxBacklog: 64 << 20,
		Misses:     3,
	}
}

// maxBytes leaves room for one line of any size, and for bodies whose every byte is escaped.
const maxBytes = (format.MaxPlain - format.MaxLine) / 2

// Check says what is wrong with a policy for that number of buckets.
func (p Policy) Check(buckets int) error {
	switch {
	case buckets < 1:
		return fmt.Errorf("replicate: no buckets; name at least one")
	case p.Quorum < 1 || p.Quorum > buckets:
		return fmt.Errorf("replicate: quorum %d of %d buckets; choose 1 to %d", p.Quorum, buckets, buckets)
	case min(p.Straggler, p.Attempt, p.Backoff, p.Pipeline, p.Gather) <= 0:
		return fmt.Errorf("replicate: straggler, attempt, backoff, pipeline and gather times must be above zero")
	case min(p.MinCrowd, p.MaxCrowd, p.MaxLines, p.MaxBytes, p.MaxHeld, p.MaxCreates, p.MaxBacklog, p.Misses) <= 0:
		return fmt.Errorf("replicate: every limit must be above zero")
	case p.MaxBytes > maxBytes:
		return fmt.Errorf("replicate: batches of %d bytes may not fit the format; choose at most %d", p.MaxBytes, maxBytes)
	}
	return nil
}
