package restore

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"outlast.example/shared/format"
	"outlast.example/shared/history"
	"outlast.example/shared/listing"
	"outlast.example/shared/store"
)

// account writes a report, batch after batch in key order.
type account struct {
	Report
	broken    []error         // why listings broke off
	met       map[Verdict]int // faults
	listed    []int           // of these, by bucket
	torn      int             // objects or lines that are signed and intact, and yet cannot be read
	untimely  int             // batches signed with a listed key, at a time for which it is not listed
	quorum    int             // the lowest one under which a delivery may have been acknowledged
	refused   int             // highest number of a descriptor that is signed and that this program cannot read; 0: none
	refusedBy error           // why
	unread    int             // highest number of a descriptor that cannot be read; 0: none
}

func newAccount(buckets []*store.Reader) *account {
	a := &account{met: map[Verdict]int{}, listed: make([]int, len(buckets))}
	a.Strange, a.Gap, a.Fault = []Uninterpreted{}, []Gap{}, []Fault{}
	a.UnsignedFrom, a.TypeGap = []Unsigned{}, []history.TypeGap{}
	for _, b := range buckets {
		a.Buckets = append(a.Buckets, Bucket{Name: b.Name(), Reachable: true})
	}
	return a
}

// add accounts for one batch.
func (a *account) add(b *result) {
	for _, f := range b.faults {
		if f.Err != nil {
			a.broke(f.Bucket, f.Err)
			continue
		}
		a.fault(f.Bucket, f.Key, f.err)
	}
	for _, o := range b.Copies {
		if o.Err == nil {
			a.Buckets[o.Bucket].Objects++
		}
	}
	if b.untimely {
		a.untimely++
	}
	if b.state != noBatch {
		a.missing(b.Batch)
		a.count(b)
	}
}

// missing counts the buckets that lack a batch. Of what comes after its listing broke off, nothing is known.
func (a *account) missing(g listing.Batch) {
	for i := range a.Buckets {
		hidden := slices.IndexFunc(g.Hidden, func(row listing.Row) bool { return row.Bucket == i })
		switch {
		case g.In(i):
		case hidden >= 0:
			a.fault(i, g.Hidden[hidden].Key, errHidden)
		case a.Buckets[i].Reachable:
			a.Buckets[i].Missing++
		}
	}
}

func (a *account) count(b *result) {
	switch b.state {
	case opened:
		a.Batches.Read++
		if b.older {
			a.Batches.Older++
		}
	case lost:
		a.Batches.Lost++
	}
	a.Batches.Size += b.bytes
	a.torn += b.torn
	a.Deliveries += b.deliveries
	a.Changes += len(b.changes)
	for _, u := range b.unsigned {
		a.Unsigned += u.Changes
		a.UnsignedFrom = addUnsigned(a.UnsignedFrom, u)
	}
	a.Excluded.Batches += b.excluded.Batches
	a.Excluded.Deliveries += b.excluded.Deliveries
	a.Excluded.Changes += b.excluded.Changes
	a.Excluded.Unsigned += b.excluded.Unsigned
	a.Uninterpreted += len(b.strange)
	a.Strange = append(a.Strange, b.strange[:min(len(b.strange), maxListed-len(a.Strange))]...)
}

// broke notes that a bucket's listing did not come to its end.
func (a *account) broke(bucket int, err error) {
	b := &a.Buckets[bucket]
	b.Reachable, b.Error = false, err.Error()
	a.broken = append(a.broken, err)
}

// fault notes an object that is not what it should be. Of several buckets, one takes half of the list at most,
// and a name that anybody can make up has a small part of that.
func (a *account) fault(bucket int, key string, err error) {
	b, verdict := &a.Buckets[bucket], verdictOf(err)
	switch verdict {
	case Forged:
		b.Forged++
	case Foreign:
		b.Foreign++
	case Unreadable:
		b.Unreadable++
	case Hidden:
		b.Hidden++
	case Damaged, TooLarge, Malformed:
		b.Damaged++
	}
	a.met[verdict]++
	a.Faults++
	share := max(1, maxListed/4/len(a.Buckets))
	crowd := verdict == Forged && b.Forged > share || verdict == Foreign && b.Foreign > share
	alone := a.listed[bucket] == maxListed/2 && len(a.Buckets) > 1
	if len(a.Fault) < maxListed && !crowd && !alone {
		a.listed[bucket]++
		a.Fault = append(a.Fault, Fault{Bucket: b.Name, Key: key, Verdict: verdict, Detail: err.Error()})
	}
}

// anyReachable is an error if no bucket answers.
func (a *account) anyReachable() error {
	for _, b := range a.Buckets {
		if b.Reachable {
			return nil
		}
	}
	return fmt.Errorf("restore: no bucket can be read: %w", errors.Join(a.broken...))
}

// anyRead is an error if every listing broke off before there was a batch to read. What came before a break is kept.
func (a *account) anyRead() error {
	if a.Batches.Read > 0 {
		return nil
	}
	return a.anyReachable()
}

// rightKey is an error if there are batches, and the identities open none of them.
func (a *account) rightKey() error {
	if a.Batches.Read > 0 || a.met[WrongKey] == 0 {
		return nil
	}
	return fmt.Errorf("restore: %w: %d batches were tried: give an identity of one of the repository's recipients",
		format.ErrWrongKey, a.met[WrongKey])
}

// tally counts the records and their gaps.
func (a *account) tally(records iter.Seq[history.State]) {
	for s := range records {
		switch {
		case s.MergedInto != nil:
			a.Records.Merged++
		case s.Deleted:
			a.Records.Deleted++
		default:
			a.Records.Live++
		}
		if len(s.Gaps) == 0 {
			continue
		}
		a.Gaps++
		if len(a.Gap) < maxListed {
			a.Gap = append(a.Gap, Gap{s.Record, s.Gaps})
		}
	}
}

// tallyTypes counts the gaps of whole types. They stand for themselves: records that nobody ever heard of may be among
// those that changed.
func (a *account) tallyTypes(gaps iter.Seq[history.TypeGap]) {
	for gap := range gaps {
		a.TypeGaps++
		if len(a.TypeGap) < maxListed {
			a.TypeGap = append(a.TypeGap, gap)
		}
	}
}
