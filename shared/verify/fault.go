package verify

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
)

const (
	// flushed is how many faults are kept until they are repaired and reported.
	flushed = 1000
	// breath is after how many batches it is looked whether faults are that many, within an hour too.
	breath = 10_000
)

// fault is a finding, and what can be done about it.
type fault struct {
	Finding
	bucket int
	mend   *remedy // nil: nothing that a program may do
	lost   bool    // no bucket that answers has it sound
	older  string  // what an administrator can do with an older version; empty: none is known to help
}

// remedy is how a bucket gets what it lacks.
type remedy struct {
	names   []string                  // under which a sound object is stored: the first that is free
	byHand  bool                      // the only name is taken: nothing is stored, and an older version may be sound
	object  []byte                    // what is stored; nil: a copy
	sources []listing.Row             // which copies may be sound
	limit   int64                     // bytes of a copy
	check   func(object []byte) error // of a copy
}

// sound says why bytes are not what the object should hold.
func (r *remedy) sound(object []byte) error {
	switch {
	case r.object == nil:
		return r.check(object)
	case !bytes.Equal(object, r.object):
		return fmt.Errorf("%w: other bytes than it should have", format.ErrDamaged)
	}
	return nil
}

// fault notes a finding. Of what whoever writes to one bucket can cause without end, so many are kept that other findings have
// as much room in the report; the others are counted.
func (p *pass) fault(bucket int, key string, verdict Verdict, known string, mend *remedy) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if written := (writing{bucket, verdict, isPage(key)}); bucket != atLarge && written.endless() {
		if p.written[written]++; p.written[written] > p.report.share() {
			p.report.count(bucket, key, verdict, false)
			return
		}
	}
	name := ""
	if bucket != atLarge {
		name = p.buckets[bucket].Name()
	}
	p.faults = append(p.faults, fault{
		Finding: Finding{Bucket: name, Key: key, Verdict: verdict, Known: known, Do: advice[verdict]},
		bucket:  bucket, mend: mend,
	})
}

// atLarge stands for the bucket in a fault that is of none, as far as anybody knows, but of the repository.
const atLarge = -1

// writing is a kind of findings in a bucket.
type writing struct {
	bucket  int
	verdict Verdict
	page    bool // of what is named like descriptors and recovery pages: no signature can be checked before they are read
}

func isPage(key string) bool {
	return strings.HasPrefix(key, format.DescriptorPrefix) || strings.HasPrefix(key, format.RecoveryPrefix)
}

// endless reports whether a bucket's administrator can cause any number of such findings by writing alone.
func (w writing) endless() bool {
	switch w.verdict {
	case Forged, Foreign, Unsigned:
		return true
	case Missing, Hidden:
		return false
	}
	return w.page
}

// behind counts an object that a bucket lacks, and need not have yet.
func (p *pass) behind(bucket int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.report.Buckets[bucket].Behind++
}

// breathe settles within an hour, however many batches it has. What seals the hour waits until all of them were looked at.
func (p *pass) breathe(ctx context.Context) {
	if p.breaths++; p.breaths%breath != 0 {
		return
	}
	if p.tasks.wait(); len(p.faults) < flushed {
		return
	}
	var now, seals []fault
	for _, f := range p.faults {
		if sealOf(f.Key) == "" {
			now = append(now, f)
		} else {
			seals = append(seals, f)
		}
	}
	p.conclude(ctx, now)
	p.faults = seals
}

// settle reports the faults met so far, once they are many or these are the last, and has them repaired.
func (p *pass) settle(ctx context.Context, last bool) {
	p.mu.Lock()
	n := len(p.faults)
	p.mu.Unlock()
	if !last && n < flushed {
		return
	}
	p.tasks.wait()
	p.conclude(ctx, p.faults)
	p.faults = nil
	if p.mender != nil {
		clear(p.mender.short)
	}
}

// conclude says what can be done about faults, has them repaired, and reports them.
func (p *pass) conclude(ctx context.Context, faults []fault) {
	slices.SortFunc(faults, inOrder)
	for i := range faults {
		p.tasks.start(func() { p.locate(ctx, &faults[i]) })
	}
	p.tasks.wait()
	if p.mender != nil {
		p.mender.mendAll(ctx, faults)
	}
	for i := range faults {
		faults[i].advise()
	}
	p.report.add(faults)
}

// inOrder does not depend on which fault was met first.
func inOrder(a, b fault) int {
	return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.bucket, b.bucket), cmp.Compare(a.Verdict, b.Verdict))
}

// advise adds what an administrator can do, where it is still to be done.
func (f *fault) advise() {
	if f.older != "" && f.Repaired == "" {
		f.Do = f.older + "; " + f.Do
	}
}

// held says who has an object that another bucket lacks.
func (p *pass) held(copies []listing.Row) string {
	var buckets []int
	for _, row := range copies {
		if !slices.Contains(buckets, row.Bucket) {
			buckets = append(buckets, row.Bucket)
		}
	}
	switch len(buckets) {
	case 0:
		return "no bucket looked at holds it"
	case 1:
		return p.names(buckets) + " holds it"
	}
	return p.names(buckets) + " hold it"
}
