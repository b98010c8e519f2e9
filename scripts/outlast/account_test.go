package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/history"
	"outlast.example/shared/restore"
)

func TestAccountSaysWhatIsNotKnownAndWhatNothingBinds(t *testing.T) {
	var said strings.Builder
	a := &app{terminal: &terminal{err: &said}}
	if err := a.report(&restore.Report{
		Complete: restore.Yes, Why: "so it is",
		UnsignedFrom: []restore.Unsigned{{Source: "acme", Changes: 1}, {Source: "beta", Excluded: 2}},
		TypeGap: []history.TypeGap{{
			Source: "acme", Type: "contact\x1b[2J", Time: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), Reason: "overflow",
		}},
		Gaps: 2, Batches: restore.Batches{Read: 3, Older: 2},
	}, restoreFlags{to: "restored"}, true); err != nil {
		t.Fatal(err)
	}
	want := `Restored 0 records to restored, from 0 changes in 0 deliveries in 3 batches.
Complete: yes: so it is.
  from older versions: 2 batches, of which no copy that is listed is sound
  unsigned: 1 change of acme, vouched for by a shared token only
  excluded: 2 changes of beta, which no signature binds
  gap in every "contact\x1b[2J" of acme, of 2026-11-22T09:00:00Z: overflow: read them all again from the CRM
  gaps in 2 records: read again from the CRM what the output lists as such
`
	if d := cmp.Diff(want, said.String()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// What was read from the objects that are damaged or hidden is not said to be left out.
func TestWhatToDoAfterDamage(t *testing.T) {
	const repair = `"outlast verify --repair"`
	for _, test := range []struct {
		name   string
		report restore.Report
		want   string
	}{
		{"lost", restore.Report{Complete: restore.No, Batches: restore.Batches{Older: 1}}, "another identity"},
		{"hidden in all buckets", restore.Report{Complete: restore.Yes, Batches: restore.Batches{Older: 1}}, repair},
		{"damaged in all buckets", restore.Report{Batches: restore.Batches{Older: 1}, Buckets: []restore.Bucket{{Damaged: 1}}}, repair},
		{"damaged in one", restore.Report{Buckets: []restore.Bucket{{}, {Damaged: 1}}}, "healthy copies"},
		{"forged", restore.Report{Buckets: []restore.Bucket{{Forged: 1}}}, "nothing was taken"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := afterDamage(&test.report); !strings.Contains(got, test.want) {
				t.Errorf("%q, want %q in it", got, test.want)
			}
		})
	}
}
