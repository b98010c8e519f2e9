package report_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/format"
	"outlast.example/shared/report"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
	"outlast.example/shared/store/mem"
)

const repositoryID = "6f1c2f0e-5b1a-4c62-9d0c-0c2b7a9e4d11"

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// repository is three buckets in memory, and two sealers.
type repository struct {
	t          *testing.T
	descriptor *format.Descriptor
	keys       map[string]ed25519.PrivateKey
	buckets    []*mem.Bucket
	instead    map[int]store.Driver // what answers in a bucket's place
}

func newRepository(t *testing.T) *repository {
	r := &repository{
		t: t, descriptor: &format.Descriptor{Repository: repositoryID},
		keys: map[string]ed25519.PrivateKey{}, instead: map[int]store.Driver{},
	}
	for _, name := range []string{"seal-a", "seal-b"} {
		public, private, err := ed25519.GenerateKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		r.keys[name] = private
		r.descriptor.Sealers = append(r.descriptor.Sealers, format.Signer{Name: name, Key: public, Since: noon.AddDate(0, -1, 0)})
	}
	for range 3 {
		r.descriptor.Buckets = append(r.descriptor.Buckets, format.Bucket{URL: url(len(r.buckets))})
		r.buckets = append(r.buckets, mem.New())
	}
	return r
}

func url(i int) string { return fmt.Sprintf("mem://%d", i) }

func (r *repository) driver(i int) store.Driver {
	if d := r.instead[i]; d != nil {
		return d
	}
	return r.buckets[i].Open(mem.Options{})
}

func (r *repository) keepers() (all []report.Bucket) {
	for i := range r.buckets {
		all = append(all, store.NewKeeper(url(i), r.driver(i)))
	}
	return all
}

func (r *repository) write(sealer, task string, at time.Time, found *format.Report) error {
	w := report.Writer{Descriptor: r.descriptor, Sealer: sealer, Key: r.keys[sealer], Now: at}
	return w.Write(r.t.Context(), r.keepers(), task, found)
}

// wrote writes a report that all buckets take.
func (r *repository) wrote(sealer, task string, at time.Time, found *format.Report) {
	r.t.Helper()
	if err := r.write(sealer, task, at, found); err != nil {
		r.t.Fatal(err)
	}
}

func (r *repository) read(now time.Time) report.Seen {
	var all []*store.Reader
	for i := range r.buckets {
		all = append(all, store.NewReader(url(i), r.driver(i)))
	}
	return report.Read(r.t.Context(), all, r.descriptor, now)
}

func (r *repository) names(bucket int) []string {
	return slices.Sorted(maps.Keys(r.buckets[bucket].Objects()))
}

// missing is a report of so many missing objects.
func missing(n int) *format.Report {
	return &format.Report{
		Outcome: format.ReportPartial, Buckets: []format.ReportBucket{{URL: url(0), Missing: n}, {URL: url(1)}, {URL: url(2)}},
		Looks: []format.Look{{At: noon, Outcome: format.ReportPartial, ReportBucket: format.ReportBucket{URL: url(0), Missing: n}}},
	}
}

// told says what is read: when, which task, by whom, and how many objects it says are missing in the first bucket.
func told(s report.Seen) (all []string) {
	for _, t := range s.Told {
		n := "nothing sound"
		if t.Found != nil {
			n = fmt.Sprint(t.Found.Buckets[0].Missing)
		}
		all = append(all, fmt.Sprintf("%s %s %s %s", t.Time.Format("02 15:04"), t.Task, t.Sealer, n))
	}
	return all
}

func TestWrittenOnChangeAndDaily(t *testing.T) {
	r := newRepository(t)
	for _, step := range []struct {
		name   string
		after  time.Duration
		sealer string
		task   string
		found  int
		want   int // reports in each bucket
	}{
		{"the first", 0, "seal-a", report.Reconcile, 1, 1},
		{"the same again", time.Hour, "seal-a", report.Reconcile, 1, 1},
		{"another sealer", time.Hour, "seal-b", report.Reconcile, 1, 2},
		{"another task", time.Hour, "seal-a", report.Verify, 1, 3},
		{"a change", 2 * time.Hour, "seal-a", report.Reconcile, 2, 4},
		{"a change within a second", 2*time.Hour + time.Millisecond, "seal-a", report.Reconcile, 3, 5},
		{"and another one", 2*time.Hour + 2*time.Millisecond, "seal-a", report.Reconcile, 4, 6},
		{"which is the newest", 2*time.Hour + 3*time.Millisecond, "seal-a", report.Reconcile, 4, 6},
		{"as it was at first", 3 * time.Hour, "seal-a", report.Reconcile, 1, 7},
		{"another day", 12 * time.Hour, "seal-a", report.Reconcile, 1, 8},
		{"the same on that day", 13 * time.Hour, "seal-a", report.Reconcile, 1, 8},
		{"a clock that goes back", -24 * time.Hour, "seal-a", report.Reconcile, 2, 9},
	} {
		r.wrote(step.sealer, step.task, noon.Add(step.after), missing(step.found))
		for i := range r.buckets {
			if got := r.names(i); len(got) != step.want {
				t.Fatalf("%s: %d in bucket %d, want %d: %v", step.name, len(got), i, step.want, got)
			}
		}
		newest := fmt.Sprintf(" %s %s %d", step.task, step.sealer, step.found)
		if got := told(r.read(noon.Add(step.after))); !slices.ContainsFunc(got, func(s string) bool { return strings.HasSuffix(s, newest) }) {
			t.Errorf("%s: told %v, want %s", step.name, got, newest)
		}
	}
	if diff := cmp.Diff(r.names(0), r.names(2)); diff != "" {
		t.Errorf("buckets differ: %s", diff)
	}
	want := []string{"22 13:00 reconcile seal-b 1", "22 13:00 verify seal-a 1", "23 00:00 reconcile seal-a 2"}
	if diff := cmp.Diff(want, told(r.read(noon.Add(13*time.Hour)))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What is of a later time than now, or what somebody forged, does not keep a report from being written.
func TestWhatDoesNotCountIsNoReport(t *testing.T) {
	_, stranger, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	r := newRepository(t)
	r.wrote("seal-a", report.Reconcile, noon.Add(3*time.Hour), missing(1))
	object := r.buckets[0].Objects()[r.names(0)[0]]
	r.buckets[0].Put(format.SignReport(object, noon, report.Reconcile, repositoryID, "seal-a", stranger).String(), object)
	r.wrote("seal-a", report.Reconcile, noon, missing(2))
	if diff := cmp.Diff([]string{"22 15:00 reconcile seal-a 2"}, told(r.read(noon))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// forgetful lists nothing.
type forgetful struct{ store.Driver }

func (forgetful) List(context.Context, string, string) (store.Page, error) { return store.Page{}, nil }

// A report that is there already is as good as written: two runs may be at it at once.
func TestTwoAtOnce(t *testing.T) {
	r := newRepository(t)
	for i := range r.buckets {
		r.instead[i] = forgetful{r.buckets[i].Open(mem.Options{})}
	}
	for range 2 {
		r.wrote("seal-a", report.Reconcile, noon, missing(1))
	}
	if len(r.names(0)) != 1 {
		t.Errorf("got %v", r.names(0))
	}
}

// A bucket that was away gets the report that the others have, and not another one.
func TestABucketThatWasAway(t *testing.T) {
	r := newRepository(t)
	r.instead[1] = fault.Down(store.ErrNoAnswer)
	if err := r.write("seal-a", report.Reconcile, noon, missing(1)); !errors.Is(err, store.ErrNoAnswer) {
		t.Errorf("got %v, want %v", err, store.ErrNoAnswer)
	}
	clear(r.instead)
	r.wrote("seal-a", report.Reconcile, noon.Add(time.Hour), missing(1))
	if diff := cmp.Diff(r.names(0), r.names(1)); diff != "" || len(r.names(0)) != 1 {
		t.Errorf("buckets differ: %s", diff)
	}
}

// Where the task broke off, nobody waits for the bucket once more.
func TestABrokenBucketIsNotAsked(t *testing.T) {
	r := newRepository(t)
	r.instead[1] = fault.Down(errors.New("asked"))
	found := missing(0)
	found.Buckets[1].Broken = true
	r.wrote("seal-a", report.Reconcile, noon, found)
	if len(r.names(0)) != 1 || len(r.names(2)) != 1 {
		t.Error("not written to the others")
	}
}

// Who may write to a bucket can neither add a report that counts, nor stop others from being read.
func TestForgeries(t *testing.T) {
	_, stranger, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	object, err := (&format.Report{Format: format.Version, Repository: repositoryID, Outcome: format.ReportOK, Buckets: []format.ReportBucket{{URL: url(0)}}}).Encode()
	if err != nil {
		t.Fatal(err)
	}
	ended := func(r *repository) { r.descriptor.Sealers[0].Until = noon.Add(time.Minute) }
	for name, test := range map[string]struct {
		forge  func(r *repository)
		faults int
		err    bool
	}{
		"nothing forged": {func(*repository) {}, 0, false},
		"signed by a stranger": {func(r *repository) {
			r.buckets[0].Put(format.SignReport(object, noon.Add(time.Hour), report.Reconcile, repositoryID, "seal-a", stranger).String(), object)
		}, 1, false},
		"by a sealer of another repository": {func(r *repository) {
			r.buckets[0].Put(format.SignReport(object, noon.Add(time.Hour), report.Reconcile, "9f1c2f0e-5b1a-4c62-9d0c-0c2b7a9e4d11", "seal-a", r.keys["seal-a"]).String(), object)
		}, 1, false},
		"by a sealer that ended": {func(r *repository) {
			ended(r)
			r.buckets[0].Put(format.SignReport(object, noon.Add(time.Hour), report.Reconcile, repositoryID, "seal-a", r.keys["seal-a"]).String(), object)
		}, 1, false},
		"an old one, renamed": {func(r *repository) {
			r.buckets[0].Put(strings.Replace(r.names(0)[0], "T120000Z", "T130000Z", 1), object)
		}, 1, false},
		"no report at all": {func(r *repository) { r.buckets[0].Put("report/2026/11/22/notes.txt", nil) }, 1, false},
		"more than anybody reads": {func(r *repository) {
			for i := range 20_001 {
				r.buckets[0].Put(fmt.Sprintf("report/2026/11/22/%06d", i), nil)
			}
		}, 20_000, true},
		"of a later version's task": {func(r *repository) {
			r.buckets[0].Put(format.SignReport(object, noon, "drill", repositoryID, "seal-a", r.keys["seal-a"]).String(), object)
		}, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepository(t)
			r.wrote("seal-a", report.Reconcile, noon, missing(7))
			test.forge(r)
			seen := r.read(noon.Add(2 * time.Hour))
			if diff := cmp.Diff([]string{"22 12:00 reconcile seal-a 7"}, told(seen)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if held := seen.Buckets[0]; held.Faults != test.faults || (held.Fault != nil) != (test.faults > 0) || (held.Err != nil) != test.err {
				t.Errorf("%+v, want %d faults", held, test.faults)
			}
			if seen.Buckets[1].Faults != 0 || seen.Buckets[1].Err != nil {
				t.Errorf("a neighbour is blamed: %+v", seen.Buckets[1])
			}
		})
	}
}

// A damaged copy is read elsewhere, and a report that is damaged everywhere is not replaced by an older one: that there was
// one is known, and what it said is not.
func TestTheNewestIsDamaged(t *testing.T) {
	r := newRepository(t)
	r.wrote("seal-a", report.Reconcile, noon, missing(0))
	r.wrote("seal-a", report.Reconcile, noon.Add(time.Hour), missing(5))
	name := r.names(0)[1]
	for i, want := range []string{"5", "5", "nothing sound"} {
		r.buckets[i].Put(name, []byte("{}"))
		seen := r.read(noon.Add(2 * time.Hour))
		if diff := cmp.Diff([]string{"22 13:00 reconcile seal-a " + want}, told(seen)); diff != "" {
			t.Errorf("damaged in %d: (-want +got):\n%s", i+1, diff)
		}
		if held := seen.Buckets[i]; held.Faults != 1 || !errors.Is(held.Fault, format.ErrDamaged) {
			t.Errorf("damaged in %d: %+v", i+1, held)
		}
	}
}

func TestABucketThatDoesNotListOrGiveOut(t *testing.T) {
	r := newRepository(t)
	r.wrote("seal-a", report.Reconcile, noon, missing(7))
	r.instead[0] = fault.Down(store.ErrDenied)
	r.instead[1] = fault.Reads(r.buckets[1].Open(mem.Options{}), fault.RefuseRead(store.ErrNoAnswer))
	seen := r.read(noon)
	if diff := cmp.Diff([]string{"22 12:00 reconcile seal-a 7"}, told(seen)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !errors.Is(seen.Buckets[0].Err, store.ErrDenied) || !errors.Is(seen.Buckets[1].Err, store.ErrNoAnswer) || seen.Buckets[2].Err != nil {
		t.Errorf("%+v", seen.Buckets)
	}
}

// What is older than 35 days is not looked for.
func TestOldReports(t *testing.T) {
	r := newRepository(t)
	r.wrote("seal-a", report.Verify, noon, missing(7))
	for days, want := range map[int]int{35: 1, 36: 0} {
		if got := told(r.read(noon.AddDate(0, 0, days))); len(got) != want {
			t.Errorf("after %d days: %v", days, got)
		}
	}
}
