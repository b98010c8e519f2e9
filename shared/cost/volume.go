package cost

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Volume is what a repository has to do in a month, in which nothing fails.
type Volume struct {
	Webhooks  float64  `json:"webhooks"`      // a month
	Bytes     float64  `json:"bytes"`         // of an average body
	Receivers []string `json:"receivers"`     // the clouds whose functions capture, the webhooks shared out evenly
	Months    float64  `json:"months"`        // for which everything was kept so far: the month that is billed is the last of them
	PerBatch  float64  `json:"per_batch"`     // deliveries in an object; 0: as they come in, spread evenly over the month
	Store     float64  `json:"store_seconds"` // until a batch is stored in every bucket
	Repacked  bool     `json:"repacked"`      // as if all but the last month had been rewritten to an object an hour
}

// What a month has, on average.
const (
	days    = 365.25 / 12
	hours   = days * 24
	seconds = hours * 3600
)

// hold is for how long at most a batch under way lets the next one fill (shared/replica).
const hold = 0.1 // seconds

// concurrent says how many requests one instance of a cloud's runtime takes at a time: Lambda one, so that its batches do not
// group; the others as Terraform sets them.
var concurrent = map[string]float64{"aws": 1, "gcp": 80, "azure": 80}

func (v Volume) check(t Table) error {
	var errs []error
	for name, n := range map[string]float64{"webhooks": v.Webhooks, "bytes": v.Bytes, "per-batch": v.PerBatch} {
		if n < 0 || math.IsNaN(n) || math.IsInf(n, 0) {
			errs = append(errs, fmt.Errorf("%s %g: want a number that is not negative", name, n))
		}
	}
	if v.Months < 1 || v.Months > 1200 || v.Months != math.Trunc(v.Months) {
		errs = append(errs, fmt.Errorf("months %g: want 1 to 1200", v.Months))
	}
	if v.PerBatch > 0 && v.PerBatch < 1 {
		errs = append(errs, fmt.Errorf("per-batch %g: a batch holds a delivery at least", v.PerBatch))
	}
	if v.Store <= 0 || v.Store > 60 {
		errs = append(errs, fmt.Errorf("store %gs: want more than 0, and a minute at most", v.Store))
	}
	if len(v.Receivers) == 0 {
		errs = append(errs, errors.New("receivers: none"))
	}
	for _, r := range v.Receivers {
		if !slices.Contains(t.Names(), r) {
			errs = append(errs, fmt.Errorf("receivers: %s: want some of %s", r, strings.Join(t.Names(), ", ")))
		}
	}
	return errors.Join(errs...)
}

// share is a receiver's part of the webhooks.
func (v Volume) share(cloud string) float64 {
	n := 0.0
	for _, r := range v.Receivers {
		if r == cloud {
			n++
		}
	}
	return n / float64(len(v.Receivers))
}

// perBatch is how many deliveries a receiver puts into one object. While a batch is under way, for hold at most, those fill the
// next one that come in meanwhile: on average rate × hold, and where none came, the next one goes alone. Bursts group more, and
// an even rate is what gives the fewest.
func (v Volume) perBatch(cloud string) float64 {
	if concurrent[cloud] == 1 {
		return 1
	}
	if v.PerBatch > 0 {
		return v.PerBatch
	}
	come := v.Webhooks * v.share(cloud) / seconds * min(v.Store, hold)
	return come + math.Exp(-come)
}

// batches are the objects that the receivers make in a month in each bucket.
func (v Volume) batches() (n float64) {
	for _, cloud := range slices.Compact(slices.Sorted(slices.Values(v.Receivers))) {
		n += v.Webhooks * v.share(cloud) / v.perBatch(cloud)
	}
	return n
}

// A batch's size, measured on the payloads in testdata, one and 59 at a time: what age, zstd and one delivery's envelope
// take, and what is left of a body. Encrypted bodies of other kinds may shrink less.
const (
	batchBytes = 800 // of each object
	bodyShare  = 0.2 // of the body's bytes
)

// monthly are the bytes of a month's batches, in one bucket.
func (v Volume) monthly() float64 { return v.batches()*batchBytes + v.Webhooks*v.Bytes*bodyShare }

// held is how many batches a bucket holds at the end: those of all months, or an object an hour for all but the last.
func (v Volume) held() float64 {
	if v.Repacked {
		return v.batches() + (v.Months-1)*min(hours, v.batches())
	}
	return v.batches() * v.Months
}

// heldBytes are their bytes.
func (v Volume) heldBytes() float64 {
	if v.Repacked {
		return v.monthly() + (v.Months-1)*(min(hours, v.batches())*batchBytes+v.Webhooks*v.Bytes*bodyShare)
	}
	return v.monthly() * v.Months
}
