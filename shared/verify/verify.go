// Package verify looks at all that the buckets of a repository hold, and says of every fault where it is, how it is known,
// and what to do. It reads and lists, and can do nothing else; Repair is handed the right to create beside it.
//
// A quick run lists everything, opens each seal once, and each descriptor and recovery page in every bucket. A run with a
// Part also reads that part of the batches and seals in every bucket, and compares their SHA-256 with their names: as many
// runs as there are parts read every byte once.
//
//	fault                                                            quick        with a Part
//	missing in a bucket, or in all of them                           once due     once due
//	hidden under a delete marker, in one bucket or in all of them    yes          yes
//	under a newer version with other bytes, whatever their size      yes          yes
//	truncated, or of another size                                    by another   yes
//	renamed, in another folder, forged, foreign                      yes          yes
//	added behind a sealed hour with a receiver's key                 unsealed     unsealed
//	seal or signature removed, chain broken                          yes          yes
//	seal that nobody signed, and that is not inert                   yes          yes
//	other bytes of the same size, and no version below               no           in its part
//	seal with other bytes of the same size                           of one copy  in its part, every copy
//	note or report forged, foreign or hidden                         yes          yes
//	report with other bytes                                          no           in its part
//	listed, and not given out                                        no           in its part
//	all buckets rolled back, or emptied                              by the Checkpoint
//
// What a bucket lacks is due once a seal lists it or its hour is 26 hours old, and in all of them once a seal lists it. Until then it is
// behind: reconcile brings it. A size is compared with the seal's, or with another copy's where no seal lists it. A quick run knows names,
// which hold hashes, and sizes, and compares no checksums of the stores: they note them at the write (shared/DESIGN.md).
//
// Where a store keeps versions, a run lists all of them, in place of the objects: in as many requests, as each object has
// one. What lies on top of another version is read. What is hidden or damaged, the bucket's other versions are read for, the
// oldest first; the finding names the version that is sound, what lies on top of it, and what an administrator can do.
// A bucket that does not let its versions be listed is said not to be known in this; one whose versions are switched off,
// or that is of a kind without, has nothing underneath. Several versions whose current one is sound are harmless.
//
// A sealer that is killed between a seal and its signature leaves the seal, and perhaps parts of it, for good. It is inert once its
// hour is firm without it: it says nothing and hurts nobody. It is counted.
//
// What a run cannot see: what was removed for good from every bucket in the last hours, before a seal listed it; what was
// changed on a receiver before it was signed; what has the name of nothing of Outlast, beside the prefixes of the format (readers ignore
// it, and later versions may write there); what Google Cloud Storage keeps as soft-deleted; and what a batch holds, for
// which restore has the key. From one bucket only, what no seal lists yet is not known to be missing, unless it is hidden.
package verify

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"iter"
	"time"

	"outlast.example/shared/descriptors"
	"outlast.example/shared/store"
)

// Bucket can be read. *store.Reader is one.
type Bucket interface {
	Name() string // the URL by which the descriptor knows it
	List(ctx context.Context, prefix string) iter.Seq2[store.Object, error]
	ReadAll(ctx context.Context, key string, limit int64) ([]byte, error)
}

// settled is the age at which an hour must be sealed and in every bucket. Seals wait for a bucket for a day after the end of
// the hour, and reconcile may be an hour late.
const settled = 26 * time.Hour

// Options say what to look at.
type Options struct {
	Buckets    []Bucket
	Some       bool // Buckets are not meant to be all of the repository's
	Root       ed25519.PublicKey
	Repository string // the only id to accept; empty: any that Root signed
	Now        time.Time
	Since      time.Time   // the hour to begin with; zero: everything
	Read       Part        // of the objects, whose bytes are read
	Parallel   int         // objects being read at once; 0: 1
	List       int         // findings to be listed, at most; 0: 1,000
	Checkpoint *Checkpoint // of an earlier run; nil: none
	Chain      bool        // there should be a Checkpoint: without one, what all buckets together lost is not known

	Progress func(objects int) // how many were looked at, from one goroutine; nil: nobody is told
}

// Run looks at everything that the options name. Faults are in the report, also that no bucket answers, or that none has any more what
// the Checkpoint saw. An error says that there is nothing to judge by: no bucket, no sign that there ever was a repository in those
// that answer, or a descriptor that this program cannot read; or that the context ended.
func Run(ctx context.Context, o Options) (Report, error) { return run(ctx, o, nil) }

func run(ctx context.Context, o Options, m *mender) (Report, error) {
	if len(o.Buckets) == 0 {
		return Report{}, fmt.Errorf("verify: no bucket to look at: configure one")
	}
	p := newPass(o, m)
	if err := p.begin(ctx); err != nil {
		if none, is := errors.AsType[*descriptors.None](err); is && ctx.Err() == nil {
			return p.gone(ctx, none)
		}
		return Report{}, fmt.Errorf("verify: %w", err)
	}
	p.pages(ctx)
	p.hours(ctx)
	p.said(ctx)
	p.checkpointed(ctx)
	p.again(ctx)
	if err := ctx.Err(); err != nil {
		return Report{}, fmt.Errorf("verify: %w", err)
	}
	p.finish()
	return p.report, nil
}

// again reads the descriptors once more before anybody is called a forger: a receiver may have begun meanwhile.
func (p *pass) again(ctx context.Context) {
	if p.report.met[Forged] == 0 {
		return
	}
	if now, err := descriptors.Find(ctx, p.unveiled(), p.Root, p.Repository); err == nil && now.Number > p.found.Number {
		p.report.met[Forged] = 0
		p.report.why("descriptor %d came meanwhile, and what is called forged here may count by it: run verify again", now.Number)
	}
}
