package verify_test

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
)

// plant is a kind of fault: what an adversary or an accident does to one object in one bucket, and what must be found.
type plant struct {
	name    string
	sight   sight
	corrupt func(r *repository, bucket int, key string) (want []string)
}

// sight says which run finds a fault.
type sight int

const (
	inPart  sight = iota // only one that reads the object
	always               // a quick one too
	perhaps              // a quick one that comes to that copy
)

func one(verdict, key string) func(bucket int) []string {
	return func(bucket int) []string { return []string{fmt.Sprintf("%d %s %s", bucket, verdict, key)} }
}

// does is a plant after which one verdict is due on the object itself.
func does(name string, seen sight, verdict string, harm func(r *repository, bucket int, key string)) plant {
	return plant{name, seen, func(r *repository, bucket int, key string) []string {
		harm(r, bucket, key)
		return one(verdict, key)(bucket)
	}}
}

var (
	missing = does("missing", always, "missing", func(r *repository, i int, key string) { r.buckets[i].Lose(key) })
	marked  = does("under a delete marker", always, "hidden", func(r *repository, i int, key string) { r.buckets[i].Delete(key) })
	beneath = does("under a newer version", always, "damaged", func(r *repository, i int, key string) { r.buckets[i].Put(key, flipped(r.object(i, key))) })
	buried  = does("under several versions and markers", always, "hidden", func(r *repository, i int, key string) {
		for range 2 {
			r.buckets[i].Put(key, []byte("x"))
			r.buckets[i].Delete(key)
		}
	})
	truncated = does("truncated", always, "damaged", func(r *repository, i int, key string) { r.buckets[i].Rot(key, r.object(i, key)[:20]) })
	empty     = does("empty", always, "damaged", func(r *repository, i int, key string) { r.buckets[i].Rot(key, nil) })
	rotten    = does("a bit flipped", inPart, "damaged", func(r *repository, i int, key string) { r.buckets[i].Rot(key, flipped(r.object(i, key))) })
	withheld  = does("listed, not given out", inPart, "unreadable", func(r *repository, i int, key string) { r.withhold(i, key) })
)

// sees is a plant with another sight.
func (p plant) sees(s sight) plant {
	p.sight = s
	return p
}

// Of batches.
var plants = []plant{
	missing, marked, beneath, buried, truncated, empty, rotten, withheld,
	does("another batch's bytes", inPart, "damaged", func(r *repository, i int, key string) {
		r.buckets[i].Rot(key, r.another(key, len(r.object(i, key))))
	}),
	{"renamed", always, func(r *repository, i int, key string) []string {
		renamed := strings.Replace(key, "/", "/old-", 1)
		r.buckets[i].Put(renamed, r.object(i, key))
		r.buckets[i].Lose(key)
		return slices.Concat(one("foreign", renamed)(i), one("missing", key)(i))
	}},
	{"replayed under a new time", always, func(r *repository, i int, key string) []string {
		k := r.later(key)
		r.buckets[i].Put(k.String(), r.object(i, key))
		return one("forged", k.String())(i)
	}},
	{"a whole batch by a stranger", always, func(r *repository, i int, key string) []string {
		b, err := r.stranger().Encode([]*format.Delivery{r.delivery(r.later(key).Time)}, r.later(key).Time)
		fatal(r.t, err)
		r.buckets[i].Put(b.Key.String(), b.Object)
		return one("forged", b.Key.String())(i)
	}},
	{"foreign", always, func(r *repository, i int, key string) []string {
		r.buckets[i].Put(key+".bak", []byte("x"))
		return one("foreign", key+".bak")(i)
	}},
	{"a repair that nobody needed", inPart, func(r *repository, i int, key string) []string {
		r.buckets[i].Put(key+".r3", make([]byte, len(r.object(i, key))))
		return one("damaged", key+".r3")(i)
	}},
}

// Of seals and of their parts, which have one name only: whether a quick run reads this copy is left to their hash.
var (
	sealPlants = slices.Concat(onlyNames, []plant{renamedTo("unsigned")})
	partPlants = slices.Concat(onlyNames, []plant{renamedTo()}) // as if a sealer was killed before it created the seal
	onlyNames  = []plant{
		missing, marked, beneath.sees(perhaps), buried, truncated, empty, rotten.sees(perhaps), withheld.sees(perhaps),
		{"foreign", always, func(r *repository, i int, key string) []string {
			r.buckets[i].Put(key+".bak", []byte("x"))
			return one("foreign", key+".bak")(i)
		}},
	}
)

// renamedTo is a plant of a seal, or a part, that has a name of which these verdicts are due.
func renamedTo(verdicts ...string) plant {
	return plant{"renamed", always, func(r *repository, i int, key string) []string {
		renamed := renamedSeal(key)
		r.buckets[i].Put(renamed, r.object(i, key))
		r.buckets[i].Lose(key)
		want := one("missing", key)(i)
		for _, verdict := range verdicts {
			want = append(want, one(verdict, renamed)(i)...)
		}
		return want
	}}
}

// renamedSeal is the name of a seal, or a part, with another hash.
func renamedSeal(key string) string {
	hash := strings.Split(key, "-")[1]
	return strings.Replace(key, hash[:8], "00000000", 1)
}

// Of signatures of seals, which are empty.
var signaturePlants = []plant{
	missing, marked, buried,
	does("with bytes", always, "damaged", func(r *repository, i int, key string) { r.buckets[i].Rot(key, []byte("x")) }),
	does("under a version with bytes", always, "damaged", func(r *repository, i int, key string) { r.buckets[i].Put(key, []byte("x")) }),
	{"of a stranger in the sealer's name", always, func(r *repository, i int, signature string) []string {
		s, err := format.ParseSealSignature(signature)
		fatal(r.t, err)
		_, private := key(r.t)
		forged := format.SignSeal(s.SealName, repositoryID, s.Sealer, private).String()
		r.buckets[i].Put(forged, nil)
		return one("forged", forged)(i)
	}},
}

// Of descriptors, and of recovery pages.
var descriptorPlants = []plant{
	missing, marked, beneath, buried, truncated, empty, rotten.sees(always), withheld.sees(always),
	{"under another number", always, func(r *repository, i int, key string) []string {
		forged := strings.Replace(key, "repo/00", "repo/99", 1)
		r.buckets[i].Put(forged, r.object(i, key))
		return one("forged", forged)(i)
	}},
	{"by another root", always, func(r *repository, i int, _ string) []string {
		_, private, err := ed25519.GenerateKey(nil)
		fatal(r.t, err)
		d := *r.descriptor
		d.Number, d.Previous = 990_000, strings.Repeat("0", 64)
		name, object, err := format.SignDescriptor(&d, private)
		fatal(r.t, err)
		r.buckets[i].Put(name, object)
		return one("forged", name)(i)
	}},
}

var pagePlants = []plant{
	missing, marked, beneath, buried, truncated, empty, rotten.sees(always), withheld.sees(always),
	{"of no descriptor", always, func(r *repository, i int, key string) []string {
		foreign := strings.Replace(key, "RECOVERY-00", "RECOVERY-99", 1)
		r.buckets[i].Put(foreign, r.object(i, key))
		return one("foreign", foreign)(i)
	}},
}

// Of notes of lost batches, which are empty, and of reports. No bucket must have them.
var notePlants = []plant{
	marked, buried,
	does("with bytes", always, "damaged", func(r *repository, i int, key string) { r.buckets[i].Rot(key, []byte("x")) }),
	{"of what nobody signed", always, func(r *repository, i int, key string) []string {
		forged := format.LostName(r.later(strings.Replace(key, format.LostPrefix, format.LogPrefix, 1)))
		r.buckets[i].Put(forged, nil)
		return one("forged", forged)(i)
	}},
	{"foreign", always, func(r *repository, i int, key string) []string {
		r.buckets[i].Put(key+".txt", nil)
		return one("foreign", key+".txt")(i)
	}},
}

var reportPlants = []plant{
	marked, buried, beneath, rotten, truncated.sees(inPart), withheld,
	{"by a stranger", always, func(r *repository, i int, _ string) []string {
		_, private := key(r.t)
		forged := format.SignReport([]byte("{}"), begun, "verify", repositoryID, "seal-a", private).String()
		r.buckets[i].Put(forged, []byte("{}"))
		return one("forged", forged)(i)
	}},
	{"foreign", always, func(r *repository, i int, _ string) []string {
		r.buckets[i].Put(format.ReportPrefix+"notes", nil)
		return one("foreign", format.ReportPrefix+"notes")(i)
	}},
}

// tell has something said of the buckets: a note that a batch was lost, and a sealer's report.
func (r *repository) tell(batch string) {
	k, err := format.ParseKey(batch)
	fatal(r.t, err)
	object := []byte(`{"outcome":"ok"}`)
	report := format.SignReport(object, k.Time, "reconcile", repositoryID, "seal-a", r.sealers["seal-a"])
	for _, b := range r.buckets {
		b.Put(format.LostName(k), nil)
		b.Put(report.String(), object)
	}
}

// byHand is what stays of findings when a program has repaired what it can: what is not there any more is put back, and a
// batch's sound copy goes beside one that is not.
func byHand(findings []string) []string {
	return slices.DeleteFunc(slices.Clone(findings), func(f string) bool {
		bucket, verdict, key := "", "", ""
		_, err := fmt.Sscan(f, &bucket, &verdict, &key)
		gone := verdict == "missing" || verdict == "hidden"
		beside := strings.HasPrefix(key, format.LogPrefix) && (verdict == "damaged" || verdict == "unreadable") && !strings.HasSuffix(key, ".r3")
		return err == nil && (gone || beside)
	})
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

// later is a batch's key with a time that it was not signed for.
func (r *repository) later(key string) format.Key {
	k, err := format.ParseKey(key)
	fatal(r.t, err)
	k.Time = k.Time.Add(time.Microsecond)
	return k
}

// stranger encodes in the receiver's name with a key that the descriptor does not list.
func (r *repository) stranger() *format.Encoder {
	_, private := key(r.t)
	recipient, err := age.ParseX25519Recipient(r.descriptor.Recipients[0])
	fatal(r.t, err)
	e, err := format.NewEncoder(repositoryID, "r", private, []age.Recipient{recipient})
	fatal(r.t, err)
	return e
}

// withhold has a bucket list an object, and not give it out.
func (r *repository) withhold(bucket int, key string) {
	w, is := r.instead[bucket].(*withholding)
	if !is {
		w = &withholding{r.driver(bucket).(versions), map[string]bool{}}
		r.instead[bucket] = w
	}
	w.keys[key] = true
}

type withholding struct {
	versions
	keys map[string]bool
}

func (w *withholding) Read(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if w.keys[key] {
		return nil, store.ErrNotFound
	}
	return w.versions.Read(ctx, key, offset, length)
}

func (w *withholding) ReadVersion(ctx context.Context, key, version string, offset, length int64) (io.ReadCloser, error) {
	if w.keys[key] {
		return nil, store.ErrNotFound
	}
	return w.versions.ReadVersion(ctx, key, version, offset, length)
}
