package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"outlast.example/scripts/outlast/demo"
)

func (a *app) demo() *cobra.Command {
	var folder string
	var keep bool
	o := demo.Options{Out: a.out}
	c := &cobra.Command{
		Use:   "demo",
		Short: "Capture, destroy, restore and compare, on this machine, in seconds",
		Long: "Demo captures made-up webhooks of several CRMs into three folders, deletes one of them, falsifies the\n" +
			"other two, restores from what remains, and compares the result with what happened. It needs no account\n" +
			"and no network, and exits with 0 only if everything is as promised.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			stage, err := os.MkdirTemp(folder, "outlast-demo-")
			if err != nil {
				return fmt.Errorf("make a folder for the demo: %w", err)
			}
			if !keep {
				defer func() { err = errors.Join(err, os.RemoveAll(stage)) }()
			}
			o.Folder = filepath.Join(stage, "data")
			return demo.Run(c.Context(), o)
		},
	}
	c.Flags().StringVar(&folder, "dir", "", "folder in which to make the demo's own (default: the system's for temporary files)")
	c.Flags().BoolVar(&keep, "keep", false, "leave everything there, to be looked at")
	c.Flags().Uint64Var(&o.Seed, "seed", 1, "of the made-up story")
	c.Flags().IntVar(&o.Events, "events", 400, fmt.Sprintf("how much happens in the story, at least %d", demo.MinEvents))
	return c
}
