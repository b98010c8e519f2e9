package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"outlast.example/scripts/outlast/keys"
)

func (a *app) keygen() *cobra.Command {
	var out string
	wanted := keys.Wanted{}
	c := &cobra.Command{
		Use:   "keygen",
		Short: "Make the keys of a new repository",
		Long: "Keygen makes a root key, a key for each receiver, age identities and a repository id, writes them\n" +
			"to a new folder and prints the lines for the configuration, which hold no secret.",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			made, err := keys.Make(wanted)
			if err != nil {
				return fmt.Errorf("%w: %w", errUsage, err)
			}
			if err := made.Write(out); err != nil {
				return err
			}
			a.advise(out, wanted)
			return a.print("%s", strings.TrimSpace(made.Lines(filepath.Base(out))))
		},
	}
	c.Flags().StringVar(&out, "out", "keys", "folder to make; nothing is ever overwritten")
	c.Flags().StringArrayVar(&wanted.Receivers, "receiver", []string{"main"},
		"name of a receiver, one deployment of capture; repeatable")
	c.Flags().IntVar(&wanted.Identities, "identities", 2, "number of age identities: each alone can decrypt everything")
	return c
}

func (a *app) advise(out string, wanted keys.Wanted) {
	a.say("Keys are in %s, readable by you alone.", out)
	a.say("  root.pem             signs what the repository trusts: keep it offline, on two media")
	for i := range wanted.Identities {
		a.say("  %-20s decrypts everything: keep it offline, apart from the others", fmt.Sprintf("identity-%d.txt", i+1))
	}
	if wanted.Identities == 1 {
		a.say("  One identity: whoever loses it loses everything, and init refuses that without --allow-one-recipient.")
	}
	for _, name := range wanted.Receivers {
		a.say("  %-20s goes to the receiver %q alone", "receiver-"+name+".pem", name)
	}
	a.say("These lines go into %s:\n", configName)
}
