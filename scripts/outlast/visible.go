package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"outlast.example/shared/config"
)

// shown is an argument of what people read. Whoever can write to a bucket, or answers for one, chooses names and texts that end up
// in it: they cannot move the cursor, begin a line or turn the writing round (ECMA-48; Unicode UAX #9), for all of that is spelled out.
type shown struct{ value any }

// ownLines are the program's own: only within each of them is anything spelled out.
type ownLines []string

// visible makes arguments shown.
func visible(args []any) []any {
	all := make([]any, len(args))
	for i, arg := range args {
		all[i] = shown{arg}
	}
	return all
}

// Format writes the value as the verb and its flags say, and what a terminal would obey as Go spells it: \x1b.
func (s shown) Format(state fmt.State, verb rune) {
	_, _ = state.Write([]byte(s.text(fmt.FormatString(state, verb))))
}

func (s shown) text(format string) string {
	switch value := s.value.(type) {
	case ownLines:
		own := make([]string, len(value))
		for i, line := range value {
			own[i] = spelled(line, "")
		}
		return strings.Join(own, "\n")
	case error:
		return fmt.Sprintf(format, spelledError(value))
	}
	return spelled(fmt.Sprintf(format, s.value), "")
}

// spelledError keeps the lines of several errors that were joined, and of what the operator wrote himself: the command line and
// the configuration.
func spelledError(err error) string {
	_, problems := err.(config.Problems) //nolint:errorlint // this one, not one that it wraps
	if problems || errors.Is(err, errUsage) {
		return spelled(err.Error(), "\n\t")
	}
	between, causes := "", causesOf(err)
	if len(causes) > 1 && err.Error() == errors.Join(causes...).Error() {
		between = "\n"
	}
	var b strings.Builder
	rest := err.Error()
	for _, cause := range causes {
		if before, after, found := strings.Cut(rest, cause.Error()); found {
			b.WriteString(spelled(before, between) + spelledError(cause))
			rest = after
		}
	}
	return b.String() + spelled(rest, "")
}

func causesOf(err error) []error {
	switch wraps := err.(type) { //nolint:errorlint // one level after the other
	case interface{ Unwrap() error }:
		if cause := wraps.Unwrap(); cause != nil {
			return []error{cause}
		}
	case interface{ Unwrap() []error }:
		return wraps.Unwrap()
	}
	return nil
}

// spelled spells out control characters, but those to keep, what turns the direction of writing, and bytes that are no UTF-8.
func spelled(text, keep string) string {
	var b strings.Builder
	for rest := text; rest != ""; {
		r, size := utf8.DecodeRuneInString(rest)
		piece := rest[:size]
		rest = rest[size:]
		obeyed := unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == utf8.RuneError && size == 1
		if obeyed && !strings.ContainsRune(keep, r) {
			piece = strings.Trim(strconv.Quote(piece), `"`)
		}
		b.WriteString(piece)
	}
	return b.String()
}
