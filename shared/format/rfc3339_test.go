package format

import "testing"

func TestParseTime(t *testing.T) {
	for s, ok := range map[string]bool{
		"2026-11-22T09:15:03Z":                true,
		"2026-11-22T09:15:03.123456789+05:30": true,
		"0000-01-01T00:00:00-00:00":           true,
		"2026-11-22T09:15:03.1234567891Z":     false,
		"2026-11-22T09:15:03,5Z":              false,
		"2026-11-22T9:15:03Z":                 false,
		"2026-11-22T09:15:60Z":                false,
		"2026-11-22T24:00:00Z":                false,
		"2026-02-30T09:15:03Z":                false,
		"2026-11-22T09:15:03+24:00":           false,
		"2026-11-22T09:15:03+05:60":           false,
		"0000-01-01T00:00:00+01:00":           false,
		"9999-12-31T23:59:59-01:00":           false,
		"2026-11-22t09:15:03z":                false,
		"2026-11-22 09:15:03Z":                false,
		"2026-11-22T09:15:03":                 false,
		"":                                    false,
	} {
		if got, err := parseTime(s); (err == nil) != ok {
			t.Errorf("%q: %v, %v", s, got, err)
		}
	}
}
