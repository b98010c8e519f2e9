package mutants

// judging are bugs of reports, and of status, which judges by them.
var judging = []Mutant{
	{"status passes over what a bucket lacks", "standing/batches.go", `	for _, i := range lack {
		if s`, `	for _, i := range lack[:0] {
		if s`},
	{"status takes a listing that broke off for a whole one", "standing/batches.go", `first.Err = cmp.Or(first.Err, b.Copies[0].Err)`, `_ = cmp.Or(first.Err, b.Copies[0].Err)`},
	{"status calls the parts of a seal forged", "standing/seals.go", `if _, err := format.ParsePartName(key); err == nil {`, `if _, err := format.ParsePartName(key); err == nil && l.Now.IsZero() {`},
	{"status forgives what verify found", "status/tasks.go", `	case format.ReportDamage:
		b.attention(`, `	case "none":
		b.attention(`},
	{"status takes what was not seen for sound", "status/tasks.go", `	case format.ReportPartial:
		b.unknown(`, `	case "none":
		b.unknown(`},
	{"status asks nobody whether the bytes were read", "status/tasks.go", `	case missing == 0:
`, `	case missing >= 0:
`},
	{"status does not ask for reconcile", "status/judge.go", `	v.task(r, report.Reconcile)
`, ``},
	{"status does not ask which descriptor a bucket holds", "status/judge.go", `held.Err == nil && held.Number < v.Found.Number`, `held.Err == nil && held.Number > v.Found.Number`},
	{"status thinks that whoever lacks something lost it", "status/judge.go", `t.Found.Outcome != format.ReportOK || `, ``},
	{"what was found is forgotten with the next look", "report/ledger.go", `all = slices.DeleteFunc(all, func(l format.Look) bool { return Settled(l, run) })`, `all = nil`},
	{"a look at the listing settles what was read", "report/ledger.go", `return err == nil && e == nil && o.Holds(i)`, `return e == nil && (err != nil || o.Holds(i))`},
	{"a run that did not come to a word settles damage", "report/ledger.go", `covers(later, earlier) && (later.Tells() || earlier.Outcome == format.ReportPartial)`, `covers(later, earlier)`},
	{"hours that were not seen wait for their turn", "reconcile/hour.go", ` || p.wasUnseen(at)`, ``},
	{"an hour counts as seen whatever a bucket answers", "reconcile/looked.go", `unknown[i] || p.failed[i] > failed[i]`, `unknown[i]`},
	{"some hours that were seen settle all", "report/hours.go", `if l.From = o.To; `, `if l.From = l.To; `},
	{"another sealer's word settles what was not seen", "report/write.go", `return after(before, run, w.Now), others, nil`, `return after(before, append(others, run...), w.Now), nil, nil`},
	{"reports are believed unsigned", "report/history.go", `		err = name.Check(d)
`, `		_ = d
`},
	{"a report of damage says that all is well", "report/findings.go", `	case wrong > 0:
		return`, `	case wrong < 0:
		return`},
}
