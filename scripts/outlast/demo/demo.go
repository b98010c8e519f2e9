// Package demo shows on one machine what Outlast is for: it captures made-up webhooks into three buckets, destroys and
// falsifies some of what they hold, restores from the rest, and compares the result with what happened.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"filippo.io/age"

	"outlast.example/scripts/outlast/begin"
	"outlast.example/scripts/outlast/keys"
	"outlast.example/scripts/outlast/trial"
	"outlast.example/shared/config"
	"outlast.example/shared/crm"
	"outlast.example/shared/format"
	"outlast.example/shared/restore"
	"outlast.example/shared/wire"
)

// ErrUnlike: what was restored is not what happened.
var ErrUnlike = errors.New("the restored records are not as expected")

// MinEvents give every act something to show: enough webhooks, batches and records of each CRM.
const MinEvents = 50

// ErrTooShort: the story has fewer events than MinEvents.
var ErrTooShort = errors.New("the story is too short")

// Options of a demo.
type Options struct {
	Folder string // to make; everything happens in it
	Seed   uint64 // of the story
	Events int    // about as many webhooks; at least MinEvents
	Out    io.Writer
}

// stage is where the demo plays.
type stage struct {
	folder     string
	config     *config.Config
	sources    map[string]*crm.Source
	identities []age.Identity
	story      *story
	account    *account
}

// Run plays the demo and writes its account. It is nil only if everything is as promised.
func Run(ctx context.Context, o Options) error {
	if o.Events < MinEvents {
		return fmt.Errorf("%w: %d events: want at least %d", ErrTooShort, o.Events, MinEvents)
	}
	s := &stage{folder: o.Folder, story: tell(o.Seed, o.Events), account: &account{w: o.Out}}
	if err := s.build(ctx); err != nil {
		return fmt.Errorf("build the stage: %w", err)
	}
	s.account.setting(s)
	sent, err := s.capture(ctx, o.Seed)
	if err != nil {
		return fmt.Errorf("capture: %w", err)
	}
	s.account.captured(sent)
	if err := s.strike(); err != nil {
		return fmt.Errorf("strike: %w", err)
	}
	s.account.struck()
	return s.restoreAll(ctx)
}

// build makes buckets, keys and sources, and begins the repository.
func (s *stage) build(ctx context.Context) (err error) {
	err = trial.Make(s.folder, []trial.Source{
		{Name: hubspotSource, Kind: "hubspot"},
		{Name: shopSource, Kind: "standard-webhooks"},
		{Name: ledgerSource, Kind: "generic", Options: ledgerOptions},
	})
	if err != nil {
		return err
	}
	if s.config, err = config.Load(config.Layers{Path: filepath.Join(s.folder, trial.ConfigName)}); err != nil {
		return err
	}
	if _, err := begin.Run(ctx, s.config, trial.RootKey(s.folder), false); err != nil {
		return err
	}
	if s.identities, err = keys.ReadIdentities(s.config.Identities); err != nil {
		return err
	}
	if err := s.config.Capture(); err != nil {
		return err
	}
	s.sources, err = wire.Sources(s.config)
	return err
}

// perspective is one way to restore.
type perspective struct {
	label string
	from  string // a bucket's URL; empty: whatever there is
	lossy bool   // something must be missing, and said to be
}

// restoreAll restores from what remains together and from each bucket alone. Together they must hold everything; c, of
// which nothing was taken, too. b lacks its newest batch, and says so.
func (s *stage) restoreAll(ctx context.Context) error {
	b, c := s.config.Buckets[1], s.config.Buckets[2]
	s.account.restoring()
	var unlike []error
	for _, p := range []perspective{{label: "what remains"}, {label: "b alone", from: b, lossy: true}, {label: "c alone", from: c}} {
		result, err := s.restore(ctx, p.from)
		if err != nil {
			return fmt.Errorf("restore from %s: %w", p.label, err)
		}
		differing := s.story.differing(result.Records())
		s.account.restored(p.label, result, len(differing))
		unlike = append(unlike, judge(p, result, differing))
	}
	err := errors.Join(unlike...)
	s.account.verdict(len(s.story.want), err)
	return err
}

func (s *stage) restore(ctx context.Context, from string) (_ *restore.Result, err error) {
	root, err := format.ParsePublicKey(s.config.RootPublicKey)
	if err != nil {
		return nil, err
	}
	buckets, err := wire.Readers(ctx, s.config.Federation, s.config.Buckets)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, wire.Close(buckets)) }()
	return restore.Read(ctx, restore.Options{
		Buckets: buckets, From: from, Root: root, Repository: s.config.Repository, Identities: s.identities, Sources: s.sources,
	})
}

// judge says whether a restore kept the promises: nothing lost without being told, nothing forged believed.
func judge(p perspective, r *restore.Result, differing []string) error {
	lost := r.Report.Batches.Lost > 0
	switch {
	case len(differing) > 0 && !lost:
		return fmt.Errorf("%w: from %s %d differ, such as %s", ErrUnlike, p.label, len(differing), differing[0])
	case lost && r.Report.Complete != restore.No:
		return fmt.Errorf("%w: from %s a batch is lost, and the account does not say so", ErrUnlike, p.label)
	case r.Report.Outcome != restore.Damage:
		return fmt.Errorf("%w: from %s neither damage nor forgery was noticed", ErrUnlike, p.label)
	case lost != p.lossy:
		return fmt.Errorf("%w: from %s %d batches are lost", ErrUnlike, p.label, r.Report.Batches.Lost)
	}
	return nil
}

// bucketPath is the folder of a bucket.
func (s *stage) bucketPath(i int) string { return filepath.Join(s.folder, trial.Buckets[i]) }

// batches are the files of a bucket's batches, oldest first, as paths from the bucket on.
func (s *stage) batches(i int) ([]string, error) {
	var all []string
	r, err := wire.Readers(context.Background(), s.config.Federation, s.config.Buckets[i:i+1])
	if err != nil {
		return nil, err
	}
	for o, err := range r[0].List(context.Background(), format.LogPrefix) {
		if err != nil {
			return nil, err
		}
		all = append(all, o.Key)
	}
	return all, wire.Close(r)
}
