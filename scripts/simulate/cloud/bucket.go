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
	// Extends: somebody's wish for a longer lock has reached the bucket, whatever becomes of it.
	Extends(b *Bucket, who, key string, to store.Lock)
	// Answered: a request has ended for the one who made it.
	Answered(b *Bucket, who, op, key string, err error)
	// Met: a request met a trouble.
	Met(t Trouble)
}

// page is how many objects a request lists: few, so that listings break off in their middle.
const page = 5

// Kind is what a bucket is of its own. Every one locks what is created in it.
type Kind struct {
	Versions bool // it keeps them: what is deleted there lies under a delete marker, and what is overwritten under the new bytes
	Silent   bool // it does not show the lock that it gave by itself
}

// Bucket is one bucket of one cloud.
type Bucket struct {
	Index int
	URL   string

	kind     Kind
	loop     *loop.Loop
	observer Observer
	objects  *mem.Bucket
	driver   store.Driver
	troubles map[Trouble]int
	calm     time.Time // when the last trouble ended
	hidden   map[string]bool
	told     map[string]bool  // objects whose lock somebody extended
	born     map[string]birth // by key
}

// New makes an empty bucket.
func New(l *loop.Loop, index int, url string, k Kind, o Observer) *Bucket {
	b := &Bucket{Index: index, URL: url, kind: k, loop: l, observer: o, troubles: map[Trouble]int{}, hidden: map[string]bool{}}
	b.Empty()
	return b
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

// Driver gives what is really there, with no trouble and in no time.
func (b *Bucket) Driver() store.Driver { return b.objects.Open(mem.Options{}) }

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
