package verify_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
	"outlast.example/shared/store/mem"
	"outlast.example/shared/verify"
)

// inParts is a grown repository whose seals list one batch in each part.
func inParts(t *testing.T) *repository {
	r := newRepository(t)
	r.partLen = 1
	return r.grow(14)
}

// Faults of parts are found, each in its bucket, and nothing else is called wrong because of them.
func TestFaultsOfParts(t *testing.T) {
	for _, test := range []struct {
		name    string
		corrupt func(r *repository, part string) []string
		outcome verify.Outcome
		healed  bool
	}{
		{"nothing is wrong", func(*repository, string) []string { return nil }, verify.OK, true},
		{"missing in a bucket", func(r *repository, part string) []string {
			r.buckets[2].Delete(part)
			return one("missing", part)(2)
		}, verify.Damage, true},
		{"missing everywhere", func(r *repository, part string) []string {
			for _, b := range r.buckets {
				b.Delete(part)
			}
			return everyone("missing", part)
		}, verify.Damage, false},
		{"other bytes", func(r *repository, part string) []string {
			r.buckets[0].Put(part, flipped(r.object(0, part)))
			return one("damaged", part)(0)
		}, verify.Damage, false},
		{"other bytes everywhere", func(r *repository, part string) []string {
			for _, b := range r.buckets {
				b.Put(part, []byte("x"))
			}
			return everyone("damaged", part)
		}, verify.Damage, false},
		{"a part that the seal has not", func(r *repository, part string) []string {
			n, err := format.ParsePartName(part)
			fatal(r.t, err)
			n.Number = 99
			r.buckets[1].Put(n.String(), []byte("x"))
			return one("foreign", n.String())(1)
		}, verify.Damage, false},
		{"a part of no seal, as an interrupted sealer leaves it", func(r *repository, part string) []string {
			n, err := format.ParsePartName(part)
			fatal(r.t, err)
			n.SHA256[0] ^= 1
			r.buckets[1].Put(n.String(), []byte("x"))
			return nil
		}, verify.OK, true},
		{"a part of no seal, with a number that none of the hour has", func(r *repository, part string) []string {
			n, err := format.ParsePartName(part)
			fatal(r.t, err)
			n.SHA256[0] ^= 1
			n.Number = 3
			r.buckets[1].Put(n.String(), []byte("x"))
			return one("unsigned", n.String())(1)
		}, verify.Partial, false},
		{"a batch that a part lists is gone", func(r *repository, _ string) (want []string) {
			key := r.names(0, format.HourPrefix(at(5)), "")[1]
			for _, b := range r.buckets {
				b.Delete(key)
			}
			return everyone("missing", key)
		}, verify.Damage, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := inParts(t)
			parts := r.names(0, format.SealHourPrefix(at(5)), ".part")
			if len(parts) != 2 {
				t.Fatalf("%d parts", len(parts))
			}
			want := test.corrupt(r, parts[1])
			report := r.verify(at(39.3))
			expect(t, report, want...)
			if report.Outcome != test.outcome {
				t.Errorf("outcome %s", report.Outcome)
			}
			if r.repair(at(39.3)); test.healed {
				r.clean(at(39.3))
			}
		})
	}
}

// A quick run opens one copy of each part, and sees that the others are as long. What is hidden, it finds.
func TestPartsQuickly(t *testing.T) {
	r := inParts(t)
	part := r.names(0, format.SealHourPrefix(at(5)), ".part")[0]
	r.buckets[1].Put(part, append(r.object(1, part), ' '))
	expect(t, r.verify(at(16), quick), one("damaged", part)(1)...)

	r = inParts(t).versioned()
	for _, name := range r.names(1, format.SealHourPrefix(at(5)), ".part") {
		r.buckets[1].Delete(name)
		expect(t, r.verify(at(16), quick), one("hidden", name)(1)...)
		r.repair(at(16))
	}
	r.clean(at(16))
}

// Parts that come behind a checkpoint are read from one bucket alone.
func TestPartsFromOneBucket(t *testing.T) {
	r := inParts(t)
	o := r.options(at(16), func(o *verify.Options) { o.Some, o.Buckets, o.Read = true, o.Buckets[:1], verify.Part{} })
	report, err := verify.Run(t.Context(), o)
	fatal(t, err)
	if report.Outcome != verify.OK || report.Hours.Firm != 14 {
		t.Errorf("%+v", report)
	}
	if parts := r.names(0, format.SealPrefix, ".part"); len(parts) < 2*14 || !slices.IsSorted(parts) {
		t.Errorf("%d parts", len(parts))
	}
}

// A seal comes after its parts, or not at all.
func TestASealWithoutAPartIsNotRepaired(t *testing.T) {
	r := inParts(t)
	b := mem.New()
	r.instead[1] = fault.Creates(b.Open(mem.Options{}), func(ctx context.Context, key string, c store.Content, real fault.Create) error {
		if strings.HasSuffix(key, ".0002.part") {
			return store.ErrDenied
		}
		return real(ctx, key, c)
	})
	if report := r.repair(at(44), func(o *verify.Options) { o.Parallel = 4 }); report.Outcome != verify.Damage {
		t.Errorf("parts refused: %s", report.Outcome)
	}
	stored := b.Objects()
	for key := range stored {
		n, err := format.ParsePartName(key)
		if err != nil {
			continue
		}
		n.Number = 2
		if seal := n.SealName.String(); stored[seal] != nil && r.object(0, n.String()) != nil {
			t.Errorf("%s is stored, and its part 2 is not", seal)
		}
	}
}
