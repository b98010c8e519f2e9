// Archive builds what is deployed to the three clouds' functions: an archive each, with the same bytes every time, and a
// list of what is in it. See scripts/package.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
)

// archives are made by one function each, which gives the files in it.
var archives = []struct {
	name  string
	files func(ctx context.Context, root string) ([]file, error)
}{
	{"aws", bootstrap},
	{"gcp", source},
	{"azure", app},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "scripts/package:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, list io.Writer) error {
	flags := flag.NewFlagSet("scripts/package", flag.ContinueOnError)
	out := flags.String("out", "dist", "folder to write the archives to")
	only := flags.String("only", "aws,gcp,azure", "archives to build")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 1 {
		return errors.New("more than one configuration: the three clouds share one; what differs comes from the environment")
	}
	settings, err := settings(flags.Arg(0), list)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(*out, 0o750); err != nil {
		return err
	}
	for _, a := range archives {
		if !slices.Contains(strings.Split(*only, ","), a.name) {
			continue
		}
		files, err := a.files(ctx, ".")
		if err != nil {
			return fmt.Errorf("%s: %w", a.name, err)
		}
		if err := write(filepath.Join(*out, a.name+".zip"), append(files, settings...), list); err != nil {
			return fmt.Errorf("%s: %w", a.name, err)
		}
	}
	return nil
}
