package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"outlast.example/shared/format"
)

// What verify found wrong in a part stays said until that part was read again, in the buckets where it was.
func TestDamageStaysSaid(t *testing.T) {
	report := func(read, outcome string, first format.ReportBucket) *format.Report {
		r := sound()
		r.Read, r.Outcome, first.URL = read, outcome, r.Buckets[0].URL
		r.Buckets[0] = first
		return r
	}
	ok := func(read string) *format.Report { return report(read, format.ReportOK, format.ReportBucket{}) }
	damage := report("3/30", format.ReportDamage, format.ReportBucket{Faults: 2})
	for name, test := range map[string]struct {
		runs []*format.Report
		want int
	}{
		"the next part":            {[]*format.Report{damage, ok("4/30")}, 1},
		"quick":                    {[]*format.Report{damage, ok("")}, 1},
		"more of the next parts":   {[]*format.Report{damage, ok("4/30"), ok("5/30"), ok("")}, 1},
		"the same part":            {[]*format.Report{damage, ok("4/30"), ok("3/30")}, 0},
		"everything":               {[]*format.Report{damage, ok("1/1")}, 0},
		"a larger part":            {[]*format.Report{damage, ok("1/2")}, 0},
		"a larger part without it": {[]*format.Report{damage, ok("2/2")}, 1},
		"a smaller part":           {[]*format.Report{damage, ok("3/60")}, 1},
		"damaged still":            {[]*format.Report{damage, damage}, 0}, // it is the last
		"damage in two parts":      {[]*format.Report{damage, report("4/30", format.ReportDamage, format.ReportBucket{Missing: 1}), ok("5/30")}, 2},
		"the bucket broke off":     {[]*format.Report{damage, report("3/30", format.ReportPartial, format.ReportBucket{Broken: true})}, 1},
		"not given out":            {[]*format.Report{damage, report("3/30", format.ReportPartial, format.ReportBucket{Doubts: 1})}, 1},
		"partly, but there":        {[]*format.Report{damage, report("3/30", format.ReportPartial, format.ReportBucket{})}, 0},
		"found by a quick one":     {[]*format.Report{report("", format.ReportDamage, format.ReportBucket{Missing: 1}), ok("9/30")}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			f := foundFile(filepath.Join(t.TempDir(), "verified.json"))
			for i, r := range test.runs {
				if err := f.write(lately.Add(time.Duration(i)*time.Hour), r); err != nil {
					t.Fatal(err)
				}
			}
			last, err := f.read()
			if err != nil || len(last.Damage) != test.want || last.Report.Read != test.runs[len(test.runs)-1].Read {
				t.Errorf("%+v, %v, want %d of damage", last, err, test.want)
			}
		})
	}
}

// A file that cannot be read is replaced, and that is said: what it held is not known any more.
func TestDamageThatCannotBeRead(t *testing.T) {
	f := foundFile(filepath.Join(t.TempDir(), "verified.json"))
	if err := os.WriteFile(string(f), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.write(lately, sound()); err == nil {
		t.Error("nothing is said")
	}
	if last, err := f.read(); err != nil || !last.Time.Equal(lately) {
		t.Errorf("%+v, %v", last, err)
	}
}
