package exhaust

import (
	"fmt"
	"time"

	"outlast.example/shared/replica"
)

// never is a step that no try reaches.
const never = 1 << 30

// try is one delivery's way, and the way of the same delivery sent again where the first time gave no 200.
type try struct {
	fates  fatesOf
	order  [buckets]int
	kill   int      // the step before which the receiver dies
	second *fatesOf // of the second time; nil: all is well

	steps    int
	killed   bool
	verdicts []replica.Verdict
}

func (t *try) run() error {
	v, err := t.send(t.fates, t.kill)
	if err != nil || v == replica.Acknowledged {
		return err
	}
	v, err = t.send(t.then(), never)
	if err == nil && t.second == nil && v != replica.Acknowledged {
		return fmt.Errorf("the second time all is well, and the answer is %q", v)
	}
	return err
}

// then is what befalls the second time.
func (t *try) then() fatesOf {
	if t.second == nil {
		return fatesOf{}
	}
	return *t.second
}

// copyOf is one bucket's copy of the batch.
type copyOf struct {
	held     bool // the truth
	told     bool // the receiver heard that it is stored
	attempts int
}

// sending is one delivery with a receiver.
type sending struct {
	*try
	fates   fatesOf
	machine *replica.Machine
	now     time.Time
	kill    int
	copies  [buckets]copyOf
	pending []answer
	verdict replica.Verdict
	dead    bool
}

// answer is what a bucket will say to an attempt, and when.
type answer struct {
	at      time.Time
	bucket  int
	batch   replica.BatchID
	outcome replica.Outcome
}

func (t *try) send(f fatesOf, kill int) (replica.Verdict, error) {
	policy := replica.DefaultPolicy(buckets)
	s := &sending{try: t, fates: f, now: begin, kill: kill}
	s.machine = replica.NewMachine(policy, buckets, func() float64 { return 0.5 })
	deadline := begin.Add(4500 * time.Millisecond)
	if err := s.step(replica.Arrived{Delivery: 1, Bytes: 1000, Deadline: deadline}); err != nil {
		return "", err
	}
	for !s.dead && !s.machine.Idle() {
		if err := s.next(); err != nil {
			return "", err
		}
	}
	if s.dead {
		t.killed = true
		return s.verdict, nil
	}
	if s.verdict == "" || s.now.After(deadline.Add(time.Hour)) {
		return "", fmt.Errorf("no answer")
	}
	return s.verdict, nil
}

// next lets the earliest thing happen: an answer, or a moment that the machine waits for.
func (s *sending) next() error {
	first := -1
	for i, a := range s.pending {
		if first < 0 || a.at.Before(s.pending[first].at) {
			first = i
		}
	}
	wake := s.machine.Wake()
	switch {
	case first >= 0 && (wake.IsZero() || !wake.Before(s.pending[first].at)):
		a := s.pending[first]
		s.pending = append(s.pending[:first], s.pending[first+1:]...)
		s.now = a.at
		if a.outcome == replica.OutcomeStored || a.outcome == replica.OutcomeExisted {
			s.copies[a.bucket].told = true
		}
		return s.step(replica.Created{Batch: a.batch, Bucket: a.bucket, Outcome: a.outcome})
	case wake.IsZero():
		return fmt.Errorf("nothing is under way, and the machine waits")
	}
	s.now = wake
	return s.step(replica.Woken{})
}

func (s *sending) step(e replica.Event) error {
	if s.steps++; s.steps > 1000 {
		return fmt.Errorf("no end after %d steps", s.steps)
	}
	if s.kill--; s.kill == 0 {
		s.dead = true
		return nil
	}
	for _, a := range s.machine.Step(s.now, e) {
		switch a := a.(type) {
		case replica.Encode:
			if err := s.step(replica.Encoded{Batch: a.Batch, Bytes: 600, OK: true}); err != nil || s.dead {
				return err
			}
		case replica.Create:
			s.create(a)
		case replica.Answer:
			if err := s.answered(a); err != nil {
				return err
			}
		case replica.Finish:
			if err := s.statuses(a.Buckets); err != nil {
				return err
			}
		}
	}
	return nil
}

// create has a bucket meet its fate. Buckets answer in their order, a millisecond after each other.
func (s *sending) create(a replica.Create) {
	c, f := &s.copies[a.Bucket], s.fates[a.Bucket]
	if c.attempts++; c.attempts > 1 && f != hung {
		f = stored
	}
	soon := s.now.Add(time.Duration(1+s.order[a.Bucket]) * time.Millisecond)
	then := answer{at: soon, bucket: a.Bucket, batch: a.Batch}
	switch f {
	case stored:
		if c.held {
			then.outcome = replica.OutcomeExisted
		}
	case refused, perverse:
		then.outcome = replica.OutcomeRefused
	case busy:
		then.outcome = replica.OutcomeBusy
	case lostAnswer, lost:
		then.outcome = replica.OutcomeNoAnswer
	case hung:
		then.outcome, then.at = replica.OutcomeNoAnswer, a.Until
	}
	c.held = c.held || f.stores()
	s.pending = append(s.pending, then)
}

// answered holds the answer against what the buckets hold, and against what the receiver knows.
func (s *sending) answered(a replica.Answer) error {
	held, told := 0, 0
	for _, c := range s.copies {
		if c.held {
			held++
		}
		if c.told {
			told++
		}
	}
	switch {
	case s.verdict != "":
		return fmt.Errorf("answered %q after %q", a.Verdict, s.verdict)
	case a.Verdict == replica.Acknowledged && held < quorum:
		return fmt.Errorf("acknowledged with %d copies", held)
	case a.Verdict != replica.Acknowledged && told >= quorum:
		return fmt.Errorf("answered %q with %d copies that are known", a.Verdict, told)
	case a.Verdict != replica.Acknowledged && s.possible():
		return fmt.Errorf("answered %q, though a quorum of buckets stores what is sent again", a.Verdict)
	case s.now.After(begin.Add(4500 * time.Millisecond)):
		return fmt.Errorf("answered after the deadline")
	}
	s.verdict = a.Verdict
	s.verdicts = append(s.verdicts, a.Verdict)
	return s.statuses(a.Buckets)
}

// possible reports whether a quorum of the buckets stores the first attempt, or a further one, and says so.
func (s *sending) possible() bool {
	n := 0
	for _, f := range s.fates {
		if f != refused && f != perverse && f != hung {
			n++
		}
	}
	return n >= quorum
}

// statuses holds what is said of each copy against what is so.
func (s *sending) statuses(said []replica.Status) error {
	for i, is := range said {
		switch c := s.copies[i]; {
		case (is == replica.Stored || is == replica.Existed) && !c.held:
			return fmt.Errorf("bucket %d holds nothing, and is said to be %q", i, is)
		case is == replica.Failed && c.held && s.fates[i] != perverse:
			return fmt.Errorf("bucket %d holds the batch, and is said to be %q", i, is)
		}
	}
	return nil
}
