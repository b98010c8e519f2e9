package mutants

// verifying are bugs of verify and of its repairs.
var verifying = []Mutant{
	{"verify does not say that a listing broke off", "verify/pass.go", `b.Error = err.Error()`, `_ = err`},
	{"verify gives a checkpoint although there is damage", "verify/pass.go", `if r.Outcome != Damage && whole {`, `if whole {`},
	{"verify does not look at its checkpoint", "verify/verify.go", `	p.checkpointed(ctx)
`, ``},
	{"verify's checkpoint stays where it was", "verify/checkpoint.go", `if p.chain.latest.at.After(n.Hour) {`, `if n.Hour.IsZero() && p.chain.latest.at.After(n.Hour) {`},
	{"verify believes forged names", "verify/batches.go", `	err := p.opener.CheckName(b.Key)
	if err != nil {
		for`, `	err := error(nil)
	if err != nil {
		for`},
	{"verify takes what is forged for missing", "verify/batches.go", `p.fault(row.Bucket, row.Key, Forged, err.Error(), nil)`, `p.fault(row.Bucket, row.Key, Missing, err.Error(), nil)`},
	{"verify passes over a part", "verify/part.go", `uint64(p.Number-1)`, `uint64(p.Number)`},
	{"verify takes the name for the bytes", "verify/examine.go", `return x.opener.CheckBytes(x.key, object)`, `return nil`},
	{"verify does not compare sizes with seals", "verify/examine.go", `row.Size != x.entry.size:`, `row.Size < 0:`},
	{"verify does not read what lies on top of a version", "verify/examine.go", `case !x.read && row.Older == 0:`, `case !x.read:`},
	{"verify does not miss what a bucket lacks", "verify/batches.go", `p.fault(bucket, b.Key.String(), Missing, known, p.copyOf(nil, b))`, `_ = known`},
	{"verify does not miss what every bucket lacks", "verify/batches.go", `		p.lack(h, i, listing.Batch{Key: key}, e)
`, `		_ = i
`},
	{"verify does not miss seals", "verify/seals.go", `p.fault(i, key, Missing, known+p.held(rows), mend)`, `_ = known`},
	{"verify does not follow the chain", "verify/chain.go", `		c.removed(s, hash)
`, ``},
	{"verify calls missing what a torn listing leaves out", "verify/batches.go", `if hidden == nil && p.lost[bucket].Load() {`, `if hidden == nil && p.lost == nil {`},
	{"verify calls missing what is young", "verify/pass.go", `!at.Add(settled).After(p.Now) }`, `!at.Add(time.Hour).After(p.Now) }`},
	{"what an interrupted sealer left is a doubt for ever", "verify/unsigned.go", `c.found.Firm(at, len(c.before.signers()))`, `c.found.Firm(at, 0)`},
	{"verify calls damage a doubt", "verify/verdict.go", `return v == Unreadable ||`, `return v == Damaged || v == Unreadable ||`},
	{"repairs are made of copies that nobody checked", "verify/repair.go", `			err = r.check(object)
		}
		if err == nil {
			return object, "copied from "`, `			err = nil
		}
		if err == nil {
			return object, "copied from "`},
	{"a refused repair counts as made", "verify/repair.go", `		} else if err != nil {
			return "", err`, `		} else if err != nil {
			return name, nil`},
	{"what a listing leaves out counts as repaired", "verify/repair.go", `return name, shown(ctx, bucket, name)`, `return name, nil`},
	{"signatures are repaired before their seals", "verify/repair.go", `{beforeSeals, isSeal, isSignature}`, `{beforeSeals, isSignature, isSeal}`},
}
