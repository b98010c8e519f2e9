package verify

import (
	"context"
	"errors"
	"fmt"

	"outlast.example/shared/format"
	"outlast.example/shared/listing"
	"outlast.example/shared/store"
)

// Keeper is a bucket that can be read and created in. *store.Keeper is one. Nothing in it deletes or overwrites.
type Keeper interface {
	Bucket
	Create(ctx context.Context, key string, content store.Content) error
}

// Repair does what Run does, and repairs as it goes: what a bucket lacks it gets from one whose copy is sound, under
// its name, or as a repair of that name where damaged bytes have it. What cannot be put right so says what a person must do.
// The buckets of the options are not used.
func Repair(ctx context.Context, o Options, keepers []Keeper) (Report, error) {
	o.Buckets = nil
	for _, k := range keepers {
		o.Buckets = append(o.Buckets, k)
	}
	return run(ctx, o, &mender{keepers: keepers, tasks: newTasks(o.Parallel), short: map[place]bool{}})
}

// mender repairs.
type mender struct {
	keepers []Keeper
	buckets []*asked // the same ones, to read
	tasks   *tasks
	short   map[place]bool // hours, of which a bucket lacks a batch that it did not get
}

// mendAll repairs what can be repaired. Each fault then says how, or why not. It may be stopped anywhere, and a bucket that
// holds a seal is taken to hold its hour and the seal's parts, and one that holds a signature, the seal. What is lost keeps no seal back.
func (m *mender) mendAll(ctx context.Context, faults []fault) {
	lacking := map[place]bool{} // seals that are not there, or not whole
	for _, step := range []func(key string) bool{beforeSeals, isSeal, isSignature} {
		for i := range faults {
			f := &faults[i]
			switch {
			case f.mend == nil || f.mend.byHand || !step(f.Key) || ctx.Err() != nil:
			case lacking[place{f.bucket, sealOf(f.Key)}]:
				f.Do = "not repaired: its seal, or a part of that, is not there"
			case m.short[place{f.bucket, hourOfSeal(f.Key)}]:
				f.Do = "not repaired: a batch of its hour is not there"
			default:
				m.tasks.start(func() { m.mend(ctx, f) })
			}
		}
		m.tasks.wait()
		for _, f := range faults {
			if k, err := format.ParseKey(f.Key); err == nil && (f.Verdict == Missing || f.Verdict == Hidden) && f.Repaired == "" && !f.lost {
				m.short[place{f.bucket, format.SealHourPrefix(k.Time)}] = true
			}
			if seal := sealOf(f.Key); seal != "" && f.mend != nil && !f.mend.byHand && step(f.Key) && f.Repaired == "" {
				lacking[place{f.bucket, seal}] = true
			}
		}
	}
}

// place is an object's, or where one should be.
type place struct {
	bucket int
	key    string
}

func isSeal(key string) bool {
	_, err := format.ParseSealName(key)
	return err == nil
}

func isSignature(key string) bool {
	_, err := format.ParseSealSignature(key)
	return err == nil
}

func beforeSeals(key string) bool { return !isSeal(key) && !isSignature(key) }

// sealOf is the name of the seal that a signature or a part is of, or that the key itself is; empty: it is none of these.
func sealOf(key string) string {
	if isSeal(key) {
		return key
	}
	if s, err := format.ParseSealSignature(key); err == nil {
		return s.SealName.String()
	}
	if p, err := format.ParsePartName(key); err == nil {
		return p.SealName.String()
	}
	return ""
}

// hourOfSeal is what the name of a seal begins with, and those of its signatures and parts; empty: the key is none of these.
func hourOfSeal(key string) string {
	name, err := format.ParseSealName(sealOf(key))
	if err != nil {
		return ""
	}
	return format.SealHourPrefix(name.Hour)
}

func (m *mender) mend(ctx context.Context, f *fault) {
	err := m.tasks.hold(ctx, f.mend.size(), func() error {
		object, from, err := m.sound(ctx, f.mend)
		if f.lost = err != nil && !store.Worth(err); err != nil {
			return err
		}
		name, err := m.store(ctx, f, object)
		if err == nil {
			f.Repaired, f.Do = from+" as "+name, ""
		}
		return err
	})
	if err != nil {
		f.Do = "not repaired: " + err.Error()
	}
}

// size of the largest source, in bytes. How large older versions are, the listing does not say.
func (r *remedy) size() int64 {
	size := int64(len(r.object))
	for _, row := range r.sources {
		if size = max(size, row.Size); row.Older > 0 {
			size = max(size, r.limit)
		}
	}
	return size
}

// sound gives what is to be stored, and where it is from.
func (m *mender) sound(ctx context.Context, r *remedy) ([]byte, string, error) {
	if r.object != nil {
		return r.object, "written anew", nil
	}
	errs := []error{errors.New("no bucket looked at gives out a sound copy")}
	for _, row := range r.sources {
		object, err := m.buckets[row.Bucket].ReadAll(ctx, row.Key, r.limit)
		if err == nil {
			err = r.check(object)
		}
		if err == nil {
			return object, "copied from " + m.buckets[row.Bucket].Name(), nil
		}
		errs = append(errs, err)
	}
	object, from, err := m.older(ctx, r)
	if object != nil {
		return object, from, nil
	}
	return nil, "", errors.Join(append(errs, err)...)
}

// older gives the first sound version that lies under another one, or under a delete marker.
func (m *mender) older(ctx context.Context, r *remedy) ([]byte, string, error) {
	var errs []error
	for _, row := range r.sources {
		if row.Older == 0 {
			continue
		}
		u, err := m.buckets[row.Bucket].beneath(ctx, row.Key, r)
		if err == nil {
			return u.Object, fmt.Sprintf("copied from %s of %s", listing.VersionName(u.Sound), m.buckets[row.Bucket].Name()), nil
		}
		errs = append(errs, fmt.Errorf("%s in %s: %w", row.Key, m.buckets[row.Bucket].Name(), err))
	}
	return nil, "", errors.Join(errs...)
}

// store creates the object under the first name that is free, and says which. A name that is taken by the object itself
// will do, too: another run was here. Either must be listed now.
func (m *mender) store(ctx context.Context, f *fault, object []byte) (string, error) {
	bucket, content := m.keepers[f.bucket], store.NewContent(object)
	for _, name := range f.mend.names {
		err := bucket.Create(ctx, name, content)
		if errors.Is(err, store.ErrExists) {
			if there, err := bucket.ReadAll(ctx, name, max(f.mend.limit, 1)); err != nil || string(there) != string(object) {
				continue
			}
		} else if err != nil {
			return "", err
		}
		return name, shown(ctx, bucket, name)
	}
	return "", fmt.Errorf("every name that it may have is taken by other bytes: delete those by hand, or the versions on top")
}

// shown wants an object in its bucket's listing: whoever restores finds it by that alone.
func shown(ctx context.Context, b Keeper, name string) error {
	for o, err := range b.List(ctx, name) {
		if err != nil {
			return err
		}
		if o.Key == name {
			return nil
		}
	}
	return errors.New("the bucket holds it, sound, and its listing leaves it out: ask who runs the store")
}
