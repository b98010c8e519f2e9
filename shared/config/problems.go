package config

import (
	"fmt"
	"strings"
)

// Problem is one thing that is wrong with a configuration.
type Problem struct {
	Setting string // its yaml key, such as "limits.deadline", or its place in the file
	Advice  string // what is wrong and what to do; never a value that might be secret
}

// Problems is everything that is wrong with a configuration, so that it is put right in one go.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.Setting + ": " + problem.Advice
	}
	if len(lines) == 1 {
		return lines[0]
	}
	return fmt.Sprintf("%d problems:\n  %s", len(lines), strings.Join(lines, "\n  "))
}

func (p *Problems) add(setting, format string, args ...any) {
	*p = append(*p, Problem{setting, fmt.Sprintf(format, args...)})
}

// err is nil where there is no problem.
func (p Problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}
