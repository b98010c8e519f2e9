package standing

import (
	"cmp"
	"context"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
)

// batches compares what the buckets hold of the window.
func (l *look) batches(ctx context.Context) {
	for at := range l.days() {
		for b := range listing.Batches(listing.Rows(ctx, l.Buckets, format.DayPrefix(at))) {
			first := &l.all[b.Copies[0].Bucket]
			switch {
			case b.Err == nil && b.Key.Time.Before(l.Now.Add(-Window)):
			case b.Err == nil:
				l.batch(b)
			case b.Copies[0].Err != nil:
				first.Err = cmp.Or(first.Err, b.Copies[0].Err)
			default:
				first.fault(b.Err)
			}
		}
	}
}

// batch notes who holds a batch, and who lacks it. Where not all hold it, or one alone does, its name is checked first: what
// somebody forged is missing nowhere.
func (l *look) batch(b listing.Batch) {
	var holders, lack []int
	for i := range l.all {
		switch {
		case b.In(i):
			holders = append(holders, i)
		case l.all[i].Err == nil:
			lack = append(lack, i)
		}
	}
	if len(lack) > 0 || len(holders) == 1 {
		if err := l.opener.CheckName(b.Key); err != nil {
			for _, i := range holders {
				l.all[i].fault(err)
			}
			return
		}
	}
	for _, row := range b.Copies {
		if s := &l.all[row.Bucket]; b.Key.Time.After(s.Newest) {
			s.Newest, s.newest = b.Key.Time, row.Key
		}
	}
	if !b.Key.Time.Before(l.Now.Add(-underway)) {
		return
	}
	for _, i := range lack {
		if s := &l.all[i]; s.Missing == 0 {
			s.Since = b.Key.Time // keys ascend
		}
		l.all[i].Missing++
	}
}
