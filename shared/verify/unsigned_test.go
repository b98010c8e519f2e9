package verify_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
	"outlast.example/shared/store/mem"
	"outlast.example/shared/verify"
)

// interrupted grows five hours, and has seal-a's run of the next hour end before it creates a name that ends so, and reach the first bucket only, as if it was
// killed there. It gives what that left. A batch comes meanwhile, so that nobody will sign it.
func interrupted(t *testing.T, r *repository, before string, sealers ...string) (left []string) {
	t.Helper()
	r.grow(5)
	for range 2 {
		r.put(at(5.5), 0, 1, 2)
	}
	for i, b := range r.buckets {
		r.instead[i] = fault.Creates(b.Open(mem.Options{}), func(ctx context.Context, key string, c store.Content, real fault.Create) error {
			if strings.HasPrefix(key, format.SealPrefix) && (i > 0 || strings.HasSuffix(key, before)) {
				return store.ErrDenied
			}
			return real(ctx, key, c)
		})
	}
	r.seal(at(6.3), "seal-a")
	clear(r.instead)
	left = r.names(0, format.SealHourPrefix(at(5)), "")
	r.put(at(5.7), 0, 1, 2)
	for h := 6; h < 12; h++ {
		r.seal(at(float64(h)+1.3), sealers...)
	}
	for i, b := range r.buckets[1:] {
		for _, name := range left {
			if b.Objects()[name] != nil {
				t.Errorf("bucket %d has %s, which nobody signed", i+1, name)
			}
		}
	}
	return left
}

// What a sealer left that was killed before it signed hurts nobody, once two sealers signed the hour without it: all is well,
// and stays so.
func TestInert(t *testing.T) {
	for _, test := range []struct {
		before string
		parts  int // batches in each
		left   int
	}{{".sig", 0, 1}, {".sig", 1, 3}, {".json", 1, 2}, {".0002.part", 1, 1}} {
		t.Run(fmt.Sprintf("before %s, parts of %d", test.before, test.parts), func(t *testing.T) {
			r := newRepository(t)
			r.partLen = test.parts
			left := interrupted(t, r, test.before, "seal-a", "seal-b")
			if len(left) != test.left {
				t.Fatalf("left: %v", left)
			}
			for _, change := range []func(*verify.Options){quick, func(*verify.Options) {}} {
				report := r.clean(at(37.3), change)
				if report.Buckets[0].Inert != test.left || report.Buckets[1].Inert != 0 {
					t.Errorf("inert: %d and %d, want %d and 0", report.Buckets[0].Inert, report.Buckets[1].Inert, test.left)
				}
				text, err := json.Marshal(report.Buckets[0])
				fatal(t, err)
				if !strings.Contains(string(text), fmt.Sprintf(`"inert":%d,`, test.left)) {
					t.Errorf("%s", text)
				}
			}
			if report := r.repair(at(37.3)); report.Findings > 0 || slices.ContainsFunc(left, func(name string) bool { return r.buckets[1].Objects()[name] != nil }) {
				t.Errorf("a repair: %v", found(report))
			}
		})
	}
}

// While only one of two sealers signed seals of the hour, it is not known that nobody will sign the other one. Where there is
// only one, its hours are firm.
func TestInertOnlyInFirmHours(t *testing.T) {
	r := newRepository(t)
	left := interrupted(t, r, ".sig", "seal-a")
	report := r.verify(at(37.3))
	expect(t, report, one("unsigned", left[0])(0)...)
	if report.Outcome != verify.Partial || report.Buckets[0].Inert != 0 {
		t.Errorf("%s, %d inert", report.Outcome, report.Buckets[0].Inert)
	}
	r.seal(at(37.3), "seal-b")
	if report := r.clean(at(37.3)); report.Buckets[0].Inert != 1 {
		t.Errorf("%d inert", report.Buckets[0].Inert)
	}

	r = newRepository(t)
	r.descriptor.Sealers[1].Until = at(5.5) // it can sign five hours
	r.descriptor.Number, r.descriptor.Previous = 2, sha(r.descriptor)
	r.begin()
	interrupted(t, r, ".sig", "seal-a")
	if report := r.clean(at(37.3)); report.Buckets[0].Inert != 1 || report.Hours.Firm != 12 {
		t.Errorf("%d inert, %d hours firm", report.Buckets[0].Inert, report.Hours.Firm)
	}

	r = grown(t, 14)
	name, object, err := (&format.Seal{Format: 1, Repository: repositoryID, Hour: at(14), Listed: []string{"x"}}).Encode()
	fatal(t, err)
	r.buckets[1].Put(name.String(), object) // the hour before is firm, and this one is not sealed
	expect(t, r.verify(at(40)), slices.Concat(one("unsigned", name.String())(1), ofNobody("unsealed", format.SealHourPrefix(at(14))))...)
}

// What is unsigned and none that an interrupted sealer leaves stays a finding in a firm hour too.
func TestUnsignedInFirmHours(t *testing.T) {
	seal := func(r *repository, change func(*format.Seal)) (format.SealName, []byte) {
		s := format.Seal{Format: 1, Repository: repositoryID, Hour: at(10), Listed: []string{"x"}}
		change(&s)
		name, object, err := s.Encode()
		fatal(r.t, err)
		return name, object
	}
	own := func(*format.Seal) {}
	for name, plant := range map[string]func(r *repository) []string{
		"of another repository": func(r *repository) []string {
			name, object := seal(r, func(s *format.Seal) { s.Repository = "0192f0c1-2b3c-7d4e-8f50-61728394a5b6" })
			r.buckets[1].Put(name.String(), object)
			return one("unsigned", name.String())(1)
		},
		"of another hour": func(r *repository) []string {
			name, object := seal(r, own)
			name.Hour = at(11)
			r.buckets[1].Put(name.String(), object)
			return one("unsigned", name.String())(1)
		},
		"with other bytes in one of two buckets": func(r *repository) []string {
			name, object := seal(r, own)
			r.buckets[0].Put(name.String(), object)
			r.buckets[1].Put(name.String(), flipped(object))
			return one("unsigned", name.String())(1)
		},
		"not given out": func(r *repository) []string {
			name, object := seal(r, own)
			r.buckets[1].Put(name.String(), object)
			r.withhold(1, name.String())
			return one("unsigned", name.String())(1)
		},
		"a part, and no seal of the hour has parts": func(r *repository) []string {
			name, _ := seal(r, own)
			part := format.PartName{SealName: name, Number: 1}.String()
			r.buckets[1].Put(part, []byte("x"))
			return one("unsigned", part)(1)
		},
		"its signatures are hidden": func(r *repository) []string {
			name, object := seal(r, own)
			signature := format.SignSeal(name, repositoryID, "seal-a", r.sealers["seal-a"]).String()
			r.buckets[1].Put(name.String(), object)
			r.buckets[1].Put(signature, nil)
			r.buckets[1].Delete(signature)
			return slices.Concat(one("unsigned", name.String())(1), one("hidden", signature)(1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := grown(t, 14).versioned()
			want := plant(r)
			expect(t, r.verify(at(39.3), quick), want...)
		})
	}
}

// Of well-formed seals that somebody makes up without end, a handful of an hour is read and can be inert. The others are found.
func TestCrowdOfUnsignedSeals(t *testing.T) {
	r := grown(t, 14)
	before := r.clean(at(39.3), quick).Requests
	const n, handful = 1500, 8
	for i := range n {
		name, object, err := (&format.Seal{Format: 1, Repository: repositoryID, Hour: at(10), Listed: []string{fmt.Sprint(i)}}).Encode()
		fatal(t, err)
		r.buckets[1].Put(name.String(), object)
	}
	report := r.verify(at(39.3), quick)
	if b := report.Buckets[1]; b.Inert != handful || b.Left[verify.Unsigned] != n-handful || report.Outcome != verify.Partial {
		t.Errorf("%s, %d inert, %v", report.Outcome, b.Inert, b.Left)
	}
	if more := report.Requests - before; more > handful+n/1000+1 {
		t.Errorf("%d more requests", more)
	}
}

// Nobody waits for an hour to come before a seal of it that nobody signed is found.
func TestUnsignedOfTheFuture(t *testing.T) {
	r := grown(t, 6)
	n := format.SealName{Hour: at(10000)}
	r.buckets[1].Put(n.String(), []byte("x"))
	report := r.verify(at(7.3))
	expect(t, report, "1 unsigned "+n.String())
}
