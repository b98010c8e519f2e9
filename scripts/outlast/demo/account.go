package demo

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"outlast.example/shared/restore"
)

// account tells the spectator what happens, in few aligned lines.
type account struct{ w io.Writer }

func (a *account) line(head, format string, args ...any) {
	_, _ = fmt.Fprintf(a.w, "%-10s  %s\n", head, fmt.Sprintf(format, args...))
}

// begin parts one act from the one before.
func (a *account) begin(head, format string, args ...any) {
	_, _ = fmt.Fprintln(a.w)
	a.line(head, format, args...)
}

func (a *account) setting(s *stage) {
	kinds := map[string]bool{}
	for _, source := range s.config.Sources {
		kinds[source.Kind] = true
	}
	a.line("The stage", "3 buckets (folders a, b, c), a quorum of %d, 2 age recipients", s.config.Quorum)
	a.line("", "%d CRMs: %s", len(s.config.Sources), strings.Join(slices.Sorted(maps.Keys(kinds)), ", "))
	a.line("", "%s", s.folder)
}

func (a *account) captured(s *sent) {
	a.begin("Capture", "%d webhooks sent over HTTP in %s: %d distinct, %d of them twice, in a wrong order, %d at once",
		s.distinct+s.twice, s.elapsed.Round(10*time.Millisecond), s.distinct, s.twice, senders)
	a.line("", "all answered 200 once stored in a quorum; half within %s, 99 %% within %s", s.quantile(50), s.quantile(99))
	a.line("", "%d with a body changed after signing: all answered 401", s.refused)
}

func (s *sent) quantile(percent int) time.Duration {
	return s.took[(len(s.took)-1)*percent/100].Round(100 * time.Microsecond)
}

func (a *account) struck() {
	a.begin("Disaster", "a  deleted, whole")
	a.line("", "b  newest batch corrupted, one bit")
	a.line("", "c  a batch forged that deletes all contacts; an old batch replayed under a new name")
}

func (a *account) restoring() {
	a.begin("Restore", "%-14s %7s %8s %8s %8s %7s   %s", "from", "live", "batches", "damaged", "forged", "lost", "complete?")
}

func (a *account) restored(label string, r *restore.Result, differing int) {
	damaged, forged := 0, 0
	for _, b := range r.Report.Buckets {
		damaged += b.Damaged
		forged += b.Forged
	}
	as := "as it happened"
	switch {
	case differing == 1:
		as = "1 record not as it happened"
	case differing > 1:
		as = fmt.Sprintf("%d records not as it happened", differing)
	}
	a.line("", "%-14s %7d %8d %8d %8d %7d   %s; %s", label, r.Report.Records.Live, r.Report.Batches.Read, damaged, forged,
		r.Report.Batches.Lost, r.Report.Complete, as)
}

func (a *account) verdict(records int, err error) {
	if err != nil {
		a.begin("Result", "NOT as promised: see the error")
		return
	}
	a.begin("Result", "all %d records, deleted and merged ones too, are field by field as the CRMs left them.", records)
	a.line("", "Damage and forgeries were named, and nothing of them was believed.")
	a.line("", "b alone lacks its newest batch, and says so.")
}
