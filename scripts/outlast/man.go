package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func (a *app) man(root *cobra.Command) *cobra.Command {
	var folder string
	c := &cobra.Command{
		Use:   "man",
		Short: "Write manual pages to a folder",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // manuals are for everybody
				return fmt.Errorf("write manual pages: %w", err)
			}
			for _, command := range append(root.Commands(), root) {
				if err := writeManual(folder, command); err != nil {
					return fmt.Errorf("write manual pages: %w", err)
				}
			}
			a.say("Manual pages are in %s; read one with: man %s", folder, filepath.Join(folder, "outlast.1"))
			return nil
		},
	}
	c.Flags().StringVar(&folder, "dir", "man", "folder to write to")
	return c
}

func writeManual(folder string, c *cobra.Command) error {
	if c.Hidden {
		return nil
	}
	name := strings.ReplaceAll(c.CommandPath(), " ", "-")
	return os.WriteFile(filepath.Join(folder, name+".1"), []byte(manual(name, c)), 0o644) //nolint:gosec // manuals are for everybody
}

// manual is a page in man(7)'s macros.
func manual(name string, c *cobra.Command) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line(`.TH "%s" "1" "" "outlast %s" "Outlast"`, strings.ToUpper(name), roff(version()))
	line(".SH NAME\n%s \\- %s", roff(name), roff(c.Short))
	line(".SH SYNOPSIS\n.B %s", roff(c.UseLine()))
	text := c.Long
	if text == "" {
		text = c.Short + "."
	}
	line(".SH DESCRIPTION\n.nf\n%s\n.fi", roff(text))
	if c.LocalFlags().HasAvailableFlags() {
		line(".SH OPTIONS")
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			kind, usage := pflag.UnquoteUsage(f)
			line(".TP\n.B \\-\\-%s \\fI%s\\fP\n%s", roff(f.Name), roff(kind), roff(usage))
		})
	}
	if children := c.Commands(); len(children) > 0 {
		line(".SH COMMANDS")
		for _, child := range children {
			line(".TP\n.B %s\n%s", roff(child.Name()), roff(child.Short))
		}
	}
	return b.String()
}

// roff escapes what the formatter would take for its own.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	for _, mark := range []string{".", "'"} {
		text = strings.ReplaceAll(text, "\n"+mark, "\n\\&"+mark)
	}
	return text
}
