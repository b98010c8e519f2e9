package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/descriptors/next"
	"outlast.example/shared/format"
)

// Of a run that was interrupted while it wrote nobody knows how much stands, and it does not say "nothing".
func TestNextInterrupted(t *testing.T) {
	a := &app{terminal: &terminal{err: new(bytes.Buffer)}}
	plan := &next.Plan{Is: &format.Descriptor{Number: 1}, Next: &format.Descriptor{Number: 2}}
	err := a.published(plan, nil, context.Canceled)
	if got := hint(err); exitCode(err) != exitInterrupted || !strings.Contains(got, "descriptor 2") || !strings.Contains(got, "--after 0000") {
		t.Errorf("exit code %d, hint %q", exitCode(err), got)
	}
}

// An equals sign stands before a time or within a URL.
func TestTimed(t *testing.T) {
	day := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]next.Timed{
		"main":                               {Name: "main"},
		"main=2026-11-22":                    {Name: "main", At: day},
		"gs://b":                             {Name: "gs://b"},
		"gs://b=2026-11-22":                  {Name: "gs://b", At: day},
		"s3://b?region=eu-1":                 {Name: "s3://b?region=eu-1"},
		"s3://b?region=eu-1=2026-11-22":      {Name: "s3://b?region=eu-1", At: day},
		"s3://b?region=eu-1&endpoint=http:x": {Name: "s3://b?region=eu-1&endpoint=http:x"},
		"azblob://c?storage_account=90m":     {Name: "azblob://c?storage_account=90m"},
	} {
		if got, err := timed(text); err != nil || got != want {
			t.Errorf("%s: got %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"main=", "s3://b?region=eu-1=tomorrow"} {
		if _, err := timed(text); !errors.Is(err, errUsage) {
			t.Errorf("%s: got %v, want %v", text, err, errUsage)
		}
	}
}
