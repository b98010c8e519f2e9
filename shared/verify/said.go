package verify

import (
	"context"
	"crypto/sha256"
	"fmt"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
)

// said looks at what was said of the buckets: notes of lost batches, and reports. No bucket must have them, so that each is looked at
// for itself: whose word it is, and whether its bytes are its own.
func (p *pass) said(ctx context.Context) {
	p.saidUnder(ctx, format.LostPrefix, p.lostNote)
	p.saidUnder(ctx, format.ReportPrefix, p.foundReport)
	p.settle(ctx, true)
}

func (p *pass) saidUnder(ctx context.Context, prefix string, look func(context.Context, listing.Row) (*remedy, error)) {
	for row := range p.merged(ctx, prefix, every) {
		if p.met(row); row.Err != nil {
			continue
		}
		mend, err := look(ctx, row)
		switch {
		case mend == nil && row.Hidden: // somebody put away what is nobody's word
		case row.Hidden:
			p.fault(row.Bucket, row.Key, Hidden, "nobody has a reason to delete it", mend)
		case err != nil:
			p.fault(row.Bucket, row.Key, verdictOf(err), err.Error(), mend)
		}
		p.breathe(ctx)
	}
}

// lostNote is what a note can be brought back by, and what is wrong with it. It is empty, and about a batch that a receiver signed.
func (p *pass) lostNote(_ context.Context, row listing.Row) (*remedy, error) {
	k, err := format.ParseLostName(row.Key)
	if err == nil {
		err = p.opener.CheckName(k)
	}
	if err != nil {
		return nil, err
	}
	mend := &remedy{names: []string{row.Key}, object: []byte{}}
	if row.Size != 0 && !row.Hidden {
		mend.byHand = true
		err = fmt.Errorf("%w: %d bytes long, and a note is all in its name", format.ErrDamaged, row.Size)
	}
	return mend, err
}

// foundReport is that of a report, which a sealer signed. It is read in its part.
func (p *pass) foundReport(ctx context.Context, row listing.Row) (*remedy, error) {
	n, err := format.ParseReportName(row.Key)
	if err == nil {
		err = n.Check(p.found.Descriptor)
	}
	if err != nil {
		return nil, err
	}
	mend := &remedy{names: []string{row.Key}, sources: []listing.Row{row}, limit: format.MaxReport, check: func(object []byte) error {
		if sha256.Sum256(object) != n.SHA256 {
			return fmt.Errorf("%w: %d bytes of another hash than the name's", format.ErrDamaged, len(object))
		}
		return nil
	}}
	if row.Hidden || !p.Read.Has(row.Key) && row.Older == 0 {
		return mend, nil
	}
	mend.byHand = true
	object, err := p.buckets[row.Bucket].ReadAll(ctx, row.Key, mend.limit)
	if err == nil {
		err = mend.check(object)
	}
	return mend, err
}
