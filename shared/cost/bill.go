package cost

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Line is what one thing costs in one cloud.
type Line struct {
	Cloud    string   `json:"cloud"`
	Item     string   `json:"item"`
	Requests Requests `json:"requests,omitzero"`
	GB       float64  `json:"gb,omitempty"`
	USD      float64  `json:"usd"`
}

// Bill is what a month costs.
type Bill struct {
	Read     string             `json:"prices_read"`
	Volume   Volume             `json:"volume"`
	Batches  float64            `json:"batches"` // a month, in each bucket
	Held     float64            `json:"batches_held"`
	Lines    []Line             `json:"lines"`
	Clouds   map[string]float64 `json:"usd_by_cloud"`
	USD      float64            `json:"usd"`
	Compared []Compared         `json:"compared"`
}

// Compared is the same volume, handled otherwise.
type Compared struct {
	What string  `json:"what"`
	USD  float64 `json:"usd"`
}

// Items are what is billed, in the order of a bill.
func Items() []string {
	return []string{"capture", "reconcile", "verify", "keep", "storage", "egress", "compute"}
}

// measuredBatch is what 64 callers at once make: 1,000 deliveries in 20 objects (scripts/bench).
const measuredBatch = 1000.0 / 20

// Estimate gives a month's bill by a table, and by comparison what grouping and repacking save.
func Estimate(t Table, v Volume) (Bill, error) {
	if err := v.check(t); err != nil {
		return Bill{}, fmt.Errorf("cost: %w", err)
	}
	b := estimate(t, v)
	alone, grouped, repacked := v, v, v
	alone.PerBatch, grouped.PerBatch, repacked.Repacked = 1, measuredBatch, true
	grouped.Receivers = []string{"gcp"}
	b.Compared = []Compared{
		{"each delivery were an object", estimate(t, alone).USD},
		{fmt.Sprintf("they came in crowds, to Cloud Run functions: %g an object", measuredBatch), estimate(t, grouped).USD},
		{"all but the last month were repacked to an object an hour (planned)", estimate(t, repacked).USD},
	}
	return b, nil
}

func estimate(t Table, v Volume) Bill {
	b := Bill{Read: t.Read, Volume: v, Batches: v.batches(), Held: v.held(), Clouds: map[string]float64{}}
	for _, name := range t.Names() {
		e := estimation{v, t, name, v.sight(t)}
		for _, l := range e.lines() {
			l.Cloud = name
			b.Lines = append(b.Lines, l)
			b.Clouds[name] += l.USD
			b.USD += l.USD
		}
	}
	slices.SortStableFunc(b.Lines, func(x, y Line) int {
		return cmp.Or(cmp.Compare(x.Cloud, y.Cloud), cmp.Compare(slices.Index(Items(), x.Item), slices.Index(Items(), y.Item)))
	})
	return b
}

// sight is the repository at the month's end, with a bucket and a sealer in each cloud.
func (v Volume) sight(t Table) sight {
	clouds := float64(len(t.Clouds))
	return sight{days: v.Months * days, batches: v.held(), perHour: v.batches() / hours, sealers: clouds, buckets: clouds}
}

// estimation is what a cloud's bucket, and the functions there, cost.
type estimation struct {
	Volume
	table Table
	cloud string
	sight sight
}

func (e estimation) price(what string) float64 { return e.table.Clouds[e.cloud].Prices[what].USD }

func (e estimation) lines() []Line {
	asked := func(item string, r Requests) Line {
		return Line{Item: item, Requests: r, USD: r.Writes*e.price(Write) + r.Lists*e.price(List) + r.Reads*e.price(Read)}
	}
	stored, sent := e.heldBytes()+e.held()*sealRow, e.sent()
	return []Line{
		asked("capture", Requests{Writes: e.batches()}),
		asked("reconcile", e.reconciled()),
		asked("verify", e.sight.verify(parts).times(e.sight.buckets*days)),
		asked("keep", e.sight.keep().times(days)),
		{Item: "storage", GB: stored / gb, USD: stored / gb * e.price(Stored)},
		{Item: "egress", GB: sent / gb, USD: sent / gb * e.price(Egress)},
		{Item: "compute", USD: e.computed()},
	}
}

// parts: verify reads everything in thirty days, as its schedules have it.
const parts = 30

// runs are how often reconcile runs in a month: as serverless.yml, function.json and Terraform have it.
var runs = map[string]float64{"aws": hours * 4, "gcp": hours * 3, "azure": hours * 4}

// reconciled is what the runs in all clouds ask of this cloud's bucket.
func (e estimation) reconciled() (r Requests) {
	for _, cloud := range e.table.Names() {
		r = r.plus(e.sight.reconcile().plus(e.sight.told()).times(runs[cloud]))
	}
	return r.plus(e.sight.sealed().times(hours)).plus(e.sight.reported().times(days))
}

const (
	gb = 1e9

	sealRow = 260 // bytes of a batch's row in its hour's seal
	listRow = 500 // bytes of a name in a store's listing, roughly: the name alone has 228
)

// sent are the bytes that leave the cloud in a month: to the other buckets what its receivers captured, and to the other clouds'
// tasks what they list and read here. What the same cloud's functions read, and what comes in, costs nothing.
func (e estimation) sent() float64 {
	others := e.sight.buckets - 1
	captured := e.share(e.cloud) * e.monthly() * others
	verified := days * others * ((e.heldBytes()+e.sight.hours()*sealRow)/30 + (e.held()+e.sight.seals())*listRow)
	listed := 0.0
	for _, cloud := range e.table.Names() {
		if cloud != e.cloud {
			listed += runs[cloud] * (28*e.sight.perHour + e.sight.seals()) * listRow
		}
	}
	return captured + verified + listed
}

const (
	memory   = 0.5  // GB of each function; Lambda's verify has 1
	asking   = 0.05 // seconds for a request of a task to a store, assumed
	parallel = 16   // reads at once
)

// computed is what this cloud's functions cost: capture, and the tasks for all buckets, which are asked side by side.
func (e estimation) computed() float64 {
	webhooks := e.Webhooks * e.share(e.cloud)
	runs := runs[e.cloud]
	tasks := asking * (runs*(e.sight.reconcile().Lists+e.sight.reconcile().Reads*e.sight.buckets) + hours*e.sight.sealed().total() +
		days*(e.sight.verify(parts).Lists+e.sight.verify(parts).Reads*e.sight.buckets/parallel) +
		days*(e.sight.keep().Lists+(e.sight.keep().Reads+e.sight.keep().Writes)/parallel))
	busy := e.busy(webhooks) + tasks
	return (webhooks+runs+5*days)*e.price(Invocation) + busy*(memory*e.price(GBSecond)+e.price(CPUSecond))
}

// busy is for how many seconds instances are at work on so many webhooks: each by itself, or as many at once as an instance
// takes.
func (e estimation) busy(webhooks float64) float64 {
	if concurrent[e.cloud] == 1 {
		return webhooks * e.Store
	}
	load := webhooks / seconds * e.Store // webhooks under way, on average
	return seconds * (1 - math.Exp(-load)) * math.Max(1, load/concurrent[e.cloud])
}
