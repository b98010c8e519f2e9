package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"outlast.example/shared/config"
)

// configTopic is a page, not a command: "outlast help config".
func configTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "config",
		Short: "Every setting, explained",
		Long:  configPage(),
	}
}

// checkTopic makes help about what there is none about a mistake in the command line.
func checkTopic(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	help, _, _ := root.Find([]string{"help"}) // just made
	help.Args = func(_ *cobra.Command, topic []string) error {
		_, _, err := root.Find(topic)
		return err
	}
}

const configIntro = `Settings come from four places; the stronger wins: flags, the environment, the configuration file, defaults.

The file is YAML: --config, or OUTLAST_CONFIG, or ./outlast.yaml, or the trial's ./outlast-data/outlast.yaml, the first
that there is. Relative paths in it start at its folder. An unknown key is an error. An empty variable counts as not set.
The stores' credentials are read as their own tools read them: AWS_*, GOOGLE_APPLICATION_CREDENTIALS, AZURE_*.
`

func configPage() string {
	var b strings.Builder
	b.WriteString(configIntro)
	for _, s := range config.Settings() {
		fmt.Fprintf(&b, "\n%s\n", s.Key)
		if s.Variable != "" {
			fmt.Fprintf(&b, "    %s\n", s.Variable)
		}
		form := s.Form
		if s.Default != "" {
			form += "; default " + s.Default
		}
		fmt.Fprintf(&b, "    %s\n\n%s\n", form, wrap(s.Text, "    ", 100))
	}
	return b.String()
}

// wrap breaks text into lines of at most width characters, each after the indent.
func wrap(text, indent string, width int) string {
	var lines []string
	line := indent
	for _, word := range strings.Fields(text) {
		if len(line)+len(word) > width && line != indent {
			lines = append(lines, strings.TrimRight(line, " "))
			line = indent
		}
		line += word + " "
	}
	return strings.Join(append(lines, strings.TrimRight(line, " ")), "\n")
}
