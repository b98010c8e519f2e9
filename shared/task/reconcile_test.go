package task

import (
	"testing"
	"time"

	"outlast.example/shared/reconcile"
)

// What is left to do is never a whole run, hours that wait for their seal among it.
func TestPartial(t *testing.T) {
	for name, test := range map[string]struct {
		r    Reconciled
		want bool
	}{
		"all done":      {Reconciled{Report: reconcile.Report{Equal: true, Sealed: 3}}, false},
		"not equal":     {Reconciled{}, true},
		"stopped":       {Reconciled{Report: reconcile.Report{Equal: true, Next: time.Unix(0, 0)}}, true},
		"hours wait":    {Reconciled{Report: reconcile.Report{Equal: true, Unsealed: 1}}, true},
		"a bucket more": {Reconciled{Report: reconcile.Report{Equal: true}, Strange: []string{"mem://9"}}, true},
		"a new bucket":  {Reconciled{Report: reconcile.Report{Equal: true}, New: []string{"mem://9"}}, false},
		"a bucket less": {Reconciled{Report: reconcile.Report{Equal: true}, LeftOut: []string{"mem://9"}}, true},
	} {
		if got := test.r.Partial(); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
