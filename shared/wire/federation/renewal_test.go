package federation

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"outlast.example/shared/store"
)

// issuer gives numbered tokens of an hour's life.
type issuer struct {
	mutex   sync.Mutex
	asked   int
	atOnce  int
	most    int // fetches at once; 0: one
	slow    time.Duration
	failing error
}

func (i *issuer) fetch(ctx context.Context) (int, time.Time, error) {
	i.mutex.Lock()
	i.asked++
	i.atOnce++
	token, slow, err := i.asked, i.slow, i.failing
	if i.atOnce > max(i.most, 1) {
		panic("too many fetches at once")
	}
	i.mutex.Unlock()
	asking(ctx, "the issuer")
	select {
	case <-time.After(slow):
	case <-ctx.Done():
		err = ctx.Err()
	}
	i.mutex.Lock()
	defer i.mutex.Unlock()
	i.atOnce--
	return token, time.Now().Add(time.Hour), err
}

// bubble runs a test on a fake clock.
func bubble(t *testing.T, test func(t *testing.T, i *issuer, get func() (int, error))) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		i := new(issuer)
		r := renewal[int]{fetch: i.fetch}
		test(t, i, func() (int, error) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			return r.get(ctx)
		})
		time.Sleep(fetchTimeout) // on the fake clock: whatever is under way ends
	})
}

func wants(t *testing.T, get func() (int, error), want int) {
	t.Helper()
	if token, err := get(); token != want || err != nil {
		t.Errorf("token %d, %v; want %d", token, err, want)
	}
}

func TestRenewedAtHalfLife(t *testing.T) {
	bubble(t, func(t *testing.T, i *issuer, get func() (int, error)) {
		wants(t, get, 1)
		time.Sleep(30*time.Minute - time.Second)
		wants(t, get, 1)
		synctest.Wait()
		if i.asked != 1 {
			t.Fatalf("asked %d times before half of the life was over", i.asked)
		}
		time.Sleep(time.Second)
		i.slow = 5 * time.Second
		for range 100 { // nobody waits, and one fetch is enough for all
			wants(t, get, 1)
		}
		time.Sleep(i.slow)
		synctest.Wait()
		wants(t, get, 2)
		if i.asked != 2 {
			t.Errorf("asked %d times, want 2", i.asked)
		}
	})
}

func TestFailedRenewalKeepsTheOldToken(t *testing.T) {
	bubble(t, func(t *testing.T, i *issuer, get func() (int, error)) {
		wants(t, get, 1)
		i.failing = errors.New("down")
		time.Sleep(30 * time.Minute)
		end := time.Now().Add(30*time.Minute - margin)
		for time.Now().Before(end) {
			wants(t, get, 1)
			time.Sleep(time.Second)
		}
		if most := 2 + int(30*time.Minute/pause); i.asked < most/2 || i.asked > most {
			t.Errorf("asked %d times in half an hour, want about one in %v", i.asked, pause)
		}
		if token, err := get(); !errors.Is(err, store.ErrBusy) {
			t.Errorf("token %d, %v; want ErrBusy: it has run out", token, err)
		}
		i.failing = nil
		if _, err := get(); err != nil {
			t.Errorf("the issuer is back: %v", err)
		}
	})
}

func TestNobodyWaitsLongerThanHeWants(t *testing.T) {
	bubble(t, func(t *testing.T, i *issuer, get func() (int, error)) {
		i.slow = 1500 * time.Millisecond
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() {
				begun := time.Now()
				_, err := get()
				var token *store.TokenError
				if !errors.As(err, &token) || token.Issuer != "the issuer" || !errors.Is(err, store.ErrBusy) {
					t.Errorf("got %v; want who was asked, and ErrBusy", err)
				}
				if waited := time.Since(begun); waited != time.Second {
					t.Errorf("waited %v, want 1s", waited)
				}
			})
		}
		all.Wait()
		time.Sleep(2 * time.Second)
		wants(t, get, 1) // what others had given up waiting for
		if i.asked != 1 {
			t.Errorf("asked %d times, want once", i.asked)
		}
	})
}

func TestHungIssuerIsLeft(t *testing.T) {
	bubble(t, func(t *testing.T, i *issuer, get func() (int, error)) {
		i.slow, i.most = time.Hour, 2
		if _, err := get(); err == nil {
			t.Fatal("no error")
		}
		time.Sleep(fetchTimeout)
		i.slow = 0
		wants(t, get, 2)
	})
}

// A process that was frozen in the middle of a renewal has a fetch that never ends, on a dead connection, and a token that
// ran out meanwhile. The fake clock stands for the wall's, which went on.
func TestFrozenWhileRenewing(t *testing.T) {
	bubble(t, func(t *testing.T, i *issuer, get func() (int, error)) {
		wants(t, get, 1)
		time.Sleep(time.Hour - margin - time.Second)
		i.slow, i.most = time.Hour, 2
		wants(t, get, 1) // still good: nobody waits for the second one, which will not come
		synctest.Wait()
		i.slow = 300 * time.Millisecond
		time.Sleep(stale)
		thawed := time.Now()
		wants(t, get, 3)
		if waited := time.Since(thawed); waited != i.slow {
			t.Errorf("waited %v for a token, want what the issuer takes, %v", waited, i.slow)
		}
		time.Sleep(fetchTimeout) // the dead one fails, and nobody hears of it
		synctest.Wait()
		wants(t, get, 3)
		if i.asked != 3 {
			t.Errorf("asked %d times, want 3", i.asked)
		}
	})
}

// Who waits already when a fetch goes stale does not wait for its end.
func TestStaleFetchIsOvertaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := &issuer{slow: time.Hour, most: 2}
		r := renewal[int]{fetch: i.fetch}
		go func() {
			time.Sleep(time.Second)
			i.mutex.Lock()
			defer i.mutex.Unlock()
			i.slow = 100 * time.Millisecond
		}()
		began := time.Now()
		token, err := r.get(t.Context())
		if waited := time.Since(began); token != 2 || err != nil || waited != stale+100*time.Millisecond {
			t.Errorf("token %d, %v after %v", token, err, waited)
		}
		time.Sleep(fetchTimeout)
	})
}

// One that fails does not end the wait for the one beside it.
func TestTheOtherFetchMayDoBetter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fetches := make(chan int, 3)
		for n := range 3 {
			fetches <- n + 1 // the third one begins while the second is waited for, and is too late
		}
		r := renewal[int]{fetch: func(context.Context) (int, time.Time, error) {
			n := <-fetches
			time.Sleep(3 * time.Second)
			var err error
			if n == 1 {
				err = errors.New("down")
			}
			return n, time.Now().Add(time.Hour), err
		}}
		if token, err := r.get(t.Context()); token != 2 || err != nil {
			t.Errorf("token %d, %v; want the second one's", token, err)
		}
		time.Sleep(fetchTimeout)
	})
}

// TestTokensAreGood lets an issuer fail and come back at random: whoever gets a token can use it.
func TestTokensAreGood(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) step {
			return step{rapid.IntRange(0, 4000).Draw(rt, "seconds"), rapid.Bool().Draw(rt, "down")}
		}), 1, 30).Draw(rt, "steps")
		var fault string
		synctest.Test(t, func(t *testing.T) { fault = walk(t, steps) })
		if fault != "" {
			rt.Fatal(fault)
		}
	})
}

type step struct {
	seconds int
	down    bool
}

func walk(t *testing.T, steps []step) string {
	i := new(issuer)
	ends := map[int]time.Time{}
	r := renewal[int]{fetch: func(ctx context.Context) (int, time.Time, error) {
		token, end, err := i.fetch(ctx)
		ends[token] = end
		return token, end, err
	}}
	for _, s := range steps {
		time.Sleep(time.Duration(s.seconds) * time.Second) // on the fake clock
		i.failing = nil
		if s.down {
			i.failing = errors.New("down")
		}
		token, err := r.get(t.Context())
		synctest.Wait()
		if left := time.Until(ends[token]); err == nil && left <= margin {
			return fmt.Sprintf("token %d ends in %v", token, left)
		}
		if err != nil && !s.down {
			return fmt.Sprintf("%v, from an issuer that is there", err)
		}
	}
	return ""
}
