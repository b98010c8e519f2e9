package cloud

import (
	"context"
	"slices"

	"outlast.example/shared/store"
	"outlast.example/shared/store/mem"
)

// What follows is done by accident, or by the bucket's administrator.

// Empty loses all that is stored, as a closed account does: no lock keeps it.
func (b *Bucket) Empty() {
	objects := mem.NewLocked(fortnight, b.loop.Now)
	if b.kind.Versions {
		objects = mem.NewLockedVersions(fortnight, b.loop.Now)
	}
	b.objects, b.driver = objects, objects.Open(mem.Options{PageSize: page})
	b.told, b.born = map[string]bool{}, map[string]birth{}
}

// Snapshot is what a bucket held at some moment.
type Snapshot map[string][]byte

// Snapshot keeps what is stored now.
func (b *Bucket) Snapshot() Snapshot { return b.objects.Objects() }

// RollBack brings a former state back.
func (b *Bucket) RollBack(s Snapshot) {
	b.Empty()
	for key, object := range s {
		b.Put(key, object)
	}
}

// Put stores bytes under any name, whatever is there.
func (b *Bucket) Put(key string, object []byte) {
	b.objects.Put(key, object)
	b.born[key] = birth{at: b.loop.Now()}
}

// Place creates an object, as everybody else does, with no trouble and in no time.
func (b *Bucket) Place(key string, object []byte) {
	if err := b.driver.Create(context.Background(), key, store.NewContent(object)); err == nil {
		b.born[key] = birth{b.loop.Now(), true}
	}
}

// Delete removes an object: a store that loses it asks for no lock, and where versions are kept it lies under a delete marker.
func (b *Bucket) Delete(key string) { b.objects.Delete(key) }

// Rot flips a bit of an object.
func (b *Bucket) Rot(key string) {
	if object, found := b.Get(key); found {
		b.objects.Put(key, flipped(object))
	}
}

// Cut leaves the first half of an object.
func (b *Bucket) Cut(key string) {
	if object, found := b.Get(key); found {
		b.objects.Put(key, object[:len(object)/2])
	}
}

// Hide has listings leave an object out.
func (b *Bucket) Hide(key string) { b.hidden[key] = true }

// Heal ends all troubles and all hiding. What is lost stays lost.
func (b *Bucket) Heal() {
	for key := range b.hidden {
		b.born[key] = birth{at: b.loop.Now()} // for all that anybody could see
	}
	b.hidden, b.troubles = map[string]bool{}, map[Trouble]int{}
	b.calm = b.loop.Now()
}

func (b *Bucket) shown(objects []store.Object) []store.Object {
	return slices.DeleteFunc(slices.Clone(objects), func(o store.Object) bool { return b.hidden[o.Key] })
}
