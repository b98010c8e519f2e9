package doctor

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
	"outlast.example/shared/store/fault"
	"outlast.example/shared/store/mem"
)

// What a store did not say is not known. Whatever else it says is a refusal, and only a refusal is one.
func TestOutcome(t *testing.T) {
	for _, test := range []struct {
		err       error
		want      Got
		must, not bool // wrong, where it must be, and where it must not
	}{
		{nil, Could, false, true},
		{store.ErrDenied, Refused, true, false},
		{errors.New("the object is locked"), Refused, true, false},
		{fmt.Errorf("%w: HTTP 403", store.ErrLocked), Held, false, true},
		{store.ErrNoAnswer, NotKnown, false, false},
		{store.ErrBusy, NotKnown, false, false},
		{store.ErrNoBucket, NotKnown, false, false},
		{fmt.Errorf("%w: locked already", errNothing), NotKnown, false, false},
		{context.Canceled, NotKnown, false, false},
	} {
		got := outcome(test.err)
		must, not := Check{Want: Must, Got: got}.Wrong(), Check{Want: MustNot, Got: got}.Wrong()
		if got != test.want || must != test.must || not != test.not {
			t.Errorf("%v is %s, wrong where it must be: %t, where it must not: %t", test.err, got, must, not)
		}
	}
}

// A store that takes a second object under one name breaks what capture stands on.
func TestConditionNotKept(t *testing.T) {
	b := Bucket{Creator: store.NewCreator("b", careless{mem.New().Open(mem.Options{})})}
	e := examination{b, Probe{"log/a", store.NewContent(nil)}, time.Now()}
	if err := create(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if got := outcome(createAgain(t.Context(), e)); got != Refused {
		t.Errorf("hearing that a name is taken: %s", got)
	}
}

// careless forgets the condition.
type careless struct{ store.Driver }

func (c careless) Create(ctx context.Context, key string, content store.Content) error {
	if err := c.Driver.Create(ctx, key, content); !errors.Is(err, store.ErrExists) {
		return err
	}
	return nil
}

// Each role is told of everything that it is examined in, also where nothing answers.
func TestNothingAnswers(t *testing.T) {
	d := fault.Down(store.ErrNoAnswer)
	b := Bucket{store.NewCreator("b", d), store.NewReader("b", d), store.NewLocker("b", d, time.Now), nil}
	b.Trespasser = store.NewTrespasser("b", silent{}, "log/a")
	for _, role := range Roles() {
		checks := Examine(t.Context(), role, b, Probe{Key: "log/a"}, time.Now())
		if len(checks) < 7 {
			t.Errorf("%s: only %d checks", role, len(checks))
		}
		for _, c := range checks {
			if c.Got != NotKnown && c.Action != "see a lock" && c.Action != "extend a lock" { // a store without locks
				t.Errorf("%s %s: %s", role, c.Action, c.Got)
			}
		}
	}
}

type silent struct{ store.TrespassDriver }

func (silent) Overwrite(context.Context, string, store.Content) error { return store.ErrNoAnswer }
func (silent) Delete(context.Context, string) error                   { return store.ErrNoAnswer }
func (silent) Shorten(context.Context, string, time.Time) error       { return store.ErrNoAnswer }

func TestProbesSayNothing(t *testing.T) {
	changes, err := Source().Changes(&format.Delivery{Kind: "doctor"}, "aws-eu")
	if len(changes) != 0 || err != nil {
		t.Errorf("%v, %v", changes, err)
	}
}
