package status

import (
	"fmt"
	"strings"
	"time"
)

func utc(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

func hour(t time.Time) string { return t.UTC().Format("2006-01-02 15:00 UTC") }

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

var lineEnds = strings.NewReplacer(":\n  ", ": ", "\n  ", "; ", "\n", "; ")

// oneLine is an error that may list several things, as a part of a sentence.
func oneLine(err error) string { return lineEnds.Replace(err.Error()) }
