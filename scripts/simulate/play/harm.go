package play

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"outlast.example/scripts/simulate/cloud"
	"outlast.example/scripts/simulate/scene"
	"outlast.example/shared/format"
)

// harm is one deed of a bucket's administrator, or one accident.
type harm struct {
	*World
	scene.Act
	bucket *cloud.Bucket
	r      *rand.Rand
}

func (w *World) harm(a scene.Act) {
	h := harm{w, a, w.buckets[a.On], rand.New(rand.NewPCG(a.Seed, 4))} //nolint:gosec // to be reproduced
	w.Counts.Faults[string(a.Kind)]++
	w.harmed[a.On] = w.loop.Now()
	w.say("HARM       %s", a)
	switch a.Kind {
	case scene.Empty:
		h.bucket.Empty()
	case scene.Replace:
		w.operator.replace(h.bucket)
	case scene.RollBack:
		h.bucket.RollBack(w.snapshots[a.Seed])
	case scene.Lie:
		w.loop.After(a.For, h.bucket.Trouble(cloud.Lying))
	case scene.Erase:
		h.erase()
	case scene.Delete, scene.Rot, scene.Cut, scene.Hide, scene.Squat, scene.Usurp:
		h.objects()
	default:
		h.forge()
	}
	for _, b := range w.ledger.batches {
		if !b.acked.IsZero() {
			w.ledger.held(b)
		}
	}
}

// erase deletes what no lock holds.
func (h harm) erase() {
	h.sevenDays(h.bucket)
	for _, key := range h.bucket.Erase() {
		h.say("HARM       erase %s in bucket %d", short(key), h.On)
	}
}

// objects harms some of the objects that are there.
func (h harm) objects() {
	keys := h.bucket.Keys("")
	for range min(h.N, len(keys)) {
		key := keys[h.r.IntN(len(keys))]
		h.say("HARM       %s %s in bucket %d", h.Kind, short(key), h.On)
		switch h.Kind {
		case scene.Delete:
			h.bucket.Delete(key)
		case scene.Hide:
			h.bucket.Hide(key)
		default:
			h.ruined[key] = true
			h.ruin(key)
		}
	}
}

func (h harm) ruin(key string) {
	switch h.Kind {
	case scene.Rot:
		h.bucket.Rot(key)
	case scene.Cut:
		h.bucket.Cut(key)
	case scene.Squat, scene.Usurp:
		if all := h.ledger.batches; len(all) > 0 { // whether it is there already or not
			key = all[h.r.IntN(len(all))].key
			h.ruined[key] = true
		}
		h.bucket.Put(key, []byte("something else"))
		if h.Kind == scene.Usurp {
			h.bucket.Hide(key)
		}
	}
}

const mallory = "mallory"

func (h harm) forge() {
	for range h.N {
		at := h.loop.Now().Add(-time.Duration(h.r.Int64N(int64(6 * time.Hour))))
		switch h.Kind {
		case scene.Forge:
			h.put(h.batch(repositoryID, receiverName(0), mallory, at))
		case scene.Replay:
			h.put(h.batch(elsewhere, receiverName(0), receiverName(0), at))
		case scene.Rename:
			h.rename(at)
		case scene.Mourn:
			h.mourn()
		case scene.ForgeSeal:
			h.seal(at)
		case scene.ForgeRepo:
			h.descriptor()
		case scene.Litter:
			h.bucket.Put(fmt.Sprintf("%ssomething-%d", format.HourPrefix(at), h.r.IntN(9)), []byte("x"))
			h.bucket.Put(fmt.Sprintf("%s%d.json", format.SealDayPrefix(at), h.r.IntN(9)), []byte("x"))
			h.bucket.Put(fmt.Sprintf("%s%06d.json", format.DescriptorPrefix, h.r.IntN(9)), []byte("x"))
		}
	}
}

// batch is one that says what no CRM said.
func (h harm) batch(repository, receiver, owner string, at time.Time) format.Batch {
	d := &format.Delivery{
		ID: uuid.NewSHA1(uuid.Nil, fmt.Appendf(nil, "forged %d", h.r.Uint64())).String(), Kind: "generic", Source: "acme", Time: at,
		Method: "POST", Path: "/v1/hooks/acme", Verified: "generic-hmac",
		Body: fmt.Appendf(nil, `{"id":"forged","at":"2030-01-01T00:00:00Z","seq":1,"values":{"n":%d}}`, h.r.IntN(1000)),
	}
	b, err := h.cast.encoder(repository, receiver, owner).Encode([]*format.Delivery{d}, at)
	if err != nil {
		panic(err) // a delivery like this can be encoded
	}
	return b
}

func (h harm) put(b format.Batch) { h.bucket.Put(b.Key.String(), b.Object) }

// rename gives a receiver's batch another time, another number, or another batch's bytes.
func (h harm) rename(at time.Time) {
	if len(h.ledger.batches) == 0 {
		return
	}
	b := h.ledger.batches[h.r.IntN(len(h.ledger.batches))]
	k := b.parsed
	switch h.r.IntN(3) {
	case 0:
		k.Time = at.Truncate(time.Microsecond)
	case 1:
		k.Nonce[0]++
	case 2:
		forged := h.batch(repositoryID, receiverName(0), mallory, at)
		k.SHA256 = forged.Key.SHA256
		h.bucket.Put(k.String(), forged.Object)
		return
	}
	h.bucket.Put(k.String(), b.content.Bytes)
}

// mourn notes that a receiver's batch is lost.
func (h harm) mourn() {
	if all := h.ledger.batches; len(all) > 0 {
		h.bucket.Put(format.LostName(all[h.r.IntN(len(all))].parsed), nil)
	}
}

// seal lists a batch that is forged, and signs it with a key that no descriptor lists.
func (h harm) seal(at time.Time) {
	at = at.Truncate(time.Hour)
	forged := h.batch(repositoryID, receiverName(0), mallory, at)
	h.put(forged)
	s := &format.Seal{
		Format: format.Version, Repository: repositoryID, Hour: at, Listed: []string{h.bucket.URL},
		Objects: []format.Sealed{{Key: forged.Key.String(), Size: int64(len(forged.Object))}},
	}
	name, object, err := s.Encode()
	if err != nil {
		panic(err) // a seal like this can be encoded
	}
	h.bucket.Put(name.String(), object)
	h.bucket.Put(format.SignSeal(name, repositoryID, sealerName(h.r.IntN(sealers)), private(mallory)).String(), nil)
}

// descriptor trusts an accomplice, and has the next number. He signs it himself, and claims that the root key did.
func (h harm) descriptor() {
	d := *h.operator.current()
	d.Previous = fmt.Sprintf("%x", d.SHA256)
	d.Number++
	d.Receivers = append([]format.Signer(nil), d.Receivers...)
	d.Receivers[0].Key = public("accomplice")
	_, object, err := format.SignDescriptor(&d, private(mallory))
	if err != nil {
		panic(err) // a descriptor like this can be signed
	}
	root := format.FormatPublicKey(h.cast.root.Public().(edKey))
	object = bytes.ReplaceAll(object, []byte(format.FormatPublicKey(public(mallory))), []byte(root))
	n := format.DescriptorName{Number: d.Number, SHA256: sha256.Sum256(object)}
	message := fmt.Appendf(nil, "outlast descriptor v1\n%s\n%d\n%x\n", repositoryID, n.Number, n.SHA256)
	copy(n.Signature[:], ed25519.Sign(private(mallory), message))
	h.bucket.Put(n.String(), object)
}
