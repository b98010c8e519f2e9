package restore_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"

	"outlast.example/shared/format"
	"outlast.example/shared/restore"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
)

// TestCompleteIsNotSaidWhere reads two buckets of three, which are enough by the first descriptor's quorum of 2.
func TestCompleteIsNotSaidWhere(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(*repository, *restore.Options)
		want  restore.Answer
		why   string
	}{
		{"nothing is wrong", func(*repository, *restore.Options) {}, restore.Yes, "2 of 3 buckets were listed whole, and any 2 of them together hold"},
		{"a bucket is given twice", func(_ *repository, o *restore.Options) {
			o.Buckets[1] = o.Buckets[0]
		}, restore.NotKnown, "1 of 3"},
		{"a bucket has lost everything", func(r *repository, _ *restore.Options) {
			for key := range r.buckets[0].Objects() {
				r.buckets[0].Delete(key)
			}
		}, restore.NotKnown, "1 of 3"},
		{"a bucket is behind", func(r *repository, _ *restore.Options) {
			r.describe(func(*format.Descriptor) {}, 0)
		}, restore.NotKnown, "1 of 3"},
		{"a bucket is still being filled", func(r *repository, _ *restore.Options) {
			r.describe(func(d *format.Descriptor) { d.Buckets[1].CompleteSince = epoch.Add(time.Hour) }, 0, 1)
		}, restore.NotKnown, "1 of 3"},
		{"the quorum was lower once", func(r *repository, _ *restore.Options) {
			r.describe(func(d *format.Descriptor) { d.Quorum = 1 }, 0, 1)
			r.describe(func(d *format.Descriptor) { d.Quorum = 3 }, 0, 1)
		}, restore.NotKnown, "3 are needed"},
		{"the reader's own quorum is lower", func(_ *repository, o *restore.Options) { o.Quorum = 1 }, restore.NotKnown, "3 are needed"},
		{"the newest descriptor is not given out", func(r *repository, o *restore.Options) {
			refuse(r, o, r.describe(func(*format.Descriptor) {}, 0, 1), store.ErrDenied)
		}, restore.NotKnown, "descriptor 2"},
		{"the newest descriptor gets no answer", func(r *repository, o *restore.Options) {
			refuse(r, o, r.describe(func(*format.Descriptor) {}, 0, 1), store.ErrNoAnswer)
		}, restore.NotKnown, "descriptor 2"},
		{"the newest descriptor is damaged", func(r *repository, _ *restore.Options) {
			r.put(r.describe(func(*format.Descriptor) {}), []byte("rot"), 1)
		}, restore.NotKnown, "descriptor 2"},
		{"the newest descriptor is too large", func(r *repository, _ *restore.Options) {
			r.put(r.describe(func(*format.Descriptor) {}), make([]byte, format.MaxDescriptor+1), 1)
		}, restore.NotKnown, "descriptor 2"},
		{"a receiver went on after its time", func(r *repository, _ *restore.Options) {
			r.describe(func(d *format.Descriptor) { d.Receivers[0].Until = epoch }, 0, 1)
		}, restore.NotKnown, "key signed 1 of the batches"},
		{"an object is cut off at a limit", func(r *repository, _ *restore.Options) {
			name, object := r.bomb()
			r.put(name, object, 0, 1)
		}, restore.No, "1 objects or lines"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRepository(t)
				r.fill(1)
				o := r.options(0, 1)
				test.spoil(r, &o)
				p := r.read(o).Report
				if p.Complete != test.want || !strings.Contains(p.Why, test.why) {
					t.Errorf("complete %s: %s; want %s: %s", p.Complete, p.Why, test.want, test.why)
				}
				if strings.Contains(test.why, "descriptor 2") && (p.Outcome == restore.OK || p.Descriptor != 1) {
					t.Errorf("outcome %s by descriptor %d", p.Outcome, p.Descriptor)
				}
			})
		})
	}
}

// TestCompleteIsSaidAlthough the first bucket's copies are bad, since the other one's are not.
func TestCompleteIsSaidAlthough(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(*repository)
	}{
		{"a copy is too large", func(r *repository) {
			r.drivers[0] = sized{r.drivers[0], format.MaxObject + 1}
		}},
		{"the first descriptor is damaged", func(r *repository) {
			for key := range r.buckets[0].Objects() {
				if strings.HasPrefix(key, format.DescriptorPrefix) {
					r.describe(func(*format.Descriptor) {}, 0, 1)
					r.put(key, []byte("rot"), 0)
				}
			}
		}},
		{"a batch is forged in a receiver's name, after its time", func(r *repository) {
			r.describe(func(d *format.Descriptor) { d.Receivers[1].Until = epoch }, 0, 1)
			_, r.receivers["two"], _ = ed25519.GenerateKey(nil)
			b := r.seal("two", 5, nil)
			r.put(b.Key.String(), b.Object, 0, 1)
		}},
		{"a higher descriptor is forged", func(r *repository) {
			_, root, _ := ed25519.GenerateKey(nil)
			r.root, root = root, r.root
			r.describe(func(*format.Descriptor) {}, 0)
			r.root = root
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRepository(t)
			r.fill(1)
			test.spoil(r)
			if p := r.read(r.options(0, 1)).Report; p.Complete != restore.Yes || p.Outcome != restore.Damage {
				t.Errorf("complete %s: %s; %+v", p.Complete, p.Why, p)
			}
		})
	}
}

// describe signs the next descriptor and puts it into the buckets.
func (r *repository) describe(change func(*format.Descriptor), buckets ...int) (name string) {
	r.tb.Helper()
	before := r.descriptor.SHA256
	r.descriptor.Number, r.descriptor.Previous = r.descriptor.Number+1, hex.EncodeToString(before[:])
	change(r.descriptor)
	name, object, err := format.SignDescriptor(r.descriptor, r.root)
	if err != nil {
		r.tb.Fatal(err)
	}
	r.put(name, object, buckets...)
	return name
}

// refuse lets no bucket of the options give the object out.
func refuse(r *repository, o *restore.Options, name string, err error) {
	for i, b := range o.Buckets {
		o.Buckets[i] = store.NewReader(b.Name(), fault.Reads(r.drivers[i],
			func(ctx context.Context, key string, offset, length int64, real fault.Read) (io.ReadCloser, error) {
				if key == name {
					return nil, err
				}
				return real(ctx, key, offset, length)
			}))
	}
}

// bomb is a signed batch of one line, which goes over the limit of a batch and hides what may follow.
func (r *repository) bomb() (name string, object []byte) {
	r.tb.Helper()
	var sealed bytes.Buffer
	encrypted, err := age.Encrypt(&sealed, r.identity.Recipient())
	if err != nil {
		r.tb.Fatal(err)
	}
	compressed, err := zstd.NewWriter(encrypted, zstd.WithEncoderConcurrency(1))
	if err != nil {
		r.tb.Fatal(err)
	}
	line := []byte(`{"specversion":"1.0","id":"x","source":"/a/b","type":"other","pad":"` + strings.Repeat("x", 1<<20) + "\"}\n")
	for range format.MaxPlain>>20 + 1 {
		if _, err := compressed.Write(line); err != nil {
			r.tb.Fatal(err)
		}
	}
	for _, w := range []io.Closer{compressed, encrypted} {
		if err := w.Close(); err != nil {
			r.tb.Fatal(err)
		}
	}
	k := format.Key{Time: epoch, SHA256: sha256.Sum256(sealed.Bytes()), Receiver: "one"}
	copy(k.Signature[:], ed25519.Sign(r.receivers["one"], fmt.Appendf(nil, "outlast batch v1\n%s\n%s\n%x\n%x\none\n",
		r.descriptor.Repository, k.Time.Format("20060102T150405.000000Z"), k.Nonce, k.SHA256))) // by FORMAT.md
	return k.String(), sealed.Bytes()
}
