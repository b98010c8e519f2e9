package wire

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"outlast.example/shared/capture"
	"outlast.example/shared/config"
	"outlast.example/shared/crm"
	"outlast.example/shared/format"
	"outlast.example/shared/replica"
	"outlast.example/shared/store"
	"outlast.example/shared/watch"
)

// Receiver is capture, opened: the handler, and what has to be closed after it.
type Receiver struct {
	*capture.Handler
	replicator *replica.Replicator
	observer   *watch.Observer
	buckets    []*store.Creator
}

// Capture opens a receiver. The configuration must have passed its Capture check; log gets a line for each webhook, and
// one for each warning of the watch.
func Capture(ctx context.Context, c *config.Config, log *slog.Logger) (*Receiver, error) {
	sources, err := Sources(c)
	if err != nil {
		return nil, err
	}
	encoder, err := encoder(c)
	if err != nil {
		return nil, err
	}
	buckets, err := creators(ctx, c, log)
	if err != nil {
		return nil, err
	}
	for _, weak := range weaknesses(c) {
		log.WarnContext(ctx, weak)
	}
	r := &Receiver{buckets: buckets}
	if err := r.assemble(c, sources, encoder, log); err != nil {
		return nil, errors.Join(err, Close(buckets))
	}
	return r, nil
}

// Drain waits until what is under way has ended, stragglers included, or until the context ends; then it closes the
// buckets. Nothing may arrive any more.
func (r *Receiver) Drain(ctx context.Context) error {
	return errors.Join(r.replicator.Drain(ctx), r.observer.Drain(ctx), Close(r.buckets))
}

// creators wants clients for a quorum: with fewer, nothing could be acknowledged.
func creators(ctx context.Context, c *config.Config, log *slog.Logger) ([]*store.Creator, error) {
	all, err := openAll(ctx, c.Federation, c.Buckets)
	if err != nil {
		return nil, err
	}
	without := problems(all)
	if len(all)-len(without) < c.Quorum {
		return nil, errors.Join(append(without, closeAll(all))...)
	}
	for _, err := range without {
		log.WarnContext(ctx, "no client for a bucket; tried again with each batch", "error", err.Error())
	}
	return rights(all, store.NewCreator), nil
}

// weaknesses are settings that work, and that one loss undoes: whoever set them for something else is told.
func weaknesses(c *config.Config) (all []string) {
	if 2*c.Quorum <= len(c.Buckets) {
		all = append(all, fmt.Sprintf("a quorum of %d of %d buckets: deliveries are acknowledged that most buckets may never have held", c.Quorum, len(c.Buckets)))
	}
	if len(slices.Compact(slices.Sorted(slices.Values(c.Recipients)))) < 2 {
		all = append(all, "one recipient: whoever loses its identity has lost every delivery")
	}
	return all
}

func encoder(c *config.Config) (*format.Encoder, error) {
	key, err := format.ParsePrivateKey([]byte(c.Receiver.Key))
	if err != nil {
		return nil, fmt.Errorf("receiver %s: %w", c.Receiver.Name, err)
	}
	recipients, err := format.ParseRecipients(c.Recipients)
	if err != nil {
		return nil, err
	}
	return format.NewEncoder(c.Repository, c.Receiver.Name, key, recipients)
}

func (r *Receiver) assemble(c *config.Config, sources map[string]*crm.Source, encoder *format.Encoder, log *slog.Logger) (err error) {
	buckets := make([]replica.Bucket, len(r.buckets))
	for i, b := range r.buckets {
		buckets[i] = b
	}
	if r.replicator, err = replica.New(buckets, encoder, policy(c), log); err != nil {
		return err
	}
	r.Handler, err = capture.New(capture.Options{
		Sources:     sources,
		Writer:      r.replicator,
		PublicURL:   c.PublicURL,
		MaxBody:     int64(c.Limits.MaxBody),
		MaxReading:  int64(c.Limits.Memory),
		ReadTimeout: c.Limits.Deadline, // what arrives later could not be answered in time
		Deadline:    c.Limits.Deadline,
		Log:         log,
	})
	if err != nil {
		return err
	}
	r.observer = watch.NewObserver(watch.New(sources), log)
	r.Observer = r.observer
	return nil
}

func policy(c *config.Config) replica.Policy {
	p := replica.DefaultPolicy(len(c.Buckets))
	p.Quorum = c.Quorum
	p.Straggler = c.Limits.Straggler
	p.Attempt = c.Limits.Attempt
	p.MaxLines = c.Limits.BatchLines
	p.MaxBytes = int(c.Limits.BatchBytes)
	p.MaxHeld = int(c.Limits.Memory)
	p.MaxBacklog = int(c.Limits.Backlog)
	return p
}
