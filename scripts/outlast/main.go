// Command outlast is the operator's command line: it begins a repository, captures, restores, and shows on one machine
// how the three go together.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	a := &app{terminal: newTerminal(os.Stdout, os.Stderr)}
	root := a.root()
	err := root.ExecuteContext(ctx)
	if err != nil && !a.started {
		err = fmt.Errorf("%w: %w", errUsage, err)
	}
	if err != nil {
		a.complain(err)
	}
	return exitCode(err)
}

// app is what all commands share.
type app struct {
	*terminal
	configPath string
	started    bool // a command runs: from here on an error is not one of usage
}

// root makes the tree of commands.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "outlast",
		Short: "Keep every change that a CRM announces, in buckets of several providers, and restore it from any one of them",
		Long: "Outlast keeps every change that a CRM announces in buckets of several cloud providers at once,\n" +
			"encrypted, signed and never overwritten, and restores it from any one of them.\n\n" +
			"\"outlast demo\" shows it on this machine. \"outlast serve\" begins a trial; \"outlast keygen\" the real thing.\n\n" +
			"Exit codes: 0 done; 1 failed; 2 mistake in the command line or the configuration; 3 done in part: a bucket is\n" +
			"behind or out of reach, or something could not be read or is not known; 4 damage, forgery, or something else that\n" +
			"needs attention found; 12 wrong key; 130 interrupted.",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.Version = version()
	root.SetVersionTemplate(versionLine() + "\n")
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.PersistentFlags().StringVar(&a.configPath, "config", "", "configuration file (default: see \"outlast help config\")")
	root.AddCommand(
		a.demo(), a.serve(), a.send(), a.log(), a.restore(), a.sources(), a.status(),
		a.reconcile(), a.verify(), a.keep(), a.doctor(), a.cost(),
		a.keygen(), a.initialize(), a.descriptor(),
		a.man(root), a.version(), configTopic(),
	)
	checkTopic(root)
	for _, command := range root.Commands() {
		a.noteStart(command)
	}
	return root
}

// noteStart tells errors of a command apart from those of the command line, which exit with another code.
func (a *app) noteStart(command *cobra.Command) {
	work := command.RunE
	if work == nil {
		return
	}
	command.RunE = func(c *cobra.Command, args []string) error {
		a.started = true
		return work(c, args)
	}
}
