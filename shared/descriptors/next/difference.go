package next

import (
	"fmt"
	"slices"
	"time"

	"outlast.example/shared/format"
)

// Differences says for people what the next descriptor says otherwise, a line each. It compares the two, whatever change
// was asked for.
func Differences(is, next *format.Descriptor) []string {
	lines := slices.Concat(
		bucketDifferences(is.Buckets, next.Buckets),
		signerDifferences("receiver", is.Receivers, next.Receivers),
		signerDifferences("sealer", is.Sealers, next.Sealers),
	)
	for _, r := range without(next.Recipients, is.Recipients) {
		lines = append(lines, "+ recipient "+r)
	}
	for _, r := range without(is.Recipients, next.Recipients) {
		lines = append(lines, "- recipient "+r)
	}
	if is.Quorum != next.Quorum {
		lines = append(lines, fmt.Sprintf("~ quorum %d of %d, was %d of %d", next.Quorum, len(next.Buckets), is.Quorum, len(is.Buckets)))
	}
	return lines
}

// without is what is in list and not in others.
func without(list, others []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(one string) bool { return slices.Contains(others, one) })
}

func bucketDifferences(is, next []format.Bucket) []string {
	var lines []string
	for _, b := range next {
		i := slices.IndexFunc(is, func(old format.Bucket) bool { return old.URL == b.URL })
		switch {
		case i < 0:
			lines = append(lines, "+ bucket "+b.URL+", "+Completeness(b))
		case !is[i].CompleteSince.Equal(b.CompleteSince):
			lines = append(lines, "~ bucket "+b.URL+", "+Completeness(b)+", was "+Completeness(is[i]))
		}
	}
	for _, b := range is {
		if !slices.ContainsFunc(next, func(stays format.Bucket) bool { return stays.URL == b.URL }) {
			lines = append(lines, "- bucket "+b.URL)
		}
	}
	return lines
}

// Completeness says in words what a descriptor says of a bucket.
func Completeness(b format.Bucket) string {
	if b.CompleteSince.IsZero() {
		return "being filled"
	}
	return "complete since " + b.CompleteSince.Format(time.RFC3339)
}

func signerDifferences(role string, is, next []format.Signer) []string {
	var lines []string
	for i, s := range next {
		switch {
		case i >= len(is):
			lines = append(lines, fmt.Sprintf("+ %s %s %s, %s", role, s.Name, format.FormatPublicKey(s.Key), Validity(s)))
		case !is[i].Until.Equal(s.Until):
			lines = append(lines, fmt.Sprintf("~ %s %s, %s", role, s.Name, Validity(s)))
		}
	}
	return lines
}

// Validity says in words when a signer's key is valid.
func Validity(s format.Signer) string {
	text := "from " + s.Since.Format(time.RFC3339)
	if !s.Until.IsZero() {
		text += " until before " + s.Until.Format(time.RFC3339)
	}
	return text
}
