// Package cloud is buckets as clouds really have them: they take time, lose requests and answers, are away, refuse, break off,
// forget, and belong to an administrator who may do with them as he likes. What is stored is stored by the store in memory;
// what happens on the way is decided here.
package cloud

import (
	"context"
	"io"
	"time"

	"outlast.example/scripts/simulate/loop"
	"outlast.example/shared/store"
	"outlast.example/shared/store/mem"
)

// Observer is told of everything at the moment it happens.
type Observer interface {
	// Asked: somebody's create has reached the bucket, whatever becomes of it.
	Asked(b *Bucket, who, key string, content []byte)
	// Stored: the bucket has stored it, or confirms that it did.
	Stored(b *Bucket, who, key string)
	// Answered: a request has ended for the one who made it.
	Answered(b *Bucket, who, op, key string, err error)
	// Met: a request met a trouble.
	Met(t Trouble)
}

// page is how many objects a request lists: few, so that listings break off in their middle.
const page = 5

// Bucket is one bucket of one cloud.
type Bucket struct {
	Index int
	URL   string

	loop     *loop.Loop
	observer Observer
	objects  *mem.Bucket
	driver   store.Driver
	troubles map[Trouble]int
	calm     time.Time // when the last trouble ended
	hidden   map[string]bool
}

// New makes an empty bucket.
func New(l *loop.Loop, index int, url string, o Observer) *Bucket {
	b := &Bucket{Index: index, URL: url, loop: l, observer: o, troubles: map[Trouble]int{}, hidden: map[string]bool{}}
	b.replace(mem.New())
	return b
}

func (b *Bucket) replace(objects *mem.Bucket) {
	b.objects, b.driver = objects, objects.Open(mem.Options{PageSize: page})
}

// Get gives the bytes that are really there, and whether there are any.
func (b *Bucket) Get(key string) ([]byte, bool) {
	body, err := b.driver.Read(context.Background(), key, 0, -1)
	if err != nil {
		return nil, false
	}
	object, err := io.ReadAll(body)
	return object, err == nil
}

// Keys gives the names under a prefix that are really there, in order.
func (b *Bucket) Keys(prefix string) (keys []string) {
	for o, err := range store.NewReader(b.URL, b.objects.Open(mem.Options{})).List(context.Background(), prefix) {
		if err != nil {
			panic(err) // a store in memory lists what it has
		}
		keys = append(keys, o.Key)
	}
	return keys
}

// Reader reads what is really there, with no trouble and in no time.
func (b *Bucket) Reader() *store.Reader { return store.NewReader(b.URL, b.driver) }

// Calm reports whether nothing has troubled the bucket since t.
func (b *Bucket) Calm(t time.Time) bool { return len(b.troubles) == 0 && !b.calm.After(t) }

// Trouble begins; the function that it returns ends it.
func (b *Bucket) Trouble(t Trouble) (end func()) {
	b.troubles[t]++
	return func() {
		if b.troubles[t]--; b.troubles[t] <= 0 {
			delete(b.troubles, t)
		}
		b.calm = b.loop.Now()
	}
}
