package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"outlast.example/shared/store/storetest/servers"
)

// stage is everything that takes part.
type stage struct {
	options
	folder     string
	proxies    *proxies
	servers    []*server
	repository *repository
	receivers  []*process
	crm        *process
	reconciler *reconciler
	victims    [][]*process // who is killed at once
	account    *account
}

// storm builds the stage, lets everything happen, and compares.
func storm(ctx context.Context, o options, folder string) error {
	st := &stage{options: o, folder: folder, account: newAccount(o)}
	st.journal = filepath.Join(folder, "journal")
	defer st.close()
	if err := st.build(ctx); err != nil {
		return fmt.Errorf("build the stage: %w", err)
	}
	st.account.built(st)
	if err := st.blow(ctx); err != nil {
		return err
	}
	if err := st.settle(ctx); err != nil {
		return err
	}
	return st.compare(ctx)
}

// build starts the servers behind their proxies, begins a repository, and lets capture, reconcile and the CRM run.
func (st *stage) build(ctx context.Context) (err error) {
	if err := credentials(); err != nil {
		return err
	}
	if st.proxies, err = newProxies(ctx, st.folder); err != nil {
		return err
	}
	var buckets []string
	for _, c := range clouds {
		s, err := newServer(ctx, c, st.folder, st.proxies)
		if s != nil {
			st.servers = append(st.servers, s)
		}
		if err != nil {
			return err
		}
		buckets = append(buckets, s.url)
	}
	if st.repository, err = begin(ctx, st.folder, buckets); err != nil {
		return err
	}
	if err := st.capture(ctx); err != nil {
		return err
	}
	st.reconciler = newReconciler(ctx, st.repository, st.options)
	return nil
}

// credentials are the stores', as their own tools read them. All processes inherit them.
func credentials() error {
	return errors.Join(os.Setenv("AWS_ACCESS_KEY_ID", servers.Root.ID), os.Setenv("AWS_SECRET_ACCESS_KEY", servers.Root.Secret),
		os.Setenv("AZURE_STORAGE_KEY", servers.AccountKey))
}

// capture starts the receivers and the CRM that posts to them.
func (st *stage) capture(ctx context.Context) error {
	addresses := ""
	for _, name := range receivers {
		p, address, err := st.repository.receiver(ctx, name)
		if err != nil {
			return err
		}
		st.receivers = append(st.receivers, p)
		if err := p.start(ctx); err != nil {
			return err
		}
		addresses += "," + address
	}
	own, err := os.Executable()
	if err != nil {
		return err
	}
	st.crm = &process{name: "crm", program: own, folder: st.folder,
		args: []string{"--post", addresses[1:], "--journal", st.journal, "--rate", strconv.Itoa(st.rate)}}
	one, two := st.receivers[0], st.receivers[1]
	st.victims = [][]*process{{one}, {two}, {st.crm}, {one, two}}
	return st.crm.start(ctx)
}

// processes are all that may end by themselves only if something is wrong.
func (st *stage) processes() []*process {
	all := append([]*process{}, st.receivers...)
	if st.crm != nil {
		all = append(all, st.crm)
	}
	for _, s := range st.servers {
		all = append(all, &s.process)
	}
	return append(all, &st.proxies.process)
}

// settle ends the storm: all faults are over, nobody posts, receivers drain, and reconcile makes the buckets equal.
func (st *stage) settle(ctx context.Context) error {
	errs := []error{st.crm.end()}
	for _, p := range st.receivers {
		errs = append(errs, p.end())
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	defer st.reconciler.stop()
	return st.even(ctx)
}

// renewEvery is how long a server that leaks may serve while the buckets do not become equal: on a machine so busy that requests are
// given up, uploads are cut without any fault.
const renewEvery = 5 * time.Minute

// even waits until all buckets are equal.
func (st *stage) even(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	equal := make(chan error, 1)
	go func() { equal <- st.reconciler.settle(ctx) }()
	tick := time.NewTicker(renewEvery)
	defer tick.Stop()
	for {
		select {
		case err := <-equal:
			return err
		case <-tick.C:
			for _, s := range st.servers {
				if err := st.renew(ctx, s); err != nil {
					return err
				}
			}
		}
	}
}

// renew begins a server anew that leaks, while nobody reaches it.
func (st *stage) renew(ctx context.Context, s *server) error {
	if !s.leaks {
		return nil
	}
	return errors.Join(st.proxies.refuse(ctx, s.name), s.renew(ctx), st.proxies.calm(ctx, st.servers))
}

// close kills whatever still runs.
func (st *stage) close() {
	if st.reconciler != nil {
		st.reconciler.stop()
	}
	if st.proxies == nil {
		return
	}
	for _, p := range st.processes() {
		p.kill()
	}
	st.proxies.busy.Close()
}
