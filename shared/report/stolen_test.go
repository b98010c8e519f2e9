package report_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/report"
)

// Who has one sealer's key can sign a report that is as large as one may be, whatever it holds: the other sealers report all the same,
// and nothing that they found is lost.
func TestOneKeyDoesNotSilenceTheOthers(t *testing.T) {
	for name, change := range map[string]func(i int, l *format.Look){
		"sealers that there are not": func(i int, l *format.Look) { l.By = fmt.Sprintf("x%d", i) },
		"buckets that there are not": func(i int, l *format.Look) { l.URL = fmt.Sprintf("z://%d", i) },
		"in the other one's name":    func(i int, l *format.Look) { l.By, l.URL = "seal-b", fmt.Sprintf("z://%d", i) },
		"parts that there are not":   func(i int, l *format.Look) { l.Part = strings.Repeat("x", 1000) + fmt.Sprint(i) },
		"more than anybody counts":   func(i int, l *format.Look) { l.Faults, l.Part = math.MaxInt, fmt.Sprintf("%d/9999", i+1) },
		"hours":                      func(i int, l *format.Look) { l.From, l.To = noon.Add(time.Duration(-i)*time.Hour), noon.Add(time.Hour) },
	} {
		r := newRepository(t)
		stolen := missing(0)
		stolen.Format, stolen.Repository, stolen.Outcome, stolen.Looks = format.Version, repositoryID, format.ReportOK, nil
		for size := 0; size < format.MaxReport*98/100; {
			l := damaged("")
			l.By = "seal-a"
			change(len(stolen.Looks), &l)
			stolen.Looks = append(stolen.Looks, l)
			text, err := json.Marshal(l)
			if err != nil {
				t.Fatal(err)
			}
			size += len(text) + 1
		}
		object, err := stolen.Encode()
		if err != nil {
			t.Fatal(name, err)
		}
		for _, b := range r.buckets {
			b.Put(format.SignReport(object, noon, report.Verify, repositoryID, "seal-a", r.keys["seal-a"]).String(), object)
		}
		var run []format.Look
		for i := range 1500 {
			run = append(run, damaged(fmt.Sprintf("%d/4000", i+1)))
		}
		r.ran("seal-b", report.Verify, noon.Add(time.Hour), run...)
		r.ran("seal-b", report.Verify, noon.Add(2*time.Hour), sound(""))
		open := 0
		for _, l := range r.read(noon.Add(2*time.Hour)).Looks(report.Verify, r.descriptor) {
			if l.By == "seal-b" && l.Part != "" && l.URL == url(0) && !l.Sound() {
				open++
			}
		}
		if open != 1500 {
			t.Errorf("%s: %d of the other sealer's looks stand, want 1500", name, open)
		}
	}
}

// A ledger that is too large even so is not one that this program wrote: what the run itself found is reported.
func TestALedgerThatIsTooLarge(t *testing.T) {
	r := newRepository(t)
	strange := func(name string, n int) (all []format.Look) {
		for i := range n {
			l := damaged("")
			l.URL = fmt.Sprintf("%s://%d/%s", name, i, strings.Repeat("x", 170))
			all = append(all, l)
		}
		return all
	}
	r.ran("seal-a", report.Verify, noon, strange("y", 3000)...)
	r.ran("seal-a", report.Verify, noon.Add(time.Hour), append(strange("z", 1000), damaged("4/30"))...)
	if all := r.read(noon.Add(time.Hour)).Looks(report.Verify, r.descriptor); len(all) != 1001 || all[1000].Part != "4/30" {
		t.Errorf("%d looks: %+v", len(all), all[len(all)-1])
	}
}

// Whose key does not count, or not any more, reports nothing: that would be a forgery in every bucket, which no lock lets anybody delete.
func TestAKeyThatDoesNotCount(t *testing.T) {
	for name, change := range map[string]func(s *format.Signer){
		"ended":            func(s *format.Signer) { s.Until = noon },
		"to count later":   func(s *format.Signer) { s.Since = noon.Add(time.Hour) },
		"not in there":     func(s *format.Signer) { s.Name = "seal-c" },
		"with another key": func(s *format.Signer) { s.Key = nil },
		"one that counts":  func(*format.Signer) {},
	} {
		r := newRepository(t)
		change(&r.descriptor.Sealers[0])
		err := r.write("seal-a", report.Verify, noon, missing(0))
		if written := len(r.names(0)) > 0; written != (name == "one that counts") || written != (err == nil) {
			t.Errorf("%s: written %t, %v", name, written, err)
		}
	}
}
