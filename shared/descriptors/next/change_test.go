package next_test

import (
	"bytes"
	"crypto/ed25519"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/descriptors/next"
	"outlast.example/shared/format"
)

var (
	began = time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	now   = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
)

// key is a public key of that byte only.
func key(b byte) ed25519.PublicKey { return bytes.Repeat([]byte{b}, ed25519.PublicKeySize) }

const keyText = "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICA=" // of key(' ')

func recipient(t *testing.T) string {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return identity.Recipient().String()
}

// first is number 1 of three buckets, with a receiver that goes on and one that ended.
func first(t *testing.T) *format.Descriptor {
	t.Helper()
	d := &format.Descriptor{
		Format: format.Version, Repository: "6f1c2f0e-5b1a-4c62-9d0c-0c2b7a9e4d11", Number: 1, Created: began, Quorum: 2,
		Recipients: []string{recipient(t), recipient(t)},
		Receivers: []format.Signer{
			{Name: "main", Key: key(1), Since: began},
			{Name: "old", Key: key(2), Since: began, Until: began.AddDate(0, 0, 7)},
		},
	}
	for _, name := range []string{"a", "b", "c"} {
		d.Buckets = append(d.Buckets, format.Bucket{URL: "file:///" + name, CompleteSince: began})
	}
	return d
}

func add(name string, k byte) next.Signers {
	return next.Signers{Add: []format.Signer{{Name: name, Key: key(k)}}}
}

func ended(name string, at time.Time) next.Signers {
	return next.Signers{End: []next.Timed{{Name: name, At: at}}}
}

func completed(url string, at time.Time) next.Buckets {
	return next.Buckets{Complete: []next.Timed{{Name: url, At: at}}}
}

func TestRefusedChanges(t *testing.T) {
	is := first(t)
	filling := first(t)
	filling.Buckets = append(filling.Buckets, format.Bucket{URL: "file:///d"})
	for _, test := range []struct {
		name   string
		is     *format.Descriptor
		change next.Change
		want   string
	}{
		{"a name that is taken", is, next.Change{Receivers: add("main", 3)}, "under a new name"},
		{"the name of one that ended", is, next.Change{Receivers: add("old", 3)}, "under a new name"},
		{"the key of one that ended", is, next.Change{Receivers: add("new", 2)}, "its key is that of receiver old"},
		{"two of one name", is, next.Change{Sealers: next.Signers{Add: append(add("s", 3).Add, add("s", 4).Add...)}}, "sealer s is listed already"},
		{"no name", is, next.Change{Receivers: add("Not-A-Name", 3)}, "want 1 to 24 of a-z"},
		{"the end of nobody", is, next.Change{Receivers: ended("nobody", now)}, `no receiver "nobody"; there are: main, old`},
		{"the end of no sealer", is, next.Change{Sealers: ended("main", now)}, "there are: none"},
		{"a later end", is, next.Change{Receivers: ended("old", now)}, "a key is never prolonged"},
		{"an end before the beginning", is, next.Change{Receivers: ended("main", began)}, "not after its beginning"},
		{"a bucket in another spelling", is, next.Change{Buckets: next.Buckets{Add: []string{"file:///x/../a/"}}}, "file:///a in the same or another spelling"},
		{"a bucket twice", is, next.Change{Buckets: next.Buckets{Add: []string{"file:///d", "file:///d"}}}, "file:///d in the same"},
		{"no URL", is, next.Change{Buckets: next.Buckets{Add: []string{"::"}}}, "not a URL"},
		{"credentials in a URL", is, next.Change{Buckets: next.Buckets{Add: []string{"s3://u:hush@b"}}}, "credentials in its URL"},
		{"removing what is not there", is, next.Change{Buckets: next.Buckets{Remove: []string{"file:///z"}}}, "there are: file:///a, file:///b, file:///c"},
		{"removing too many at once", is, next.Change{Buckets: next.Buckets{Remove: []string{"file:///a", "file:///b"}}, Quorum: 1},
			"1 complete buckets would remain, and 2 are needed"},
		{"removing one while another is filled", filling, next.Change{Buckets: next.Buckets{Remove: []string{"file:///a"}}}, "2 complete buckets would remain, and 3"},
		{"taking back that buckets are complete", filling, next.Change{Buckets: completed("file:///a", now)}, "2 complete buckets would remain, and 3"},
		{"complete in the future", filling, next.Change{Buckets: completed("file:///d", now.Add(time.Hour))}, "in the future"},
		{"complete before the beginning", filling, next.Change{Buckets: completed("file:///d", began.Add(-time.Hour))}, "the repository began at"},
		{"completing what is not there", is, next.Change{Buckets: completed("file:///d", now)}, `no bucket "file:///d"`},
		{"a quorum over the buckets", is, next.Change{Quorum: 4}, "a quorum of 4 of 3 buckets: want 1 to 3"},
		{"a quorum below one", is, next.Change{Quorum: -1}, "want 1 to 3"},
		{"no recipient", is, next.Change{Recipients: next.Recipients{Add: []string{"AGE-SECRET-KEY-hush"}}}, "the public half"},
		{"a recipient that is listed", is, next.Change{Recipients: next.Recipients{Add: is.Recipients[:1]}}, "is listed already"},
		{"removing no recipient", is, next.Change{Recipients: next.Recipients{Remove: []string{"age1x"}}}, "is not listed"},
		{"one recipient", is, next.Change{Recipients: next.Recipients{Remove: is.Recipients[:1]}}, "one recipient"},
		{"two kinds of recipients", is, next.Change{Recipients: next.Recipients{Add: []string{"age1pq1x"}}}, "cannot be mixed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := test.change.Apply(test.is, now)
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "hush") {
				t.Errorf("got %v, want %q in it", err, test.want)
			}
		})
	}
}

// What a receiver signed before somebody ended its key counts, in the same second, too.
func TestAnEndIsNoEarlierThanItWasSaid(t *testing.T) {
	at := now.Add(700 * time.Millisecond)
	for _, end := range []time.Time{at, {}} { // the zero end is now
		change := next.Change{Receivers: ended("main", end)}
		d, err := change.Apply(first(t), at)
		if err != nil {
			t.Fatal(err)
		}
		if r := d.Receivers[0]; !r.Valid(at.Add(-time.Microsecond)) || r.Valid(at.Add(time.Second)) {
			t.Errorf("it ends at %s, said at %s", r.Until, at)
		}
	}
}

// Seals are a chain: where nobody may seal an hour, nobody seals a later one.
func TestHoursThatNobodyMaySeal(t *testing.T) {
	sealed := func(until time.Time, more ...format.Signer) *format.Descriptor {
		d := first(t)
		d.Sealers = append([]format.Signer{{Name: "a", Key: key(3), Since: began, Until: until}}, more...)
		return d
	}
	sealer := func(since time.Time) next.Signers {
		return next.Signers{Add: []format.Signer{{Name: "b", Key: key(4), Since: since}}}
	}
	gone := began.AddDate(0, 0, 7)
	beside := format.Signer{Name: "c", Key: key(5), Since: gone.Add(-time.Hour), Until: now.Add(time.Hour)}
	const refused = "no sealer could seal the hours that end from 2026-11-08T09:00:00Z to before 2026-11-"
	for _, test := range []struct {
		name    string
		is      *format.Descriptor
		sealers next.Signers
		want    string
	}{
		{"one that begins after the only one has ended", sealed(gone), sealer(now), refused + "22T09:00:00Z"},
		{"by the hour that ends between them", sealed(gone), sealer(gone.Add(time.Second)), refused + "08T09:00:01Z"},
		{"one that begins where the other ends", sealed(gone), sealer(gone), ""},
		{"no hour ends between them", sealed(gone.Add(time.Minute)), sealer(gone.Add(time.Hour)), ""},
		{"usually from the beginning", sealed(gone), sealer(time.Time{}), ""},
		{"another one is valid meanwhile", sealed(gone, beside), sealer(now), ""},
		{"the end of the only one", sealed(time.Time{}), ended("a", gone), ""},
		{"the end of one before another begins", sealed(time.Time{}, format.Signer{Name: "b", Key: key(4), Since: now}), ended("a", gone), refused + "22"},
		{"what is so already does not refuse other changes", sealed(gone, format.Signer{Name: "b", Key: key(4), Since: now}), next.Signers{Add: []format.Signer{{Name: "c", Key: key(6), Since: now}}}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			change := next.Change{Sealers: test.sealers}
			_, err := change.Apply(test.is, now)
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestAClockThatIsBehind(t *testing.T) {
	change := next.Change{Quorum: 3}
	if _, err := change.Apply(first(t), began.Add(-time.Second)); err == nil || !strings.Contains(err.Error(), "set it right") {
		t.Errorf("got %v", err)
	}
}

func TestEverythingThatIsWrongIsSaidAtOnce(t *testing.T) {
	change := next.Change{Receivers: add("old", 3), Buckets: completed("file:///z", now), Recipients: next.Recipients{Remove: []string{"age1x"}}}
	_, err := change.Apply(first(t), now)
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("got %v, want three lines", err)
	}
}

func TestChanges(t *testing.T) {
	is, added := first(t), recipient(t)
	for _, test := range []struct {
		name   string
		change next.Change
		want   []string
	}{
		{"nothing", next.Change{}, nil},
		{"a receiver, believed a day early", next.Change{Receivers: add("new", ' ')}, []string{"+ receiver new " + keyText + ", from 2026-11-21T09:00:00Z"}},
		{"a sealer, for all hours", next.Change{Sealers: add("main", ' ')}, []string{"+ sealer main " + keyText + ", from 2026-11-01T09:00:00Z"}},
		{"since a moment", next.Change{Receivers: next.Signers{Add: []format.Signer{{Name: "new", Key: key(' '), Since: began}}}},
			[]string{"+ receiver new " + keyText + ", from 2026-11-01T09:00:00Z"}},
		{"an end now", next.Change{Receivers: ended("main", time.Time{})},
			[]string{"~ receiver main, from 2026-11-01T09:00:00Z until before 2026-11-22T09:00:01Z"}},
		{"an earlier end", next.Change{Receivers: ended("old", began.AddDate(0, 0, 6))},
			[]string{"~ receiver old, from 2026-11-01T09:00:00Z until before 2026-11-07T09:00:00Z"}},
		{"a bucket", next.Change{Buckets: next.Buckets{Add: []string{"file:///d"}}}, []string{"+ bucket file:///d, being filled"}},
		{"one for another, in another spelling", next.Change{Buckets: next.Buckets{Add: []string{"file:///d"}, Remove: []string{"file:///c/"}}},
			[]string{"+ bucket file:///d, being filled", "- bucket file:///c"}},
		{"an emptied bucket", next.Change{Buckets: next.Buckets{Add: []string{"file:///c"}, Remove: []string{"file:///c"}}},
			[]string{"~ bucket file:///c, being filled, was complete since 2026-11-01T09:00:00Z"}},
		{"a bucket that was filled before", next.Change{Buckets: next.Buckets{Add: []string{"file:///d"}, Complete: []next.Timed{{Name: "file:///d"}}}},
			[]string{"+ bucket file:///d, complete since 2026-11-01T09:00:00Z"}},
		{"complete since later", next.Change{Buckets: completed("file:///c", now)},
			[]string{"~ bucket file:///c, complete since 2026-11-22T09:00:00Z, was complete since 2026-11-01T09:00:00Z"}},
		{"recipients", next.Change{Recipients: next.Recipients{Add: []string{added}, Remove: is.Recipients[:1]}},
			[]string{"+ recipient " + added, "- recipient " + is.Recipients[0]}},
		{"the quorum", next.Change{Quorum: 1}, []string{"~ quorum 1 of 3, was 2 of 3"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := *is
			before.Buckets, before.Receivers = append([]format.Bucket(nil), is.Buckets...), append([]format.Signer(nil), is.Receivers...)
			d, err := test.change.Apply(is, now.Add(time.Millisecond))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, next.Differences(is, d)); diff != "" {
				t.Error(diff)
			}
			if d.Number != 2 || d.Previous != strings.Repeat("00", 32) || !d.Created.Equal(now) {
				t.Errorf("got %+v", d)
			}
			if diff := cmp.Diff(&before, is); diff != "" {
				t.Errorf("the one before was changed: %s", diff)
			}
		})
	}
}
