package main

// The rules of the terminal, all here:
//
//   - data goes to stdout, everything else to stderr;
//   - an error is one line, "outlast: …", and what to do next is a second one, "hint: …";
//   - colours and progress appear on a terminal only, and colours not where NO_COLOR is set (no-color.org);
//   - what comes from outside is shown, and never obeyed (visible.go);
//   - a file that a command writes is whole or absent.

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

type terminal struct {
	out, err io.Writer
	live     bool // stderr is a terminal: progress can be drawn over itself
	colour   bool
}

func newTerminal(out, err *os.File) *terminal {
	live := term.IsTerminal(int(err.Fd()))
	return &terminal{out: out, err: err, live: live, colour: live && os.Getenv("NO_COLOR") == ""}
}

// say talks to the operator.
func (t *terminal) say(format string, args ...any) {
	_, _ = fmt.Fprintf(t.err, format+"\n", visible(args)...)
}

// print writes data for people.
func (t *terminal) print(format string, args ...any) error {
	_, err := fmt.Fprintf(t.out, format+"\n", visible(args)...)
	return err
}

func (t *terminal) complain(err error) {
	t.say(t.paint("31", "outlast:")+" %v", err)
	if h := hint(err); h != "" {
		t.say(t.paint("36", "hint:")+" %s", h)
	}
}

// paint sets text in a colour (ECMA-48, SGR).
func (t *terminal) paint(colour, text string) string {
	if !t.colour {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// progress draws one line again and again. On anything but a terminal it is silent.
type progress struct {
	*terminal
	label string
	drawn time.Time
}

const frame = 100 * time.Millisecond // between two drawings: smooth, and no cost

func (t *terminal) progress(label string) *progress { return &progress{terminal: t, label: label} }

// set draws done of total; a total of 0 is not known yet.
func (p *progress) set(done, total int64) {
	if now := time.Now(); p.live && now.Sub(p.drawn) >= frame {
		p.drawn = now
		_, _ = fmt.Fprintf(p.err, "\r\x1b[K%s %s", p.label, bar(done, total))
	}
}

// clear leaves the line to what is said next.
func (p *progress) clear() {
	if !p.drawn.IsZero() {
		_, _ = fmt.Fprint(p.err, "\r\x1b[K")
	}
}

// count is a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func bar(done, total int64) string {
	if total <= 0 {
		return fmt.Sprintf("%d", done)
	}
	const width = 30 // characters
	filled := int(min(done, total) * width / total)
	return fmt.Sprintf("%s%s %d/%d", strings.Repeat("█", filled), strings.Repeat("░", width-filled), done, total)
}
