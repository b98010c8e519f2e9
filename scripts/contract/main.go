// Contract holds a store of a real account against what Outlast relies on: each status code, each action that must be refused,
// and the conformance suite of the drivers. It is run by hand, with credentials; README.md says how.
//
//	go run -tags disable_grpc_modules,grpcnotrace ./scripts/contract -identities FOLDER [-open URL] [-json] [-yes] URL
//	go run -tags disable_grpc_modules,grpcnotrace ./scripts/contract -federation outlast.yaml [-json]
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"
)

// The exit codes are a promise.
const (
	exitDiffers = 1 // something is not as it is relied upon
	exitUsage   = 2
	exitPartial = 3 // nothing differs, and not everything was tried
)

var (
	errDiffers = errors.New("not as Outlast relies on it to be")
	errUsage   = errors.New("usage")
	errPartial = errors.New("not everything was tried")
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "contract:", err)
	switch {
	case errors.Is(err, errUsage):
		os.Exit(exitUsage)
	case errors.Is(err, errPartial):
		os.Exit(exitPartial)
	}
	os.Exit(exitDiffers)
}

type options struct {
	identities, open, federation string
	json, yes, brief             bool
	url                          string
}

func parse(args []string, stderr io.Writer) (o options, err error) {
	flags := flag.NewFlagSet("contract", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.identities, "identities", "", "folder with a file for each identity: "+roleNames()+", named NAME.env")
	flags.StringVar(&o.open, "open", "", "a second bucket of that kind, with versions and locks, whose policy forbids nothing")
	flags.StringVar(&o.federation, "federation", "", "try the ways of this configuration's federation instead, where a function runs")
	flags.BoolVar(&o.json, "json", false, "one JSON object")
	flags.BoolVar(&o.yes, "yes", false, "do not ask")
	flags.BoolVar(&o.brief, "brief", false, "leave the drivers' conformance suite out")
	if err := flags.Parse(args); err != nil {
		return o, fmt.Errorf("%w: %w", errUsage, err)
	}
	o.url = flags.Arg(0)
	switch {
	case o.federation != "" && flags.NArg() == 0:
		return o, nil
	case flags.NArg() != 1 || o.federation != "":
		return o, fmt.Errorf("%w: name one bucket, or a configuration by -federation", errUsage)
	case o.identities == "":
		return o, fmt.Errorf("%w: -identities is missing", errUsage)
	}
	return o, nil
}

func run(ctx context.Context, args []string, in io.Reader, out, talk io.Writer) error {
	o, err := parse(args, talk)
	if err != nil {
		return err
	}
	var rows []Row
	if o.federation != "" {
		rows, err = federated(ctx, o.federation)
	} else {
		rows, err = o.hold(ctx, in, talk)
	}
	if err != nil {
		return err
	}
	if err := printRows(out, rows, o.json); err != nil {
		return err
	}
	return verdict(rows)
}

// hold tries everything in the bucket, and in the open one.
func (o options) hold(ctx context.Context, in io.Reader, talk io.Writer) ([]Row, error) {
	who, err := readIdentities(o.identities)
	if err != nil {
		return nil, err
	}
	s, err := newStage(o, who, time.Now())
	if err != nil {
		return nil, err
	}
	if !o.yes && !agreed(in, talk, s) {
		return nil, errors.New("not agreed to: nothing was created")
	}
	rows := s.rows(ctx)
	return rows, errors.Join(ctx.Err(), s.close())
}

// agreed asks before anything is created: it stays as long as the bucket's lock says, whoever wants it away.
func agreed(in io.Reader, talk io.Writer, s *stage) bool {
	_, _ = fmt.Fprintf(talk, "Objects of a few bytes are created in %s, below %s (and doctor/, should that be allowed).\n"+
		"They stay as long as its lock lasts: nobody can delete them before.\n", s.bucket, s.under)
	if s.open != "" {
		_, _ = fmt.Fprintf(talk, "Some hundred, one of them of 64 MiB, are created in %s, and locked for up to 15 days.\n", s.open)
	}
	_, _ = fmt.Fprint(talk, "Go on? [yes/no] ")
	line, _ := bufio.NewReader(in).ReadString('\n') // no answer is no
	return strings.TrimSpace(line) == "yes"
}
