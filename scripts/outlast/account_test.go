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
		Gaps: 2,
	}, restoreFlags{to: "restored"}); err != nil {
		t.Fatal(err)
	}
	want := `Restored 0 records to restored, from 0 changes in 0 deliveries in 0 batches.
Complete: yes: so it is.
  unsigned: 1 change of acme, vouched for by a shared token only
  excluded: 2 changes of beta, which no signature binds
  gap in every "contact\x1b[2J" of acme, of 2026-11-22T09:00:00Z: overflow: read them all again from the CRM
  gaps in 2 records: read again from the CRM what the output lists as such
`
	if d := cmp.Diff(want, said.String()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
