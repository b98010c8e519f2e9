package verify_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"outlast.example/shared/format"
	"outlast.example/shared/verify"
)

// scale names how many corruptions TestManyPlanted plants, in ten times as many objects; 10000 by hand.
const scale = "OUTLAST_PLANTED"

// planting is what a kind of objects is harmed with.
type planting struct {
	name           string
	prefix, suffix string // of the objects' names
	plants         []plant
}

var plantings = []planting{
	{"batches", format.LogPrefix, ".age", plants},
	{"seals", format.SealPrefix, ".json", sealPlants},
	{"parts", format.SealPrefix, ".part", partPlants},
	{"signatures", format.SealPrefix, ".sig", signaturePlants},
	{"descriptors", format.DescriptorPrefix, "", descriptorPlants},
	{"recovery pages", format.RecoveryPrefix, "", pagePlants},
	{"notes", format.LostPrefix, ".age", notePlants},
	{"reports", format.ReportPrefix, ".json", reportPlants},
}

func TestPlanted(t *testing.T) {
	template := newRepository(t)
	template.partLen = 1
	template.grow(14)
	for _, key := range template.names(1, format.LogPrefix, ".age")[:5] {
		template.tell(key)
	}
	for _, among := range plantings {
		for _, p := range among.plants {
			t.Run(among.name+" "+p.name, func(t *testing.T) {
				r := template.clone(t).versioned()
				all := r.names(1, among.prefix, among.suffix)
				want := p.corrupt(r, 1, all[len(all)/2])
				expect(t, r.verify(at(39.3)), want...)
				found := r.verify(at(39.3), quick).Findings > 0
				if p.sight != perhaps && found != (p.sight == always) {
					t.Errorf("found by a quick run: %v", found)
				}
				expect(t, r.repair(at(39.3)), want...)
				expect(t, r.verify(at(39.3)), byHand(want)...)
			})
		}
	}
}

// Any faults among sealed objects are found, each in its place, and nothing else; and what a program can repair is sound
// afterwards in every bucket.
func TestExactlyWhatIsPlanted(t *testing.T) {
	template := grown(t, 12)
	keys, now := template.names(0, format.LogPrefix, "age"), at(37)
	rapid.Check(t, func(rt *rapid.T) {
		r := template.clone(t).versioned()
		var want []string
		for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(keys)-1), 0, 12, rapid.ID).Draw(rt, "objects") {
			p, bucket := rapid.IntRange(0, len(plants)-1).Draw(rt, "fault"), rapid.IntRange(0, 2).Draw(rt, "bucket")
			want = append(want, plants[p].corrupt(r, bucket, keys[n])...)
		}
		expect(rt, r.repair(now), want...)
		expect(rt, r.verify(now), byHand(want)...)
	})
}

// Many faults of every kind among many objects of every kind: all are found, located and repaired, and a clean repository raises no
// alarm. One bucket was rolled back by an hour; in the end all of them are, which the checkpoint shows.
func TestManyPlanted(t *testing.T) {
	planted := 400
	if n, err := strconv.Atoi(os.Getenv(scale)); err == nil {
		planted = n
	}
	hours := max(40, planted/20)
	r := large(t, 10*planted, hours)
	now, all := at(float64(hours)+25.6), func(o *verify.Options) { o.List = 100 * planted }
	kept := r.clean(now, all).Checkpoint

	garden := &garden{repository: r, random: rand.New(rand.NewPCG(1, 2)), taken: map[string]bool{}}
	garden.pages()
	garden.sealings(hours - 1)
	garden.rolledBack(hours - 1)
	garden.batches(planted)
	repaired := r.repair(now, all)
	expect(t, repaired, garden.want...)
	after := r.verify(now, all)
	expect(t, after, byHand(garden.want)...)
	t.Logf("%d corruptions in %d batches and what seals them, in 3 buckets: %d findings, %d repaired, %d left for a person",
		garden.n, 10*planted, repaired.Findings, repaired.Repaired, after.Findings)

	for i, b := range r.buckets {
		for _, name := range r.names(i, format.SealHourPrefix(kept.Hour), "") {
			b.Lose(name)
		}
	}
	report := r.verify(now, all, func(o *verify.Options) { o.Checkpoint = kept })
	if n := report.Buckets[1].Found[verify.RolledBack]; n != 2*len(kept.Seals) {
		t.Errorf("%d rolled back", n)
	}
}

// large is a repository of so many batches in so many hours, sealed in parts, in buckets that keep versions, with eight descriptors.
func large(t *testing.T, batches, hours int) *repository {
	r := newRepository(t).versioned()
	for range 7 {
		r.descriptor.Number, r.descriptor.Previous = r.descriptor.Number+1, sha(r.descriptor)
		r.begin()
	}
	for i := range batches {
		r.put(at(float64(hours)*float64(i)/float64(batches)), 0, 1, 2)
	}
	for i, key := range r.names(0, format.LogPrefix, ".age") {
		if i%(batches/20) == 0 {
			r.tell(key)
		}
	}
	r.partLen = batches / hours / 4
	r.seal(at(float64(hours)+25.3), "seal-a", "seal-b")
	return r
}

// garden is a repository in which corruptions are planted, one on each object at most.
type garden struct {
	*repository
	random *rand.Rand
	taken  map[string]bool
	n      int
	want   []string
}

func (g *garden) plant(p plant, bucket int, key string) {
	g.n++
	g.taken[key] = true
	g.want = append(g.want, p.corrupt(g.repository, bucket, key)...)
}

// pages plants one thing on each descriptor, recovery page, note and report.
func (g *garden) pages() {
	for _, among := range plantings[4:] {
		for i, name := range g.names(0, among.prefix, "") {
			g.plant(among.plants[i%len(among.plants)], g.random.IntN(3), name)
		}
	}
}

// sealings plants one thing on each hour's seals, parts or signatures, by turns.
func (g *garden) sealings(hours int) {
	byHour := map[string][]string{}
	for _, name := range g.names(0, format.SealPrefix, "") {
		hour := strings.Split(name, "-")[0]
		byHour[hour] = append(byHour[hour], name)
	}
	for h := range hours {
		among := plantings[1+h%3]
		for _, name := range byHour[strings.TrimSuffix(format.SealHourPrefix(at(float64(h))), "-")] {
			if strings.HasSuffix(name, among.suffix) {
				g.plant(among.plants[h/3%len(among.plants)], g.random.IntN(3), name)
				break
			}
		}
	}
}

// rolledBack has a bucket lose all of an hour.
func (g *garden) rolledBack(hour int) {
	for _, prefix := range []string{format.HourPrefix(at(float64(hour))), format.SealHourPrefix(at(float64(hour)))} {
		for _, name := range g.names(2, prefix, "") {
			g.plant(missing, 2, name)
		}
	}
}

// batches plants on batches, until there are so many corruptions.
func (g *garden) batches(planted int) {
	keys := g.names(0, format.LogPrefix, ".age")
	for i, n := range g.random.Perm(len(keys)) {
		if g.n == planted {
			return
		}
		if !g.taken[keys[n]] {
			g.plant(plants[i%len(plants)], g.random.IntN(3), keys[n])
		}
	}
}
