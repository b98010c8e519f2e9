package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"outlast.example/scripts/outlast/standing"
	"outlast.example/shared/config"
	"outlast.example/shared/descriptors"
	"outlast.example/shared/format"
	reports "outlast.example/shared/report"
	"outlast.example/shared/verify"
	"outlast.example/shared/wire"
)

// judged is a word and what it rests on. Attention outweighs what is not known.
type judged struct {
	Status    string   `json:"status"`
	Unknown   []string `json:"unknown,omitempty"`
	Attention []string `json:"attention,omitempty"`
}

func (j *judged) unknown(text string, args ...any) {
	j.Unknown = append(j.Unknown, fmt.Sprintf(text, args...))
}

func (j *judged) attention(text string, args ...any) {
	j.Attention = append(j.Attention, fmt.Sprintf(text, args...))
}

func (j *judged) conclude() {
	switch {
	case len(j.Attention) > 0:
		j.Status = attention
	case len(j.Unknown) > 0:
		j.Status = notKnown
	default:
		j.Status = well
	}
}

// repositoryStatus is what concerns all buckets, in status --json. Its names are a promise.
type repositoryStatus struct {
	ID string `json:"id,omitempty"`
	judged
	Descriptor int        `json:"descriptor,omitempty"` // number of the one that counts
	Newest     *time.Time `json:"newest,omitempty"`     // batch in any bucket, of the last 26 hours
}

// bucketStatus is a bucket in status --json. Its names are a promise. What is absent is not known, or there is none: unknown
// and attention say which.
type bucketStatus struct {
	Name string `json:"name"`
	judged
	Newest    *time.Time   `json:"newest,omitempty"` // batch, of the last 26 hours
	Lag       *float64     `json:"lag_seconds,omitempty"`
	Missing   *int         `json:"missing,omitempty"` // batches of the last 26 hours that another bucket holds
	LastSeal  *time.Time   `json:"last_seal,omitempty"`
	LastFirm  *time.Time   `json:"last_firm,omitempty"`
	Reconcile *taskStatus  `json:"reconcile,omitempty"`
	Verify    *taskStatus  `json:"verify,omitempty"`
	Keep      *taskStatus  `json:"keep,omitempty"`
	Locks     *locksStatus `json:"locks,omitempty"`
}

// locksStatus is how far the locks of a few objects reach.
type locksStatus struct {
	Reach   time.Time `json:"reach"` // the earliest end
	Sampled int       `json:"sampled"`
}

// view is all that a status of the buckets is judged by.
type view struct {
	now        time.Time
	found      *descriptors.Found
	buckets    []string
	standings  []standing.Standing
	seen       reports.Seen
	here       map[string][]format.Look // by task: what this machine's own runs found
	checkpoint *verify.Checkpoint
	unread     []error // of what is kept on this machine
}

// standing says how the repository and its buckets stand. Where there is nothing to judge by, all of it is not known.
func (a *app) standing(ctx context.Context, c *config.Config, checkpoint string, now time.Time) (repositoryStatus, []bucketStatus) {
	v, err := a.view(ctx, c, checkpoint, now)
	if err == nil {
		return v.judge()
	}
	repository := repositoryStatus{ID: c.Repository}
	repository.unknown("%s", oneLine(err))
	if next := hint(err); next != "" {
		repository.unknown("%s", next)
	}
	repository.conclude()
	buckets := []bucketStatus{}
	for _, url := range c.Buckets {
		buckets = append(buckets, bucketStatus{judged: judged{Status: notKnown}, Name: url})
	}
	return repository, buckets
}

func (a *app) view(ctx context.Context, c *config.Config, checkpoint string, now time.Time) (_ *view, err error) {
	if err := c.Look(); err != nil {
		return nil, err
	}
	root, err := c.Root()
	if err != nil {
		return nil, err
	}
	readers, err := wire.Readers(ctx, c.Federation, c.Buckets)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, wire.Close(readers)) }()
	asked := standing.Ask(readers)
	v := &view{now: now, buckets: c.Buckets}
	if v.found, err = descriptors.Find(ctx, asked, root, c.Repository); err != nil {
		return nil, err
	}
	if v.found.Repository != c.Repository {
		return nil, fmt.Errorf("the buckets hold repository %s, and the configuration names %s", v.found.Repository, c.Repository)
	}
	if v.standings, err = look(ctx, c, asked, v.found.Descriptor, now); err != nil {
		return nil, err
	}
	v.seen = reports.Read(ctx, asked, v.found.Descriptor, now)
	v.kept(checkpoint, c.Repository)
	return v, nil
}

func look(ctx context.Context, c *config.Config, asked []*standing.Asked, d *format.Descriptor, now time.Time) (_ []standing.Standing, err error) {
	viewers, err := wire.LockViewers(ctx, c.Federation, c.Buckets)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, wire.Close(viewers)) }()
	o := standing.Options{Descriptor: d, Now: now}
	for i := range asked {
		o.Buckets, o.Locks = append(o.Buckets, asked[i]), append(o.Locks, viewers[i])
	}
	return standing.Look(ctx, o), nil
}

// kept reads what verify and keep left on this machine.
func (v *view) kept(checkpoint, repository string) {
	v.here = map[string][]format.Look{}
	file, err := checkpointPath(checkpoint, repository)
	if err == nil {
		v.checkpoint, err = file.read()
	}
	if err != nil {
		v.unread = append(v.unread, err)
		return
	}
	for _, task := range []string{reports.Verify, reports.Keep} {
		if v.here[task], err = file.beside(repository, task).read(); err != nil {
			v.unread = append(v.unread, err)
		}
	}
}

func (v *view) judge() (repositoryStatus, []bucketStatus) {
	r := repositoryStatus{ID: v.found.Repository, Descriptor: v.found.Number}
	v.repository(&r)
	buckets := []bucketStatus{}
	for i := range v.buckets {
		b := v.bucket(i, &r)
		if len(r.Unknown) > 0 && b.Status == well {
			b.Status = notKnown // what is not known of all is not known of each
		}
		buckets = append(buckets, b)
	}
	return r, append(buckets, v.strangers()...)
}

// strangers are buckets that the descriptor names, and the configuration does not.
func (v *view) strangers() (all []bucketStatus) {
	configured := map[string]bool{}
	for _, url := range v.buckets {
		configured[url] = true
	}
	for _, b := range v.found.Buckets {
		if !configured[b.URL] {
			left := bucketStatus{Name: b.URL}
			left.unknown("it was not looked at: the descriptor names it, and the configuration does not")
			left.conclude()
			all = append(all, left)
		}
	}
	return all
}
