package verify_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
	"outlast.example/shared/store/mem"
	"outlast.example/shared/verify"
)

func TestCleanRepositories(t *testing.T) {
	r := grown(t, 30)
	report := r.clean(at(30.3))
	if report.Hours.Sealed != 30 || report.Hours.Firm != 30 || report.Buckets[0].Read == 0 {
		t.Errorf("%+v", report)
	}
	r.clean(at(55))
	r.clean(at(30.3), func(o *verify.Options) { o.Since = at(12) })
	r.clean(at(30.3), func(o *verify.Options) { o.Buckets, o.Some = o.Buckets[1:2], true })
	r.clean(at(30.3), func(o *verify.Options) { o.Read, o.Parallel = verify.Part{}, 0 })

	t.Run("what is on its way is behind, and no fault", func(t *testing.T) {
		r.put(at(29.5), 1)
		r.put(at(30.1), 0)
		if report := r.clean(at(30.4)); report.Buckets[2].Behind < 2 {
			t.Errorf("%+v", report.Buckets)
		}
	})
	t.Run("a bucket that was down for two days and is back", func(t *testing.T) {
		r := grown(t, 3)
		r.instead[2] = fault.Down(store.ErrNoAnswer)
		for h := 3; h < 31; h++ {
			r.put(at(float64(h)+0.5), 0, 1)
			r.seal(at(float64(h)+1.3), "seal-a", "seal-b")
		}
		delete(r.instead, 2)
		r.seal(at(32), "seal-a", "seal-b")
		if report := r.clean(at(32)); report.Buckets[2].NotListed == 0 {
			t.Errorf("%+v", report.Buckets[2])
		}
	})
	t.Run("a bucket that counts from a later hour on", func(t *testing.T) {
		r := grown(t, 30)
		r.buckets[2] = mem.New()
		r.descriptor.Number, r.descriptor.Previous = 2, sha(r.descriptor)
		r.descriptor.Buckets[2].CompleteSince = at(30)
		r.begin()
		for _, b := range r.buckets[2:] {
			for _, name := range r.names(0, "re", "") {
				b.Put(name, r.buckets[0].Objects()[name])
			}
			for _, name := range r.names(0, "RE", "") {
				b.Put(name, r.buckets[0].Objects()[name])
			}
		}
		r.clean(at(30.3))
		r.clean(at(55))
	})
}

func sha(d *format.Descriptor) string { return format.DescriptorName{SHA256: d.SHA256}.String()[12:76] }

// Before an hour is sealed, the buckets are all there is to compare.
func TestSizesOfWhatIsNotSealed(t *testing.T) {
	r := newRepository(t)
	key := r.put(at(0.5), 0, 1, 2)
	r.buckets[2].Put(key, []byte("short"))
	report := r.verify(at(1), func(o *verify.Options) { o.Read = verify.Part{} })
	expect(t, report, "2 damaged "+key)
}

// Missing everywhere is what only a seal can tell.
func TestMissingEverywhere(t *testing.T) {
	r := grown(t, 30)
	late := r.put(at(25.9), 1)
	r.seal(at(31.3), "seal-a", "seal-b")
	gone := []string{late, r.names(0, format.LogPrefix, "age")[7]}
	var want []string
	for i, b := range r.buckets {
		for _, key := range gone {
			b.Delete(key)
			want = append(want, one("missing", key)(i)...)
		}
	}
	report := r.verify(at(52))
	expect(t, report, want...)
	if known := report.Finding[0].Known; !strings.Contains(known, "lists it; no bucket looked at holds it") || !strings.Contains(known, "signed by seal-") {
		t.Errorf("known: %s", known)
	}
	if do := r.repair(at(52)).Finding[0].Do; !strings.Contains(do, "no bucket looked at gives out a sound copy") {
		t.Errorf("do: %s", do)
	}
}

// A receiver's key that signs behind the sealers' back: every name is right, and no seal knows it.
func TestUnsealed(t *testing.T) {
	r := grown(t, 30)
	key := r.put(at(1.5), 0, 1, 2)
	report := r.verify(at(30.3))
	expect(t, report, slices.Concat(one("unsealed", key)(0), one("unsealed", key)(1), one("unsealed", key)(2))...)
	if report.Outcome != verify.Partial {
		t.Errorf("outcome %s", report.Outcome)
	}
}

// The parts together are everything, each once.
func TestPartsReadEverythingOnce(t *testing.T) {
	r := grown(t, 20)
	read, all := 0, r.verify(at(20.3)).Buckets[0].Read
	for n := range 7 {
		read += r.verify(at(20.3), func(o *verify.Options) { o.Read = verify.Part{Number: n + 1, Of: 7} }).Buckets[0].Read
	}
	if read != all || all != len(r.names(0, format.LogPrefix, "")) {
		t.Errorf("%d read in seven parts, %d at once", read, all)
	}
}

// A part holds another one if every object of that is of it, too.
func TestPartHolds(t *testing.T) {
	keys := make([]string, 2000)
	for i := range keys {
		keys[i] = fmt.Sprint(i)
	}
	parts := []verify.Part{{}}
	for of := 1; of < 7; of++ {
		for n := range of {
			parts = append(parts, verify.Part{Number: n + 1, Of: of})
		}
	}
	for _, p := range parts {
		for _, o := range parts {
			want := !slices.ContainsFunc(keys, func(key string) bool { return o.Has(key) && !p.Has(key) })
			if got := p.Holds(o); got != want {
				t.Errorf("%s holds %s: %v, want %v", p, o, got, want)
			}
		}
	}
}

func TestParsePart(t *testing.T) {
	for text, want := range map[string]verify.Part{
		"3/30": {Number: 3, Of: 30}, "1/1": {Number: 1, Of: 1},
		"": {}, "0/3": {}, "4/3": {}, "-1/3": {}, "1/": {}, "1/2 ": {}, "01/2": {}, "1/99999": {}, "1/0": {},
	} {
		if got, err := verify.ParsePart(text); got != want || (err == nil) != (want != verify.Part{}) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

// What could not be looked at is said, and never clean.
func TestNotKnown(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*repository, *verify.Options)
		why    string
	}{
		{"a bucket is down", func(_ *repository, o *verify.Options) {
			o.Buckets[1] = store.NewReader(url(1), fault.Down(store.ErrNoAnswer))
		}, "mem://1 was not listed to its end"},
		{"a bucket is not configured", func(_ *repository, o *verify.Options) { o.Buckets = o.Buckets[:2] }, "names mem://2, and the configuration does not"},
		{"a bucket of nobody's", func(r *repository, o *verify.Options) {
			o.Buckets[2] = store.NewReader("mem://other", r.driver(2))
		}, "does not name mem://other"},
		{"reads get no answer", func(r *repository, o *verify.Options) {
			o.Buckets[1] = store.NewReader(url(1), fault.Reads(r.driver(1), onlyPages))
		}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := grown(t, 4)
			report := r.verify(at(4.3), func(o *verify.Options) { test.change(r, o) })
			if report.Outcome != verify.Partial || !strings.Contains(strings.Join(report.Why, "\n"), test.why) {
				t.Errorf("%s, %q", report.Outcome, report.Why)
			}
		})
	}
}

// onlyPages gives out what is needed to begin, and nothing else.
func onlyPages(ctx context.Context, key string, offset, length int64, real fault.Read) (io.ReadCloser, error) {
	if strings.HasPrefix(key, format.LogPrefix) {
		return nil, store.ErrNoAnswer
	}
	return real(ctx, key, offset, length)
}

func TestNoSealers(t *testing.T) {
	r := newRepository(t)
	r.descriptor.Sealers = nil
	r.descriptor.Number, r.descriptor.Previous = 2, sha(r.descriptor)
	r.begin()
	r.put(at(0.5), 0, 1, 2)
	report := r.verify(at(60))
	if report.Outcome != verify.Partial || report.Findings > 0 || !strings.Contains(report.Why[0], "names no sealer") {
		t.Errorf("%s, %q, %v", report.Outcome, report.Why, found(report))
	}
}

func TestRefused(t *testing.T) {
	r := grown(t, 2)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, test := range []struct {
		name   string
		ctx    context.Context
		change func(*verify.Options)
		want   string
	}{
		{"no bucket", t.Context(), func(o *verify.Options) { o.Buckets = nil }, "no bucket to look at"},
		{"another root key", t.Context(), func(o *verify.Options) { o.Root, _ = key(t) }, "none is valid"},
		{"another repository", t.Context(), func(o *verify.Options) { o.Repository = "0192f0c1-2b3c-7d4e-8f50-61728394a5b6" }, "check the buckets' URLs"},
		{"another repository's checkpoint", t.Context(), func(o *verify.Options) {
			o.Checkpoint = &verify.Checkpoint{Repository: "0192f0c1-2b3c-7d4e-8f50-61728394a5b6"}
		}, "each repository has its own"},
		{"interrupted", cancelled, func(*verify.Options) {}, "context canceled"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := verify.Run(test.ctx, r.options(at(2.3), test.change)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// Of two batches that a receiver's key signed for the same bytes, in an hour that is sealed, each is looked at.
func TestTwoNamesOfOneHash(t *testing.T) {
	r := grown(t, 30)
	k := r.put(at(4.5), 0)
	parsed, err := format.ParseKey(k)
	fatal(t, err)
	parsed.Time = at(4.6)
	again := signed(parsed, r.receiver)
	r.buckets[0].Put(again.String(), r.buckets[0].Objects()[k])
	report := r.verify(at(60))
	for _, name := range []string{k, again.String()} {
		for _, f := range []string{"0 unsealed ", "1 missing ", "2 missing "} {
			if !slices.Contains(found(report), f+name) {
				t.Errorf("%s%s", f, name)
			}
		}
	}
}

// A run takes as long as years of seals take to read. What a seal lists of an hour that was not to be sealed when the run began may have come
// after the batches were listed.
func TestSealedWhileVerifyRuns(t *testing.T) {
	r := grown(t, 6)
	gone := r.names(0, format.HourPrefix(at(5)), "")[0]
	for _, b := range r.buckets {
		b.Delete(gone)
	}
	for _, began := range []float64{5.9, 6.2} {
		if report := r.verify(at(began)); report.Outcome != verify.OK || report.Buckets[0].Behind == 0 {
			t.Errorf("began at %v: %s, %s", began, report.Outcome, found(report))
		}
	}
	expect(t, r.verify(at(6.3)), everyone("missing", gone)...)
}
