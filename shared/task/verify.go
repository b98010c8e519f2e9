package task

import (
	"context"
	"errors"

	"outlast.example/shared/config"
	"outlast.example/shared/descriptors"
	reports "outlast.example/shared/report"
	"outlast.example/shared/store"
	"outlast.example/shared/verify"
	"outlast.example/shared/wire"
)

// Verify looks at the configuration's buckets with the right to read, as the options say; their Buckets, Root and
// Repository are filled in. The configuration must have passed its Look check.
func Verify(ctx context.Context, c *config.Config, o verify.Options) (_ verify.Report, err error) {
	if err := toVerify(c, &o); err != nil {
		return verify.Report{}, err
	}
	readers, err := wire.Readers(ctx, c.Federation, c.Buckets)
	if err != nil {
		return verify.Report{}, err
	}
	defer func() { err = errors.Join(err, wire.Close(readers)) }()
	for _, r := range readers {
		o.Buckets = append(o.Buckets, r)
	}
	return verify.Run(ctx, o)
}

// Repair is Verify with the right to create: it repairs what can be repaired, and puts what it found into the buckets where
// the configuration has a sealer's key. ErrUntold leaves its report standing.
func Repair(ctx context.Context, c *config.Config, o verify.Options) (report verify.Report, err error) {
	if err := toVerify(c, &o); err != nil {
		return verify.Report{}, err
	}
	err = withKeepers(ctx, c.Federation, c.Buckets, func(buckets []*store.Keeper) error {
		var keepers []verify.Keeper
		for _, b := range buckets {
			keepers = append(keepers, b)
		}
		if report, err = verify.Repair(ctx, o, keepers); err != nil || !o.Since.IsZero() || report.Descriptor == 0 || c.Reconcile() != nil || c.Sealer.Name == "" {
			return err // not all that there is, nobody to tell it to, or no sealer's key here: what was found stays on this machine
		}
		found, err := descriptors.Find(ctx, buckets, o.Root, o.Repository)
		if err != nil {
			return err
		}
		return tell(ctx, buckets, found.Descriptor, c.Sealer, reports.Verify, o.Now, reports.Verified(&report, o.Now))
	})
	return report, err
}

func toVerify(c *config.Config, o *verify.Options) (err error) {
	o.Repository = c.Repository
	o.Root, err = c.Root()
	return err
}
