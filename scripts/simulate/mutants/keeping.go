package mutants

// keeping are bugs of what extends locks.
var keeping = []Mutant{
	{"locks reach a day too far", "keep/keep.go", `until = until.Add(day)`, `until = until.Add(2 * day)`},
	{"locks that are not shown are left alone", "store/locker.go", `if err != nil || !before.Until.Before(until) {`, `if err != nil || before.Until.IsZero() || !before.Until.Before(until) {`},
	{"locks are extended only when they are nearly over", "store/locker.go", `if err != nil || !before.Until.Before(until) {`, `if err != nil || before.Until.After(l.now().Add(MaxAhead/3)) {`},
	{"a resumed run of locks goes on behind keys that it did not see", "keep/part.go", `p.report.Next.Key = objects[done-1].Key`, `p.report.Next.Key = objects[len(objects)-1].Key`},
	{"a resumed run of locks does a page again for ever", "keep/part.go", `return o.Key <= at.Key ||`, `return at.Key != "" && o.Key == "" ||`},
	{"refused locks count as extended", "keep/page.go", `b.Refused++`, `b.Extended++`},
	{"locks without an answer count as extended", "keep/page.go", `b.Unknown++
		p.find(`, `b.Extended++
		p.find(`},
	{"locks of seals are forgotten", "keep/keep.go", `format.DescriptorPrefix, format.SealPrefix}`, `format.DescriptorPrefix}`},
	{"locks of what is lost are forgotten", "keep/keep.go", `format.LogPrefix, format.LostPrefix,`, `format.LogPrefix,`},
	{"locks behind a listing that broke off are forgotten", "keep/part.go", `		if ctx.Err() == nil {
			p.err = err
		}
		return false`, `		p.report.Next = nil
		return false`},
	{"locks behind the first page are forgotten", "keep/part.go", `	if token != "" {
		return &Place`, `	if token == "?" {
		return &Place`},
	{"locks that had ended are not told", "keep/page.go", `		b.Ended++
`, ``},
	{"locks of an empty bucket are called kept", "keep/report.go", `case b.Next == nil && b.Objects == 0 && !listed:`, `case b.Next == nil && b.Objects < 0 && !listed:`},
	{"locks of an earlier day are said to reach as far as today's", "keep/report.go", `r.Until = earlier.Until`, `_ = earlier.Until`},
	{"locks of one day of the week are forgotten", "verify/part.go", `day%int64(days)) + 1`, `day%int64(days-1)) + 1`},
	{"locks of the same day are seen to every day", "verify/part.go", `day%int64(days)) + 1`, `day-day) + 1`},
	{"locks of a day without any are those of an empty bucket", "keep/report.go", `b.Objects == 0 && !listed:`, `b.Objects == 0:`},
}
