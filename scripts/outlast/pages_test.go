package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	nested = regexp.MustCompile(`\$\(([^()]*)\)`)
	typed  = regexp.MustCompile("(?m)(?:^ *|`|bin/)outlast ([a-z]+(?: (?:next|show))?)([^`|;#\n]*)")
	named  = regexp.MustCompile(`--([a-z-]+)`)
)

// Every command line that a page shows is one that there is, with flags that there are; and doctor is told of the role, and of the
// probe where the role makes none.
func TestCommandsOfThePages(t *testing.T) {
	seen := 0
	for _, pattern := range []string{"README.md", "infra/*.md", "functions/README.md", "functions/*/README.md", "scripts/*/README.md", "SECURITY.md"} {
		pages, err := filepath.Glob("../../" + pattern)
		if err != nil || len(pages) == 0 {
			t.Fatalf("no page %s: %v", pattern, err)
		}
		for _, page := range pages {
			text, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			seen += checkCommands(t, page, string(text))
		}
	}
	if seen < 60 {
		t.Errorf("only %d command lines seen", seen)
	}
}

func checkCommands(t *testing.T, page, text string) int {
	t.Helper()
	root := (&app{terminal: newTerminal(os.Stdout, os.Stderr)}).root()
	root.SetOut(io.Discard)
	inner := nested.FindAllStringSubmatch(text, -1)
	text = nested.ReplaceAllString(text, "")
	for _, found := range inner {
		text += "\n" + found[1]
	}
	commands := typed.FindAllStringSubmatch(text, -1)
	for _, found := range commands {
		line := strings.TrimSpace(found[0])
		command, rest, err := root.Find(strings.Fields(found[1]))
		if err != nil || len(rest) > 0 && command.HasSubCommands() || command == root {
			t.Errorf("%s: %s: no such command", page, line)
			continue
		}
		for _, name := range named.FindAllStringSubmatch(found[2], -1) {
			if command.Flag(name[1]) == nil && root.PersistentFlags().Lookup(name[1]) == nil && name[1] != "help" {
				t.Errorf("%s: %s: no flag --%s", page, line, name[1])
			}
		}
		told := strings.Contains(found[2], "--probe") || strings.Contains(found[2], "--as capture") || strings.Contains(found[2], "--as reconcile")
		if command.Name() == "doctor" && strings.Contains(line, "--") && !told && !strings.Contains(found[2], "--token") {
			t.Errorf("%s: %s: ends with exit code 2", page, line)
		}
	}
	return len(commands)
}
