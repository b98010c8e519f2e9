package main

import (
	"errors"
	"testing"
	"time"

	"outlast.example/shared/descriptors/next"
)

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
