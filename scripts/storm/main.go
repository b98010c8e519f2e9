// Storm is the proof by real processes. It begins a repository on three real servers, an S3, a Google Cloud Storage and an
// Azure Blob one, each behind a proxy that injects faults; lets `outlast serve` run twice; posts signed webhooks to both as
// a CRM does; and for a while hangs, cuts, slows, kills and wipes one thing after the other, in the order of a seed. Then
// every delivery that was acknowledged must come back from each bucket alone, byte for byte. scripts/chaos runs it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() { os.Exit(run()) }

// options are what the command line says.
type options struct {
	span    time.Duration
	seed    uint64
	rate    int
	journal string
	post    string
}

func run() int {
	var o options
	flag.DurationVar(&o.span, "for", 0, "least length of the storm, which never ends before everything happened once")
	flag.Uint64Var(&o.seed, "seed", rand.Uint64N(1_000_000), "gives the order of the faults") //nolint:gosec // no secret
	flag.IntVar(&o.rate, "rate", 20, "deliveries a second")
	flag.StringVar(&o.journal, "journal", "", "with --post: the file that answers are written to")
	flag.StringVar(&o.post, "post", "", "be the CRM that posts to these addresses; storm starts itself so")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := o.do(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "storm:", err)
		return 1
	}
	return 0
}

func (o options) do(ctx context.Context) error {
	if o.rate < 1 {
		return errors.New("--rate: want one delivery a second at least")
	}
	if o.post != "" {
		return post(ctx, o.journal, strings.Split(o.post, ","), o.rate)
	}
	folder, err := os.MkdirTemp("", "outlast-storm-")
	if err != nil {
		return fmt.Errorf("make a folder for the storm: %w", err)
	}
	if err := storm(ctx, o, folder); err != nil {
		return fmt.Errorf("%w\nseed %d; all logs, buckets and the journal are in %s", err, o.seed, folder)
	}
	return os.RemoveAll(folder)
}

// tool gives the path of a program that scripts/install put there.
func tool(name string) string { return filepath.Join(os.Getenv("OUTLAST_TOOLS"), name) }

// outlast gives the path of the program under test: it is built beside this one.
func outlast() (string, error) {
	own, err := os.Executable()
	return filepath.Join(filepath.Dir(own), "outlast"), err
}
