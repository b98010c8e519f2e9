package replica

import (
	"errors"
	"time"

	"outlast.example/shared/store"
)

// Result is how one delivery fared.
type Result struct {
	Verdict Verdict
	Key     string         // of the batch that holds it; empty where there is none
	Buckets []BucketResult // in the order of the buckets; nil where no batch was encoded
}

// BucketResult is how a batch stands with one bucket.
type BucketResult struct {
	Bucket   string
	Status   Status
	Attempts int
	Took     time.Duration // of the creates so far, waits between attempts included
	Err      error         // why the last attempt did not store it; nil where it did
}

// OutcomeOf reads the sentinels of a create.
func OutcomeOf(err error) Outcome {
	switch {
	case err == nil:
		return OutcomeStored
	case errors.Is(err, store.ErrExists):
		return OutcomeExisted
	case errors.Is(err, store.ErrBusy):
		return OutcomeBusy
	case errors.Is(err, store.ErrNoAnswer):
		return OutcomeNoAnswer
	}
	return OutcomeRefused
}
