package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"outlast.example/scripts/outlast/keys"
	"outlast.example/scripts/outlast/recent"
	"outlast.example/shared/config"
	"outlast.example/shared/format"
	"outlast.example/shared/store"
	"outlast.example/shared/wire"
)

// errLost: a promise was not kept.
var errLost = errors.New("not as promised")

// compare holds what the CRM heard against what each bucket alone gives back, and tells it.
func (st *stage) compare(ctx context.Context) error {
	journal, err := readJournal(st.journal)
	if err != nil {
		return err
	}
	wanted := acknowledgedIn(journal)
	st.account.tell(journal)
	fmt.Printf("reconcile     %s\n", st.reconciler.said())
	var errs []error
	var first map[string]int64
	for _, s := range st.servers {
		objects, err := st.one(ctx, s, wanted)
		if first == nil {
			first = objects
		}
		if err == nil && !maps.Equal(first, objects) {
			err = fmt.Errorf("%w: %s holds other objects than %s", errLost, s.name, st.servers[0].name)
		}
		errs = append(errs, err)
	}
	errs = append(errs, st.verified(ctx))
	if len(wanted) == 0 {
		errs = append(errs, errors.New("nothing was acknowledged: nothing is proven"))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	fmt.Printf("%s: %d deliveries acknowledged, every one in each bucket alone; missing: 0\n", st.account.since(), len(wanted))
	return nil
}

// verified lets the program itself read every byte of every bucket: after all that happened, nothing may be wrong.
func (st *stage) verified(ctx context.Context) error {
	_, err := st.repository.must(ctx, "verify", "--read", "1/1", "--checkpoint", filepath.Join(st.folder, "checkpoint"))
	if err != nil {
		return fmt.Errorf("%w: %w", errLost, err)
	}
	fmt.Println("verify        every object of every bucket read: nothing is wrong")
	return nil
}

// acknowledgedIn gives the numbers of the records whose delivery was acknowledged.
func acknowledgedIn(journal []answer) map[int64]bool {
	wanted := map[int64]bool{}
	for _, a := range journal {
		if a.outcome == acknowledged {
			wanted[a.id] = true
		}
	}
	return wanted
}

// one looks at one bucket alone: its objects, what a restore makes of it, and the bodies that it holds.
func (st *stage) one(ctx context.Context, s *server, wanted map[int64]bool) (objects map[string]int64, err error) {
	settings, err := config.Load(config.Layers{Path: st.repository.config})
	if err != nil {
		return nil, err
	}
	buckets, err := wire.Readers(ctx, config.Federation{}, []string{s.url})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, wire.Close(buckets)) }()
	if objects, err = list(ctx, buckets[0]); err != nil {
		return nil, err
	}
	began := time.Now()
	records, err := st.restored(ctx, s)
	if err != nil {
		return objects, err
	}
	took := time.Since(began)
	bodies, err := bodies(ctx, buckets, settings)
	if err != nil {
		return objects, fmt.Errorf("read the deliveries of %s: %w", s.name, err)
	}
	fmt.Printf("%-13s %d objects; restored alone in %s: %d records; %d deliveries byte for byte\n",
		s.name, len(objects), took.Round(100*time.Millisecond), len(records), len(bodies))
	return objects, errors.Join(missing(s.name+": records", wanted, records), missing(s.name+": bodies", wanted, bodies))
}

// missing names the acknowledged that are not there.
func missing(where string, wanted, there map[int64]bool) error {
	var lost []int64
	for id := range wanted {
		if !there[id] {
			lost = append(lost, id)
		}
	}
	if len(lost) == 0 {
		return nil
	}
	slices.Sort(lost)
	return fmt.Errorf("%w: %s: %d of %d acknowledged are missing, such as %d", errLost, where, len(lost), len(wanted), lost[:min(len(lost), 10)])
}

// list gives all objects but reports: a bucket that was away when one was written does not get it later.
func list(ctx context.Context, bucket *store.Reader) (map[string]int64, error) {
	objects := map[string]int64{}
	for o, err := range bucket.List(ctx, "") {
		if err != nil {
			return nil, err
		}
		if !strings.HasPrefix(o.Key, format.ReportPrefix) {
			objects[o.Key] = o.Size
		}
	}
	return objects, nil
}

// restored gives the numbers of the records that the command restores from the bucket alone. Each must be as it was posted.
func (st *stage) restored(ctx context.Context, s *server) (_ map[int64]bool, err error) {
	to := filepath.Join(st.folder, "restored-"+s.name)
	if _, err := st.repository.must(ctx, "restore", "--to", to, "--from", s.url); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errLost, s.name, err)
	}
	f, err := os.Open(filepath.Join(to, source, "contact.jsonl"))
	if err != nil {
		return nil, fmt.Errorf("read what was restored from %s: %w", s.name, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return readRecords(f)
}

func readRecords(r io.Reader) (map[int64]bool, error) {
	records := map[int64]bool{}
	for lines := json.NewDecoder(r); ; {
		var record struct {
			ID     string            `json:"id"`
			Fields map[string]string `json:"fields"`
		}
		if err := lines.Decode(&record); errors.Is(err, io.EOF) {
			return records, nil
		} else if err != nil {
			return nil, fmt.Errorf("restored record: %w", err)
		}
		id, err := strconv.ParseInt(record.ID, 10, 64)
		if err != nil || record.Fields[property] != value(id) {
			return nil, fmt.Errorf("%w: record %s is not as it was posted", errLost, record.ID)
		}
		records[id] = true
	}
}

// bodies gives the numbers of the deliveries that the bucket holds. Each must be what was posted, byte for byte.
func bodies(ctx context.Context, buckets []*store.Reader, settings *config.Config) (map[int64]bool, error) {
	root, err := format.ParsePublicKey(settings.RootPublicKey)
	if err != nil {
		return nil, err
	}
	identities, err := keys.ReadIdentities(settings.Identities)
	if err != nil {
		return nil, err
	}
	log := recent.Log{Buckets: buckets, Root: root, Identities: identities}
	entries, err := log.Entries(ctx, time.Time{})
	if err != nil {
		return nil, err
	}
	there := map[int64]bool{}
	for e := range entries {
		if e.Err != nil {
			return nil, e.Err
		}
		id, err := number(e.Body)
		if err != nil || !bytes.Equal(e.Body, body(id)) {
			return nil, fmt.Errorf("%w: delivery %s is not what was posted", errLost, e.ID)
		}
		there[id] = true
	}
	return there, ctx.Err()
}
