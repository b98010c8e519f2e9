package replica

import "time"

// DeliveryID and BatchID name deliveries and batches within one Machine.
type (
	DeliveryID uint64
	BatchID    uint64
)

// Event is what a Machine is told.
type Event interface{ event() }

// The events.
type (
	// Arrived: a verified delivery waits for its answer.
	Arrived struct {
		Delivery DeliveryID
		Bytes    int
		Deadline time.Time // its answer must be given by then
	}
	// Encoded: a batch is bytes with a name now, or could not be made.
	Encoded struct {
		Batch BatchID
		Bytes int
		OK    bool
	}
	// Created: one attempt to create a batch in one bucket has ended.
	Created struct {
		Batch   BatchID
		Bucket  int
		Outcome Outcome
	}
	// Woken: it is time, as Machine.Wake asked.
	Woken struct{}
)

func (Arrived) event() {}
func (Encoded) event() {}
func (Created) event() {}
func (Woken) event()   {}

// Outcome is how one attempt to create ended.
type Outcome int

// The outcomes, as the store's sentinels tell them apart.
const (
	OutcomeStored   Outcome = iota // the store confirmed it
	OutcomeExisted                 // the name is taken: by these bytes, since names carry their hash
	OutcomeBusy                    // refused for the moment
	OutcomeNoAnswer                // not known
	OutcomeRefused                 // refused for good
)

// Action is what a Machine wants done. Each is carried out once, in any order.
type Action interface{ action() }

// The actions.
type (
	// Encode asks for a batch of these deliveries. Encoded follows.
	Encode struct {
		Batch      BatchID
		Deliveries []DeliveryID
	}
	// Create asks for one attempt, to be given up at Until. Created follows.
	Create struct {
		Batch  BatchID
		Bucket int
		Until  time.Time
	}
	// Answer tells deliveries how they fared. Nothing that the answer depends on happens after it.
	Answer struct {
		Batch      BatchID // 0 where a delivery never came into one
		Deliveries []DeliveryID
		Verdict    Verdict
		Buckets    []Status // nil where there is no encoded batch
	}
	// Finish: nothing more happens to the batch; its bytes can go.
	Finish struct {
		Batch   BatchID
		Buckets []Status
	}
)

func (Encode) action() {}
func (Create) action() {}
func (Answer) action() {}
func (Finish) action() {}

// Verdict is the answer to a delivery.
type Verdict string

// The verdicts.
const (
	Acknowledged Verdict = "acknowledged" // stored in at least quorum buckets
	BelowQuorum  Verdict = "below quorum" // not, by its deadline or for good; some buckets may hold it
	Overloaded   Verdict = "overloaded"   // not tried: too many bytes wait already
	NotEncoded   Verdict = "not encoded"  // the batch could not be made
)

// Status is how a batch stands with one bucket.
type Status string

// The statuses.
const (
	Pending Status = "pending" // an attempt or the wait before one is under way
	Stored  Status = "stored"
	Existed Status = "existed" // an earlier attempt of the same batch had stored it
	Failed  Status = "failed"  // certainly not stored
	Unknown Status = "unknown" // the last attempt had no answer
)

// holds reports whether the bucket certainly has the batch.
func (s Status) holds() bool { return s == Stored || s == Existed }

// lost reports whether the bucket has ended without certainly having the batch.
func (s Status) lost() bool { return s == Failed || s == Unknown }
