package begin_test

import (
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"
	"time"

	"outlast.example/scripts/outlast/begin"
	"outlast.example/shared/format"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
	"outlast.example/shared/store/mem"
)

// capture seals a batch of one delivery, received that many minutes after the beginning, and puts it into the buckets.
func (r *repository) capture(minute int, buckets ...int) {
	r.Helper()
	recipients, err := format.ParseRecipients(r.want.Recipients)
	if err != nil {
		r.Fatal(err)
	}
	encoder, err := format.NewEncoder(r.want.Repository, "aws", r.receiver, recipients)
	if err != nil {
		r.Fatal(err)
	}
	now := r.want.Receivers[0].Since.Add(time.Duration(minute) * time.Minute)
	batch, err := encoder.Encode([]*format.Delivery{{
		ID: "019aa000-0000-7000-8000-000000000000", Kind: "generic", Source: "acme", Time: now, Method: "POST", Path: "/", Body: []byte("{}"),
	}}, now)
	if err != nil {
		r.Fatal(err)
	}
	for _, i := range buckets {
		r.stores[i].Put(batch.Key.String(), batch.Object)
	}
}

// replace puts an empty bucket in the place of one.
func (r *repository) replace(i int) {
	r.stores[i] = mem.New()
	r.drivers[i] = r.stores[i].Open(mem.Options{PageSize: 2})
}

// copyLog is what an operator does with a provider's tool.
func (r *repository) copyLog(from, to int) {
	for key, object := range r.stores[from].Objects() {
		if strings.HasPrefix(key, format.LogPrefix) {
			r.stores[to].Put(key, object)
		}
	}
}

func TestABucketThatWasReplaced(t *testing.T) {
	for _, test := range []struct {
		name string
		then func(*repository)
		says string // empty: it gets the descriptor
	}{
		{"is empty", func(*repository) {}, "mem://0 holds"},
		{"has what one other holds", func(r *repository) { r.copyLog(0, 2) }, "mem://1 holds"},
		{"has newer batches", func(r *repository) { r.capture(9, 0, 1, 2) }, "mem://0 holds"},
		{"has what the others hold", func(r *repository) { r.copyLog(0, 2); r.copyLog(1, 2) }, ""},
		{"has more than the others", func(r *repository) { r.copyLog(0, 2); r.copyLog(1, 2); r.capture(0, 2); r.capture(9, 2) }, ""},
		{"has all but what is no batch", func(r *repository) {
			r.copyLog(0, 2)
			r.copyLog(1, 2)
			for key := range r.stores[2].Objects() {
				r.stores[0].Put(key+".r1", nil)
			}
			r.stores[0].Put("log/readme.txt", nil)
			_, r.receiver, _ = ed25519.GenerateKey(nil)
			r.capture(5, 0)
		}, ""},
		{"cannot be compared", func(r *repository) {
			r.copyLog(0, 2)
			r.copyLog(1, 2)
			r.drivers[1] = fault.Down(store.ErrNoAnswer)
		}, "can be listed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRepository(t)
			if _, err := r.begin(nil); err != nil {
				t.Fatal(err)
			}
			r.capture(1, 0, 1)
			r.capture(2, 0, 2)
			r.capture(3, 1, 2)
			r.replace(2)
			test.then(r)
			before := len(r.stores[2].Objects())
			report, err := r.begin(nil)
			if err != nil {
				t.Fatal(err)
			}
			told, written := report.Buckets[2].Err, len(r.stores[2].Objects())-before
			if test.says == "" && (told != nil || written != 2 || !report.Whole()) {
				t.Errorf("%d written, %v", written, told)
			}
			if test.says != "" && (!errors.Is(told, begin.ErrBehind) || !strings.Contains(told.Error(), test.says) || written != 0 || report.Whole()) {
				t.Errorf("%d written, %v; want nothing, and why: %s", written, told, test.says)
			}
		})
	}
}
