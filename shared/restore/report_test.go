package restore_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/crm"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
	"outlast.example/shared/restore"
)

func TestReportCountsTheState(t *testing.T) {
	r := newRepository(t)
	as := func(op history.Op, id string, minute int) history.Change {
		c := update(id, minute, "1")
		c.Op = op
		return c
	}
	merge := as(history.Merge, "1", 2)
	merge.Losers = []string{"2"}
	r.verified = crm.ByToken
	b := r.seal("one", 5, []history.Change{
		update("1", 1, "1"), update("2", 1, "2"), merge, as(history.Delete, "3", 2), update("3", 3, "3"), update("4", 0, "4"),
	})
	r.put(b.Key.String(), b.Object, 0)
	o := r.options(0)
	p := r.read(o).Report
	if d := cmp.Diff([]restore.Unsigned{{Source: "acme", Changes: 6}}, p.UnsignedFrom); d != "" {
		t.Error(d)
	}
	if p.Changes != 6 || p.Unsigned != 6 || p.Outcome != restore.OK || p.Batches.Size != int64(len(b.Object)) {
		t.Errorf("%+v", p)
	}
	if d := cmp.Diff(restore.Records{Live: 2, Deleted: 1, Merged: 1}, p.Records); d != "" {
		t.Error(d)
	}
	want := []restore.Gap{
		{Record: history.Record{Source: "acme", Type: "contact", ID: "1"}, Reasons: []string{"won a merge, and its values since then are not known"}},
		{Record: history.Record{Source: "acme", Type: "contact", ID: "3"}, Reasons: []string{"changed after it was deleted or merged away"}},
	}
	if d := cmp.Diff(want, p.Gap); d != "" || p.Gaps != 2 {
		t.Errorf("%d gaps (-want +got):\n%s", p.Gaps, d)
	}
}

// TestWhatNothingBindsIsLeftOut takes two sources, one of which signs nothing.
func TestWhatNothingBindsIsLeftOut(t *testing.T) {
	r := newRepository(t)
	r.fill(2)
	body := []byte(`[{"record":{"type":"contact","id":"token"},"op":"update","time":"2026-11-22T09:00:00Z","fields":{"a":9},"identity":""},
		{"record":{"type":"deal","id":"1"},"op":"update","time":"2026-11-22T09:00:00Z","identity":""}]`)
	b := r.sealAll("one", epoch, &format.Delivery{ID: "d", Kind: "trial", Source: "beta", Time: epoch, Method: "POST", Path: "/", Body: body, Verified: crm.ByToken})
	r.put(b.Key.String(), b.Object, 0)
	o := r.options(0)
	o.Sources["beta"] = &crm.Source{Kind: "trial", Name: "beta", Interpreter: trial{}} // by a signature since then
	o.Selection = restore.Selection{Type: "contact"}
	result := r.read(o)
	if p := result.Report; told(result) != "0=0 1=1 all=1 token=9" || p.Unsigned != 1 || p.Excluded != (restore.Excluded{Changes: 1}) {
		t.Errorf("all: %s; %+v", told(result), p)
	}
	o.Selection.ExcludeUnsigned = true
	result = r.read(o)
	p := result.Report
	if told(result) != "0=0 1=1 all=1" || p.Changes != 4 || p.Unsigned != 0 || p.Excluded != (restore.Excluded{Changes: 1, Unsigned: 1}) {
		t.Errorf("without: %s; %+v", told(result), p)
	}
	if d := cmp.Diff([]restore.Unsigned{{Source: "beta", Excluded: 1}}, p.UnsignedFrom); d != "" {
		t.Error(d)
	}
}

// TestAGapOfATypeIsToldOfEachRecord selects one record: what concerns all of its type concerns it.
func TestAGapOfATypeIsToldOfEachRecord(t *testing.T) {
	r := newRepository(t)
	r.fill(2)
	every := func(typ, why string) history.Change {
		return history.Change{Record: history.Record{Type: typ, ID: history.Every}, Op: history.Gap, Order: history.Order{Time: epoch.Add(time.Hour)}, Reason: why}
	}
	b := r.seal("one", 60, []history.Change{every("contact", "overflow"), every("deal", "overflow")})
	r.put(b.Key.String(), b.Object, 0)
	o := r.options(0)
	o.Selection = restore.Selection{Type: "contact", Record: "1"}
	result := r.read(o)
	p := result.Report
	if d := cmp.Diff([]history.TypeGap{{Source: "acme", Type: "contact", Time: epoch.Add(time.Hour), Reason: "overflow"}}, p.TypeGap); d != "" {
		t.Error(d)
	}
	want := []restore.Gap{{Record: history.Record{Source: "acme", Type: "contact", ID: "1"}, Reasons: []string{"every contact: overflow"}}}
	if d := cmp.Diff(want, p.Gap); d != "" || told(result) != "1=1" || p.TypeGaps != 1 || p.Records.Live != 1 {
		t.Errorf("%s; %+v\n%s", told(result), p, d)
	}
}

func TestAListingThatBreaksOffLeavesWhatCameBefore(t *testing.T) {
	r := newRepository(t)
	r.fill(8)
	r.drivers[0] = &breaking{r.drivers[0]}
	result := r.read(r.options(0))
	if p := result.Report; told(result) != "0=0 1=1 2=2 all=2" || p.Outcome != restore.Partial || p.Complete != restore.NotKnown {
		t.Errorf("%s; %+v", told(result), p)
	}
}

func TestAForeignNameDoesNotPartABatchFromItsRepair(t *testing.T) {
	r := newRepository(t)
	b := r.fill(4)[1]
	r.put(b.Key.String(), []byte("rot"), 0)
	r.put(b.Key.String()+"-", []byte("between the two"), 0)
	repair := b.Key
	repair.Repair = 1
	r.put(repair.String(), b.Object, 0)
	result := r.read(r.options(0))
	if p := result.Report; told(result) != four || p.Batches.Read != 4 || p.Batches.Lost != 0 || p.Buckets[0].Foreign != 1 || p.Faults != 1 {
		t.Errorf("%s; %+v", told(result), p)
	}
}

// careless is an interpreter that states what is no JSON.
type careless struct{}

func (careless) Interpret(*format.Delivery) ([]history.Change, error) {
	return []history.Change{update("good", 0, "1"), update("bad", 0, "1, x")}, nil
}

func TestAValueThatIsNoJSONIsNotTaken(t *testing.T) {
	r := newRepository(t)
	r.fill(1)
	o := r.options(0)
	o.Sources["acme"].Interpreter = careless{}
	result := r.read(o)
	if p := result.Report; told(result) != "good=1" || p.Uninterpreted != 2 || p.Outcome != restore.Partial {
		t.Errorf("%s; %+v", told(result), p)
	}
}

func TestBucketsWithoutADescriptorAreRead(t *testing.T) {
	r := newRepository(t)
	r.fill(4)
	for key := range r.buckets[0].Objects() {
		if key[:5] == "repo/" {
			r.buckets[0].Delete(key)
			r.put(key, []byte("{}"), 1)
		}
	}
	result := r.read(r.options(0, 1, 2))
	p := result.Report
	if told(result) != four || p.Outcome != restore.Damage || !p.Buckets[0].Behind || p.Buckets[1].Damaged != 1 || p.Buckets[2].Behind {
		t.Errorf("%s; %+v", told(result), p)
	}
	if _, err := restore.Read(t.Context(), r.options(0)); err == nil {
		t.Error("a repository without a descriptor was read")
	}
}

// TestReportNames is the promise of --json.
func TestReportNames(t *testing.T) {
	got, err := json.Marshal(restore.Report{
		Buckets: []restore.Bucket{{Error: "e"}}, UnsignedFrom: make([]restore.Unsigned, 1), TypeGap: make([]history.TypeGap, 1),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"outcome":"","complete":"","why":"","repository":"","descriptor":0,` +
		`"buckets":[{"name":"","reachable":false,"error":"e","descriptor":0,"behind":false,"objects":0,"missing":0,"forged":0,"foreign":0,"damaged":0,"hidden":0,"unreadable":0}],` +
		`"batches":{"read":0,"older":0,"lost":0,"bytes":0},"deliveries":0,"changes":0,"unsigned":0,"unsigned_sources":[{"source":"","changes":0,"excluded":0}],` +
		`"excluded":{"batches":0,"deliveries":0,"changes":0,"unsigned":0},"uninterpreted":0,"uninterpreted_first":null,` +
		`"records":{"live":0,"deleted":0,"merged":0},"gaps":0,"gaps_first":null,` +
		`"type_gaps":0,"type_gaps_first":[{"source":"","type":"","time":"0001-01-01T00:00:00Z","reason":""}],"faults":0,"faults_first":null}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
