package main

import (
	"io"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/reconcile"
)

func TestReconcileExitCodes(t *testing.T) {
	a := &app{terminal: &terminal{out: io.Discard, err: io.Discard}}
	for name, test := range map[string]struct {
		report reconcile.Report
		want   int
		says   string
	}{
		"equal":      {reconcile.Report{Equal: true, Sealed: 1}, exitOK, ""},
		"hours wait": {reconcile.Report{Equal: true, Unsealed: 2}, exitPartial, "2 hours are due and not sealed"},
		"not equal":  {reconcile.Report{Unsealed: 2}, exitPartial, "not every bucket"},
		"stopped":    {reconcile.Report{Equal: true, Next: time.Unix(0, 0)}, exitPartial, "stopped before"},
		"findings":   {reconcile.Report{Findings: 1, Unsealed: 1}, exitDamage, "1 objects"},
	} {
		err := a.reconciled(test.report, false)
		if exitCode(err) != test.want || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want exit code %d", name, err, test.want)
		}
	}
}
