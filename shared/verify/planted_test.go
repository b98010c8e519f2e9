package verify_test

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"outlast.example/shared/format"
	"outlast.example/shared/verify"
)

// scale names how many corruptions TestManyPlanted plants, in ten times as many objects; 10000 by hand.
const scale = "OUTLAST_PLANTED"

// plant is a kind of fault: what an adversary or an accident does to one bucket, and what must be found.
type plant struct {
	name    string
	quick   bool // a run that reads nothing finds it too
	corrupt func(r *repository, bucket int, key string) (want []string)
}

func one(verdict, key string) func(bucket int) []string {
	return func(bucket int) []string { return []string{fmt.Sprintf("%d %s %s", bucket, verdict, key)} }
}

var plants = []plant{
	{"missing", true, func(r *repository, i int, key string) []string {
		r.buckets[i].Delete(key)
		return one("missing", key)(i)
	}},
	{"truncated", true, func(r *repository, i int, key string) []string {
		r.buckets[i].Put(key, r.object(i, key)[:20])
		return one("damaged", key)(i)
	}},
	{"empty", true, func(r *repository, i int, key string) []string {
		r.buckets[i].Put(key, nil)
		return one("damaged", key)(i)
	}},
	{"a bit flipped", false, func(r *repository, i int, key string) []string {
		object := r.object(i, key)
		object[len(object)/2] ^= 1
		r.buckets[i].Put(key, object)
		return one("damaged", key)(i)
	}},
	{"another batch's bytes", false, func(r *repository, i int, key string) []string {
		r.buckets[i].Put(key, r.another(key, len(r.object(i, key))))
		return one("damaged", key)(i)
	}},
	{"renamed", true, func(r *repository, i int, key string) []string {
		renamed := strings.Replace(key, "/", "/old-", 1)
		r.buckets[i].Put(renamed, r.object(i, key))
		r.buckets[i].Delete(key)
		return slices.Concat(one("foreign", renamed)(i), one("missing", key)(i))
	}},
	{"replayed under a new time", true, func(r *repository, i int, key string) []string {
		k, err := format.ParseKey(key)
		fatal(r.t, err)
		k.Time = k.Time.Add(time.Microsecond)
		r.buckets[i].Put(k.String(), r.object(i, key))
		return one("forged", k.String())(i)
	}},
	{"foreign", true, func(r *repository, i int, key string) []string {
		r.buckets[i].Put(key+".bak", []byte("x"))
		return one("foreign", key+".bak")(i)
	}},
	{"a repair that nobody needed", false, func(r *repository, i int, key string) []string {
		r.buckets[i].Put(key+".r3", make([]byte, len(r.object(i, key))))
		return one("damaged", key+".r3")(i)
	}},
}

// another gives the bytes of another batch of a size, or of none where there is no other.
func (r *repository) another(key string, size int) []byte {
	k, err := format.ParseKey(key)
	fatal(r.t, err)
	for _, object := range r.sizes[size] {
		if sha256.Sum256(object) != k.SHA256 {
			return object
		}
	}
	return make([]byte, size)
}

// byHand is what stays of findings when a program has repaired what it can.
func byHand(findings []string) []string {
	return slices.DeleteFunc(slices.Clone(findings), func(f string) bool {
		return strings.Contains(f, " missing ") || strings.Contains(f, " damaged ") && !strings.HasSuffix(f, ".r3")
	})
}

func TestPlanted(t *testing.T) {
	for _, p := range plants {
		t.Run(p.name, func(t *testing.T) {
			r := grown(t, 30)
			want := p.corrupt(r, 1, r.names(1, format.LogPrefix, "age")[20])
			expect(t, r.verify(at(30.3)), want...)
			quick := r.verify(at(30.3), func(o *verify.Options) { o.Read = verify.Part{} })
			if got := quick.Findings > 0; got != p.quick {
				t.Errorf("found by a quick run: %v, want %v", got, p.quick)
			}
			expect(t, r.repair(at(30.3)), want...)
			expect(t, r.verify(at(30.3)), byHand(want)...)
		})
	}
}

// Any faults among sealed objects are found, each in its place, and nothing else; and what a program can repair is sound
// afterwards in every bucket.
func TestExactlyWhatIsPlanted(t *testing.T) {
	template := grown(t, 12)
	keys, now := template.names(0, format.LogPrefix, "age"), at(37)
	rapid.Check(t, func(rt *rapid.T) {
		r := template.clone(t)
		var want []string
		for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(keys)-1), 0, 12, rapid.ID).Draw(rt, "objects") {
			p, bucket := rapid.IntRange(0, len(plants)-1).Draw(rt, "fault"), rapid.IntRange(0, 2).Draw(rt, "bucket")
			want = append(want, plants[p].corrupt(r, bucket, keys[n])...)
		}
		expect(rt, r.repair(now), want...)
		expect(rt, r.verify(now), byHand(want)...)
	})
}

// Many faults of every kind among many objects: all are found, located and repaired, and a clean repository raises no alarm.
func TestManyPlanted(t *testing.T) {
	planted := 200
	if n, err := strconv.Atoi(os.Getenv(scale)); err == nil {
		planted = n
	}
	r := newRepository(t)
	const hours = 60
	var keys []string
	for i := range 10 * planted {
		keys = append(keys, r.put(at(hours*float64(i)/float64(10*planted)), 0, 1, 2))
	}
	r.seal(at(hours+1), "seal-a", "seal-b")
	now, all := at(hours+3), func(o *verify.Options) { o.List = 100 * planted }
	r.clean(now, all)
	random := rand.New(rand.NewPCG(1, 2))
	var want []string
	for i, n := range random.Perm(len(keys))[:planted] {
		want = append(want, plants[i%len(plants)].corrupt(r, random.IntN(3), keys[n])...)
	}
	repaired := r.repair(now, all)
	expect(t, repaired, want...)
	after := r.verify(now, all)
	expect(t, after, byHand(want)...)
	t.Logf("%d corruptions in %d objects of 3 buckets: %d findings, %d repaired, %d left for a person", planted, len(keys), repaired.Findings, repaired.Repaired, after.Findings)
}
