package cloud

import (
	"slices"

	"outlast.example/shared/store"
	"outlast.example/shared/store/mem"
)

// What follows is done by accident, or by the bucket's administrator.

// Empty loses all that is stored.
func (b *Bucket) Empty() { b.replace(mem.New()) }

// Snapshot is what a bucket held at some moment.
type Snapshot map[string][]byte

// Snapshot keeps what is stored now.
func (b *Bucket) Snapshot() Snapshot { return b.objects.Objects() }

// RollBack brings a former state back.
func (b *Bucket) RollBack(s Snapshot) {
	b.Empty()
	for key, object := range s {
		b.objects.Put(key, object)
	}
}

// Put stores bytes under any name, whatever is there.
func (b *Bucket) Put(key string, object []byte) { b.objects.Put(key, object) }

// Delete removes an object.
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
	b.hidden, b.troubles = map[string]bool{}, map[Trouble]int{}
	b.calm = b.loop.Now()
}

func (b *Bucket) shown(objects []store.Object) []store.Object {
	return slices.DeleteFunc(slices.Clone(objects), func(o store.Object) bool { return b.hidden[o.Key] })
}
