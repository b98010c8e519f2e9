package format

import (
	"errors"
	"regexp"
	"time"
)

// timeGrammar is RFC 3339's (5.6) with capital letters and at most nine digits of a second. Package time alone would take
// a comma, an hour of one digit and an offset of 24 hours.
var timeGrammar = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

func parseTime(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || !timeGrammar.MatchString(s) {
		return time.Time{}, errors.New("time is not RFC 3339")
	}
	if t = t.UTC(); !fourDigits(t) {
		return time.Time{}, errors.New("time has no four-digit year in UTC")
	}
	return t, nil
}

// rfc3339 reports whether a time is set and can be written.
func rfc3339(t time.Time) bool { return !t.IsZero() && fourDigits(t.UTC()) }

func fourDigits(t time.Time) bool { return t.Year() >= 0 && t.Year() <= 9999 }

// moment stands in JSON where a time.Time would be read less strictly.
type moment struct{}

func (*moment) UnmarshalText(b []byte) error {
	_, err := parseTime(string(b))
	return err
}
