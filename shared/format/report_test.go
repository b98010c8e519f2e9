package format

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func testReport() *Report {
	return &Report{
		Format: Version, Repository: testRepository, Outcome: ReportPartial, Read: "3/30", Unsealed: true,
		Buckets: []ReportBucket{{URL: "s3://outlast-a?x=1&y=2"}, {URL: "gs://outlast-b", Broken: true, Missing: 3, Faults: 1, Doubts: 2}},
		Looks: []Look{
			{At: testTime.UTC(), Part: "3/30", Outcome: ReportOK, ReportBucket: ReportBucket{URL: "gs://outlast-b"}},
			{At: testTime.UTC(), By: "seal-gcp", To: testTime.UTC(), Outcome: ReportDamage, ReportBucket: ReportBucket{URL: "gs://outlast-b", Faults: 1}},
		},
	}
}

func signedReport(t *testing.T, r *Report, at time.Time) (ReportName, []byte) {
	t.Helper()
	object, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return SignReport(object, at, "reconcile", testRepository, "seal-aws", testKey("seal-aws")), object
}

func TestReportComesBack(t *testing.T) {
	name, object := signedReport(t, testReport(), testTime)
	parsed, err := ParseReportName(name.String())
	if err != nil || parsed != name || parsed.Check(testDescriptor()) != nil {
		t.Fatalf("name %v came back as %v, %v, %v", name, parsed, err, parsed.Check(testDescriptor()))
	}
	got, err := OpenReport(name, object, testRepository)
	if diff := cmp.Diff(testReport(), got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// What is found again has the same hash, whenever it is: that it changed is seen from names.
func TestReportHoldsNoTime(t *testing.T) {
	first, _ := signedReport(t, testReport(), testTime)
	again, _ := signedReport(t, testReport(), testTime.Add(time.Hour))
	if first.SHA256 != again.SHA256 || first == again {
		t.Errorf("%v and %v", first, again)
	}
}

func TestReportOfNonsense(t *testing.T) {
	for name, change := range map[string]func(*Report){
		"another format":  func(r *Report) { r.Format = 0 },
		"no repository":   func(r *Report) { r.Repository = "x" },
		"another outcome": func(r *Report) { r.Outcome = "well" },
		"no bucket":       func(r *Report) { r.Buckets = nil },
		"no URL":          func(r *Report) { r.Buckets[0].URL = "outlast" },
		"a bucket twice":  func(r *Report) { r.Buckets[0] = r.Buckets[1] },
		"fewer than none": func(r *Report) { r.Buckets[0].Missing = -1 },
		"negative faults": func(r *Report) { r.Buckets[0].Faults = -1 },
		"negative doubts": func(r *Report) { r.Buckets[0].Doubts = -1 },

		"a look at no bucket":          func(r *Report) { r.Looks[0].URL = "outlast" },
		"a look by nobody":             func(r *Report) { r.Looks[0].By = "A B" },
		"a look at no time":            func(r *Report) { r.Looks[0].At = time.Time{} },
		"a look's outcome":             func(r *Report) { r.Looks[0].Outcome = "well" },
		"a look at a part of hours":    func(r *Report) { r.Looks[1].Part = "3/30" },
		"a look at hours of no length": func(r *Report) { r.Looks[1].From = r.Looks[1].To },
		"a look at fewer than none":    func(r *Report) { r.Looks[0].Faults = -1 },
	} {
		t.Run(name, func(t *testing.T) {
			r := testReport()
			change(r)
			if _, err := r.Encode(); !errors.Is(err, ErrMalformed) {
				t.Errorf("got %v, want %v", err, ErrMalformed)
			}
		})
	}
	large := testReport()
	large.Read = strings.Repeat("x", MaxReport)
	if _, err := large.Encode(); !errors.Is(err, ErrTooLarge) {
		t.Errorf("got %v, want %v", err, ErrTooLarge)
	}
}

func TestOpenReportRefuses(t *testing.T) {
	name, object := signedReport(t, testReport(), testTime)
	swap := func(old, changed string) []byte { return bytes.Replace(object, []byte(old), []byte(changed), 1) }
	foreign := testReport()
	foreign.Repository = foreignRepository
	_, other := signedReport(t, foreign, testTime)
	for title, test := range map[string]struct {
		object []byte
		signed bool // by the name
		want   error
	}{
		"cut short":             {object[:len(object)-1], false, ErrDamaged},
		"too large":             {make([]byte, MaxReport+1), true, ErrTooLarge},
		"no JSON":               {[]byte("{"), true, ErrMalformed},
		"not UTF-8":             {swap("s3", "\xff\xff"), true, ErrMalformed},
		"a newer format":        {swap(`"format":1`, `"format":2`), true, ErrNewer},
		"a name twice":          {swap(`"missing":3`, `"missing":3,"missing":0`), true, ErrMalformed},
		"another case, below":   {swap(`"part":"3/30"`, `"Part":"3/30"`), true, ErrMalformed},
		"another case":          {swap(`"missing":3`, `"Missing":0`), true, ErrMalformed},
		"no outcome":            {swap("partial", "perfect"), true, ErrMalformed},
		"of another repository": {other, true, ErrMalformed},
		"a field more":          {swap(`"format":1`, `"format":1,"later":{}`), true, nil},
	} {
		t.Run(title, func(t *testing.T) {
			n := name
			if test.signed {
				n.SHA256 = sha256.Sum256(test.object)
			}
			if _, err := OpenReport(n, test.object, testRepository); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

func TestReportForged(t *testing.T) {
	d := testDescriptor()
	object := []byte("{}\n")
	sign := func(task, repository, sealer, key string) ReportName {
		return SignReport(object, testTime, task, repository, sealer, testKey(key))
	}
	good := sign("reconcile", testRepository, "seal-aws", "seal-aws")
	task, later, bytes := good, good, good
	task.Task, later.Time, bytes.SHA256[0] = "verify", good.Time.Add(time.Hour), good.SHA256[0]^1
	ended := testDescriptor()
	ended.Sealers[0].Until = testTime.Truncate(time.Second)
	for title, test := range map[string]struct {
		ReportName
		*Descriptor
	}{
		"another task":       {task, d},
		"another time":       {later, d},
		"other bytes":        {bytes, d},
		"another repository": {sign("reconcile", foreignRepository, "seal-aws", "seal-aws"), d},
		"another's key":      {sign("reconcile", testRepository, "seal-aws", "aws"), d},
		"a receiver":         {sign("reconcile", testRepository, "aws", "aws"), d},
		"a key that ended":   {good, ended},
	} {
		t.Run(title, func(t *testing.T) {
			if err := test.Check(test.Descriptor); !errors.Is(err, ErrForged) {
				t.Errorf("got %v, want %v", err, ErrForged)
			}
		})
	}
}

// Every name has one spelling, and every store can hold it.
func FuzzReportNames(f *testing.F) {
	long := SignReport(nil, testTime, strings.Repeat("t", maxTask), testRepository, strings.Repeat("s", maxReceiver), testKey("aws")).String()
	f.Add(long)
	f.Add(strings.Replace(long, "/22/", "/23/", 1))
	f.Add(strings.Replace(long, "-t", "-T", 1))
	f.Add("report/2026/11/22/20261122T091503Z--")
	f.Fuzz(func(t *testing.T, s string) {
		n, err := ParseReportName(s)
		switch {
		case err != nil && !errors.Is(err, ErrName):
			t.Errorf("%q: %v", s, err)
		case err == nil && n.String() != s:
			t.Errorf("%q has another spelling", s)
		case err == nil && len(s)-strings.LastIndexByte(s, '/')-1 > 239:
			t.Errorf("%q is longer than a file's name may be", s)
		}
	})
}
