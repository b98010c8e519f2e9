package watch

import "hash/maphash"

// marks are what was heard of a record.
type marks uint8

const (
	created marks = 1 << iota
	updated
	deleted
)

// sampleSize is how many records a sample holds at most. Up to here its counts are exact; beyond, their standard error is
// below 3 % (1.2 / √2048; Flajolet, "On adaptive sampling", 1990), which is fine for a share of 10 %.
const sampleSize = 2048

// sample counts distinct records in bounded memory: it holds hashes of ids, and once there are too many only those that
// end in a number of zero bits. It depends on the set of what was added alone.
type sample struct {
	seen     map[uint64]marks
	zeros    uint // bits
	removals int  // of those seen
	edits    int  // of those seen: updated, and not created in the same sample
}

var seed = maphash.MakeSeed()

func hashOf(id string) uint64 { return maphash.String(seed, id) }

func (s *sample) add(hash uint64, m marks) {
	if hash&(1<<s.zeros-1) != 0 {
		return
	}
	if s.seen == nil {
		s.seen = map[uint64]marks{}
	}
	before := s.seen[hash]
	s.seen[hash] = before | m
	s.tally(before, -1)
	s.tally(before|m, 1)
	for len(s.seen) > sampleSize {
		s.halve()
	}
}

func (s *sample) halve() {
	s.zeros++
	for hash, m := range s.seen {
		if hash&(1<<s.zeros-1) != 0 {
			delete(s.seen, hash)
			s.tally(m, -1)
		}
	}
}

// tally takes a record in or out. An import creates records and fills them in: that is no update.
func (s *sample) tally(m marks, n int) {
	if m&deleted != 0 {
		s.removals += n
	}
	if m&updated != 0 && m&created == 0 {
		s.edits += n
	}
}

func (s *sample) records() int { return len(s.seen) << s.zeros }
func (s *sample) deleted() int { return s.removals << s.zeros }
func (s *sample) updated() int { return s.edits << s.zeros }
