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
		Short: "Make the keys of a new repository, or further ones for receivers and sealers",
		Long: "Keygen makes a root key, a key for each receiver and sealer, age identities and a repository id, writes them\n" +
			"to a new folder and prints the lines for the configuration, which hold no secret.\n\n" +
			"Where the folder holds keys already, keygen adds those of the receivers and sealers that are named, and\n" +
			"prints name and public key of each, as \"outlast descriptor next\" takes them.",
		Example: "  outlast keygen --receiver aws-eu > outlast.yaml\n" +
			"  outlast descriptor next --add-receiver \"$(outlast keygen --receiver gcp-eu)\"",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			named := c.Flags().Changed("receiver") || c.Flags().Changed("sealer")
			if named && !c.Flags().Changed("identities") && keys.Has(out) {
				if !c.Flags().Changed("receiver") {
					wanted.Receivers = nil // the one that a new repository has
				}
				return a.addKeys(out, wanted)
			}
			return a.newKeys(out, wanted)
		},
	}
	c.Flags().StringVar(&out, "out", "keys", "folder to make or to add to; nothing is ever overwritten")
	c.Flags().StringArrayVar(&wanted.Receivers, "receiver", []string{"main"},
		"name of a receiver, one deployment of capture; repeatable")
	c.Flags().StringArrayVar(&wanted.Sealers, "sealer", nil, "name of a sealer, who signs the lists of hours; repeatable")
	c.Flags().IntVar(&wanted.Identities, "identities", 2, "number of age identities: each alone can decrypt everything")
	return c
}

func (a *app) newKeys(out string, wanted keys.Wanted) error {
	made, err := keys.Make(wanted)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if err := made.Write(out); err != nil {
		return err
	}
	a.advise(out, wanted)
	return a.print("%s", ownLines(strings.Split(strings.TrimSpace(made.Lines(filepath.Base(out))), "\n")))
}

// addKeys makes keys for a repository that has begun.
func (a *app) addKeys(out string, wanted keys.Wanted) error {
	made, err := keys.MakeSigners(wanted.Receivers, wanted.Sealers)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if err := made.Add(out); err != nil {
		return err
	}
	a.say("Added to the keys in %s, readable by you alone.", out)
	a.adviseSigners(wanted)
	a.say("Nobody believes them before they are signed into the descriptor: \"outlast descriptor next\" with --add-receiver\n" +
		"or --add-sealer and these lines:\n")
	for _, s := range append(made.Receivers, made.Sealers...) {
		if err := a.print("%s", s.Line()); err != nil {
			return err
		}
	}
	return nil
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
	a.adviseSigners(wanted)
	a.say("These lines go into %s:\n", configName)
}

func (a *app) adviseSigners(wanted keys.Wanted) {
	for _, name := range wanted.Receivers {
		a.say("  %-20s goes to the receiver %q alone", keys.ReceiverName(name), name)
	}
	for _, name := range wanted.Sealers {
		a.say("  %-20s goes to the sealer %q alone", keys.SealerName(name), name)
	}
}
