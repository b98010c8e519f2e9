package verify_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
	"outlast.example/shared/store/mem"
	"outlast.example/shared/verify"
)

// everyone says that a finding is expected in each of the three buckets.
func everyone(verdict, key string) []string {
	return slices.Concat(one(verdict, key)(0), one(verdict, key)(1), one(verdict, key)(2))
}

// ofNobody is a finding of the repository, and of no bucket.
func ofNobody(verdict, key string) []string { return []string{" " + verdict + " " + key} }

func TestFaultsOfSeals(t *testing.T) {
	tenth := format.SealHourPrefix(at(10))
	for _, test := range []struct {
		name    string
		corrupt func(r *repository, seal, signature string) []string
		outcome verify.Outcome
		healed  bool
	}{
		{"a seal is missing in a bucket", func(r *repository, seal, _ string) []string {
			r.buckets[2].Delete(seal)
			return one("missing", seal)(2)
		}, verify.Damage, true},
		{"a signature is missing in a bucket", func(r *repository, _, signature string) []string {
			r.buckets[2].Delete(signature)
			return one("missing", signature)(2)
		}, verify.Damage, true},
		{"a seal is damaged", func(r *repository, seal, _ string) []string {
			object := r.buckets[0].Objects()[seal]
			object[5] ^= 1
			r.buckets[0].Put(seal, object)
			return one("damaged", seal)(0)
		}, verify.Damage, false},
		{"a seal is missing everywhere", func(r *repository, seal, _ string) []string {
			for _, b := range r.buckets {
				b.Delete(seal)
			}
			return everyone("missing", seal)
		}, verify.Damage, false},
		{"an hour's seals are removed everywhere", func(r *repository, seal, _ string) []string {
			for i, b := range r.buckets {
				for _, name := range r.names(i, tenth, "") {
					b.Delete(name)
				}
			}
			return everyone("missing", seal)
		}, verify.Damage, false},
		{"the signatures are removed everywhere", func(r *repository, seal, _ string) []string {
			for i, b := range r.buckets {
				for _, name := range r.names(i, tenth, ".sig") {
					b.Delete(name)
				}
			}
			return everyone("missing", seal)
		}, verify.Damage, false},
		{"a signature of nobody's", func(r *repository, seal, _ string) []string {
			name, err := format.ParseSealName(seal)
			fatal(r.t, err)
			_, stranger := key(r.t)
			forged := format.SignSeal(name, repositoryID, "seal-a", stranger).String()
			r.buckets[1].Put(forged, nil)
			return one("forged", forged)(1)
		}, verify.Damage, false},
		{"a seal that nobody signed, of an hour before all others", func(r *repository, _, _ string) []string {
			name, object, err := (&format.Seal{Format: 1, Repository: repositoryID, Hour: at(-1), Listed: []string{"x"}}).Encode()
			fatal(r.t, err)
			r.buckets[1].Put(name.String(), object)
			return one("unsigned", name.String())(1)
		}, verify.Partial, false},
		{"a seal with a signature that leaves the chain", func(r *repository, _, _ string) []string {
			name, object, err := (&format.Seal{Format: 1, Repository: repositoryID, Hour: at(10), Listed: []string{url(2)}}).Encode()
			fatal(r.t, err)
			for _, b := range r.buckets {
				b.Put(name.String(), object)
				b.Put(format.SignSeal(name, repositoryID, "seal-a", r.sealers["seal-a"]).String(), nil)
			}
			return ofNobody("unchained", name.String())
		}, verify.Damage, false},
		{"a seal that lists what no receiver signed", func(r *repository, _, _ string) []string {
			other := newRepository(r.t)
			stranger := other.put(at(28.5), 0)
			previous, err := format.ParseSealName(r.names(0, format.SealHourPrefix(at(28)), ".json")[0])
			fatal(r.t, err)
			s := format.Seal{Format: 1, Repository: repositoryID, Hour: at(29), Listed: []string{url(2)}, Late: []format.Sealed{{Key: stranger, Size: 9}}}
			s.Previous = []string{previous.String()[len(tenth) : len(tenth)+64]}
			name, object, err := s.Encode()
			fatal(r.t, err)
			for _, b := range r.buckets {
				b.Put(name.String(), object)
				b.Put(format.SignSeal(name, repositoryID, "seal-a", r.sealers["seal-a"]).String(), nil)
			}
			return ofNobody("forged", stranger)
		}, verify.Damage, false},
		{"something else under seal", func(r *repository, _, _ string) []string {
			r.buckets[1].Put("seal/notes.txt", nil)
			return one("foreign", "seal/notes.txt")(1)
		}, verify.Damage, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := grown(t, 30)
			want := test.corrupt(r, r.names(0, tenth, ".json")[0], r.names(0, tenth, ".sig")[0])
			report := r.verify(at(39.3))
			expect(t, report, want...)
			if report.Outcome != test.outcome || (report.Checkpoint != nil) != (test.outcome != verify.Damage) {
				t.Errorf("outcome %s, checkpoint %v", report.Outcome, report.Checkpoint)
			}
			if repaired := r.repair(at(39.3)); (repaired.Repaired == repaired.Findings) != test.healed {
				t.Errorf("repaired %d: %+v", repaired.Repaired, repaired.Finding)
			}
			if test.healed {
				r.clean(at(39.3))
			}
		})
	}
}

// Nobody seals any more, or the last seals are gone: without a checkpoint that is not known to be damage.
// Beside buckets that do not answer, a seal whose signatures a bucket does not show is not missing there: they are.
func TestSignaturesThatOthersMayHold(t *testing.T) {
	r := grown(t, 6)
	seal := r.names(2, format.SealHourPrefix(at(3)), ".json")[0]
	for _, name := range r.names(2, format.SealHourPrefix(at(3)), ".sig") {
		r.buckets[2].Lose(name)
	}
	report := r.verify(at(31.3), down(0, 1))
	for _, f := range report.Finding {
		if f.Verdict == verify.Missing && f.Key == seal {
			t.Errorf("%s is there: %s", f.Key, f.Known)
		}
	}
	if want := "2 missing " + strings.TrimSuffix(seal, ".json") + "-"; !slices.Contains(found(report), want) {
		t.Errorf("want %s; found are %q", want, found(report))
	}
}

func TestHoursThatAreDue(t *testing.T) {
	r := grown(t, 4)
	expect(t, r.verify(at(29.9)))
	expect(t, r.verify(at(35)), ofNobody("unsealed", format.SealHourPrefix(at(4)))...)
}

func TestPages(t *testing.T) {
	r := grown(t, 30)
	descriptor, page := r.names(0, "repo/", "")[0], r.names(0, "RECOVERY", "")[0]
	object := r.buckets[0].Objects()[descriptor]
	r.buckets[0].Delete(descriptor)
	r.buckets[1].Delete(page)
	r.buckets[2].Put(page, []byte("Send all keys to mallory@example.com."))
	r.buckets[2].Put(descriptor, object[1:])
	r.buckets[2].Put("repo/readme", nil)
	r.buckets[2].Put("RECOVERY-000009.md", nil)
	want := slices.Concat(one("missing", descriptor)(0), one("missing", page)(1), one("damaged", page)(2), one("damaged", descriptor)(2),
		one("foreign", "repo/readme")(2), one("foreign", "RECOVERY-000009.md")(2))
	expect(t, r.verify(at(30.3)), want...)
	if repaired := r.repair(at(30.3)); repaired.Repaired != 2 {
		t.Errorf("%+v", repaired.Finding)
	}
	expect(t, r.verify(at(30.3)), want[2:]...)
}

// All clouds together cannot go back behind what the operator's machine has seen.
func TestCheckpoint(t *testing.T) {
	r := grown(t, 10)
	before := make([]map[string][]byte, 3)
	for i, b := range r.buckets {
		before[i] = b.Objects()
	}
	for h := 10; h < 14; h++ {
		r.put(at(float64(h)+0.5), 0, 1, 2)
		r.seal(at(float64(h)+1.3), "seal-a", "seal-b")
	}
	kept := r.clean(at(14.3)).Checkpoint
	if !kept.Hour.Equal(at(13)) || len(kept.Seals) == 0 || kept.Descriptor != 1 {
		t.Fatalf("%+v", kept)
	}
	text, err := json.Marshal(kept)
	fatal(t, err)
	kept, err = verify.ParseCheckpoint(text)
	fatal(t, err)
	with := func(o *verify.Options) { o.Checkpoint = kept }
	from := func(o *verify.Options) { o.Buckets, o.Some, o.Since = o.Buckets[1:2], true, kept.Hour }
	r.clean(at(14.3), with)
	r.clean(at(14.3), with, from)
	for i := range r.buckets {
		r.buckets[i] = mem.New()
		for name, object := range before[i] {
			r.buckets[i].Put(name, object)
		}
	}
	r.clean(at(14.3))
	for _, change := range [][]func(*verify.Options){{with}, {with, from}} {
		report := r.verify(at(14.3), change...)
		if report.Outcome != verify.Damage || report.Checkpoint != nil || report.Finding[0].Verdict != verify.RolledBack {
			t.Errorf("%s: %v", report.Outcome, found(report))
		}
	}
}

// A batch that was removed lately is as old as it is: what the checkpoint has seen, one bucket's seals still list.
func TestChainLooksBehindTheCheckpoint(t *testing.T) {
	r := grown(t, 30)
	chain := func(o *verify.Options) { o.Chain, o.Buckets, o.Some = true, o.Buckets[1:2], true }
	first := r.verify(at(30.3), chain)
	if why := strings.Join(first.Why, "\n"); first.Outcome != verify.Partial || !strings.Contains(why, "no checkpoint") || first.Checkpoint == nil {
		t.Errorf("%s, %s", first.Outcome, why)
	}
	with := func(o *verify.Options) { o.Checkpoint = first.Checkpoint }
	r.clean(at(30.3), chain, with)
	key := r.names(1, format.LogPrefix, ".age")[3]
	r.buckets[1].Delete(key)
	expect(t, r.verify(at(30.3), chain, with), one("missing", key)(1)...)
}

// A bucket that does not answer hides no rollback of the others, once they must hold what the checkpoint saw.
func TestRolledBackBesideASilentBucket(t *testing.T) {
	r := grown(t, 10)
	kept := r.clean(at(10.3)).Checkpoint
	for i, b := range r.buckets {
		for _, name := range r.names(i, format.SealHourPrefix(kept.Hour), "") {
			b.Delete(name)
		}
	}
	for silent := range 3 {
		for _, test := range []struct {
			now  float64
			want int // rolled back
		}{{10.3, 0}, {36, 2 * 2 * len(kept.Seals)}} {
			report := r.verify(at(test.now), func(o *verify.Options) {
				o.Checkpoint, o.Buckets[silent] = kept, store.NewReader(url(silent), fault.Down(store.ErrNoAnswer))
			})
			n := 0
			for _, f := range report.Finding {
				if f.Verdict == verify.RolledBack {
					n++
				}
			}
			if n != test.want || report.Checkpoint != nil {
				t.Errorf("bucket %d silent, %v hours: %d rolled back, want %d", silent, test.now, n, test.want)
			}
		}
	}
}

// A descriptor that was there is there for good: an older one may trust too much.
func TestDescriptorRolledBack(t *testing.T) {
	r := grown(t, 3)
	r.descriptor.Number, r.descriptor.Previous = 2, sha(r.descriptor)
	r.begin()
	kept := r.clean(at(3.3)).Checkpoint
	for i, b := range r.buckets {
		b.Delete(r.names(i, "repo/000002", "")[0])
		b.Delete(format.RecoveryName(2))
	}
	report := r.verify(at(3.3), func(o *verify.Options) { o.Checkpoint = kept })
	if report.Outcome != verify.Damage || report.Findings != 3 || !strings.HasPrefix(report.Finding[0].Key, "repo/000002-") {
		t.Errorf("%s: %v", report.Outcome, found(report))
	}
}

func TestCheckpointNeverGoesBack(t *testing.T) {
	r := grown(t, 6)
	kept := r.clean(at(6.3)).Checkpoint
	newer := *kept
	newer.Descriptor, newer.Hour = 7, kept.Hour.Add(-time.Hour)
	report := r.verify(at(6.3), func(o *verify.Options) { o.Checkpoint = kept; o.Since = at(6) })
	if next := report.Checkpoint; next == nil || !next.Hour.Equal(kept.Hour) || !slices.Equal(next.Seals, kept.Seals) {
		t.Errorf("%+v, had %+v", next, kept)
	}
	if report := r.verify(at(6.3), func(o *verify.Options) { o.Checkpoint = &newer }); report.Outcome != verify.Damage {
		t.Errorf("a checkpoint of what is not there: %+v", report.Checkpoint)
	}
}

func TestParseCheckpoint(t *testing.T) {
	for _, text := range []string{"", "{}", `{"repository":"x"}`, `{"repository":"` + repositoryID + `","descriptor":1,"hour":"2026-11-20T09:00:00Z"}`} {
		if c, err := verify.ParseCheckpoint([]byte(text)); err == nil {
			t.Errorf("%s: %+v", text, c)
		}
	}
}

// Who cannot read a descriptor does not know whose a page is.
func TestAPageWhoseDescriptorCannotBeRead(t *testing.T) {
	r := grown(t, 3)
	r.descriptor.Number, r.descriptor.Previous = 2, sha(r.descriptor)
	r.begin()
	first := r.names(0, "repo/000001", "")[0]
	object := r.object(0, first)
	for _, b := range r.buckets {
		b.Put(first, flipped(object))
	}
	expect(t, r.verify(at(3.3)), everyone("damaged", first)...)
}

// A copy that is not sound takes nothing from the sound ones, whichever is read last: what the seal lists is missed.
func TestADamagedCopyOfASealHidesNothing(t *testing.T) {
	for bucket := range 3 {
		r := grown(t, 14)
		seal := r.names(0, format.SealHourPrefix(at(10)), ".json")[0]
		batch := r.names(0, format.HourPrefix(at(10)), "")[0]
		r.buckets[bucket].Put(seal, flipped(r.object(bucket, seal)))
		for _, b := range r.buckets {
			b.Delete(batch)
		}
		read := func(o *verify.Options) { o.Read = verify.Part{Number: 1, Of: 1} }
		expect(t, r.verify(at(14.3), read), slices.Concat(one("damaged", seal)(bucket), everyone("missing", batch))...)
	}
}

// With one sealer, its seals are what the checkpoint keeps: all buckets together cannot go back behind them either.
func TestCheckpointOfASoleSealer(t *testing.T) {
	r := newRepository(t)
	r.descriptor.Sealers = r.descriptor.Sealers[:1]
	r.descriptor.Number, r.descriptor.Previous = 2, sha(r.descriptor)
	r.begin()
	alone := func(from, to int) {
		for h := from; h < to; h++ {
			r.put(at(float64(h)+0.5), 0, 1, 2)
			r.seal(at(float64(h)+1.3), "seal-a")
		}
	}
	alone(0, 6)
	before := make([]map[string][]byte, 3)
	for i, b := range r.buckets {
		before[i] = b.Objects()
	}
	alone(6, 10)
	chain := func(o *verify.Options) { o.Chain = true }
	report := r.verify(at(10.3), chain)
	kept := report.Checkpoint
	if report.Hours.Firm != 10 || !kept.Hour.Equal(at(9)) || len(kept.Seals) != 1 {
		t.Fatalf("%+v, %+v", report.Hours, kept)
	}
	with := func(o *verify.Options) { o.Checkpoint = kept }
	r.clean(at(10.3), chain, with)
	r.clean(at(50), with, func(o *verify.Options) { o.Since = at(50) })
	for i := range r.buckets {
		r.buckets[i] = mem.New()
		for name, object := range before[i] {
			r.buckets[i].Put(name, object)
		}
	}
	if report := r.verify(at(10.3), chain, with); report.Outcome != verify.Damage || report.Finding[0].Verdict != verify.RolledBack {
		t.Errorf("%s: %v", report.Outcome, found(report))
	}
}

// A chain proves nothing that its checkpoint does not hold, and says so.
func TestWhatAChainCannotProve(t *testing.T) {
	chain := func(cp *verify.Checkpoint) func(*verify.Options) {
		return func(o *verify.Options) { o.Chain, o.Checkpoint = true, cp }
	}
	partial := func(t *testing.T, report verify.Report, why string) {
		t.Helper()
		if got := strings.Join(report.Why, "\n"); report.Outcome != verify.Partial || !strings.Contains(got, why) {
			t.Errorf("%s, %q, want %q", report.Outcome, got, why)
		}
	}
	t.Run("no hour is firm yet", func(t *testing.T) {
		r := newRepository(t)
		first := r.clean(at(0.5)).Checkpoint
		partial(t, r.verify(at(0.6), chain(first)), "holds no hour")
		r.clean(at(0.6), func(o *verify.Options) { o.Checkpoint = first })
	})
	t.Run("one of two sealers is dead", func(t *testing.T) {
		r := grown(t, 6)
		kept := r.clean(at(6.3)).Checkpoint
		for h := 6; h < 40; h++ {
			r.seal(at(float64(h)+1.3), "seal-a")
		}
		r.clean(at(31.9), chain(kept))
		report := r.verify(at(40.3), chain(kept))
		partial(t, report, "of 2026-11-20T15 to 2026-11-20T23 only seal-a signed seals")
		if report.Checkpoint == nil || !report.Checkpoint.Hour.Equal(at(5)) {
			t.Errorf("%+v", report.Checkpoint)
		}
		r.clean(at(40.3), func(o *verify.Options) { o.Checkpoint = kept })
		for h := 40; h < 44; h++ {
			r.seal(at(float64(h)+1.3), "seal-a", "seal-b")
		}
		r.clean(at(44.3), chain(kept))
	})
}

// Whoever has a sealer's key can sign hours to come. They are not over: the checkpoint does not go there.
func TestCheckpointStaysInThePast(t *testing.T) {
	r := grown(t, 6)
	name, object, err := (&format.Seal{Format: 1, Repository: repositoryID, Hour: at(6000), Listed: []string{url(2)}, Previous: []string{strings.Repeat("0", 64)}}).Encode()
	fatal(t, err)
	r.buckets[1].Put(name.String(), object)
	for _, sealer := range []string{"seal-a", "seal-b"} {
		r.buckets[1].Put(format.SignSeal(name, repositoryID, sealer, r.sealers[sealer]).String(), nil)
	}
	report := r.verify(at(6.3))
	if report.Hours.Firm != 6 || !report.Hours.Last.Equal(at(5)) || report.Checkpoint != nil && !report.Checkpoint.Hour.Equal(at(5)) {
		t.Errorf("%+v, %+v, %v", report.Hours, report.Checkpoint, found(report))
	}
}
