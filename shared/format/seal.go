package format

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Seal is a list of what one hour's batches are, and of the seals before: sealers sign it, so that what is removed, added
// or rolled back later shows. Its bytes are a function of what it says, so that sealers who saw the same make the same
// object. An hour may have several seals; it holds the union of what they list. Of many batches, a seal holds the hashes of
// the parts of their list, which are objects of their own: whoever signs the seal signs them.
type Seal struct {
	Format     int       `json:"format"`
	Repository string    `json:"repository"`
	Hour       time.Time `json:"hour"`     // its beginning, UTC
	Listed     []string  `json:"listed"`   // URLs of the buckets whose listing of the hour came to its end, sorted
	Previous   []string  `json:"previous"` // SHA-256, hexadecimal, of the seals of the hour before that were known, sorted
	Objects    []Sealed  `json:"objects"`  // batches of the hour, by key
	Late       []Sealed  `json:"late"`     // batches of earlier hours that no seal lists, by key

	// Parts are the SHA-256, hexadecimal, of the parts of the list of the hour's batches, in their order; then Objects is empty.
	Parts []string `json:"parts,omitempty"`
}

// inParts is the format of a seal that has parts. To readers that know none, it is a newer one.
const inParts = 2

// Sealed is a batch in a seal.
type Sealed struct {
	Key  string `json:"key"`
	Size int64  `json:"size"` // bytes
}

// Encode sorts what the seal says and makes the object: its name and its bytes.
func (s *Seal) Encode() (SealName, []byte, error) {
	s.sort()
	if err := s.check(); err != nil {
		return SealName{}, nil, fmt.Errorf("encode the seal of %s: %w", s.Hour.UTC().Format(sealHour), err)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return SealName{}, nil, err
	}
	if b.Len() > MaxSeal {
		return SealName{}, nil, fmt.Errorf("encode the seal of %s: %w: %d bytes", s.Hour.UTC().Format(sealHour), ErrTooLarge, b.Len())
	}
	return SealName{Hour: s.Hour, SHA256: sha256.Sum256(b.Bytes())}, b.Bytes(), nil
}

// OpenSeal checks a seal against its name and reads it. Who signed it, its signatures say.
func OpenSeal(name SealName, object []byte, repository string) (*Seal, error) {
	s, err := openSeal(name, object, repository)
	if err != nil {
		return nil, fmt.Errorf("open seal %s: %w", name, err)
	}
	return s, nil
}

func openSeal(name SealName, object []byte, repository string) (*Seal, error) {
	var s Seal
	switch {
	case len(object) > MaxSeal:
		return nil, fmt.Errorf("%w: over %d bytes", ErrTooLarge, MaxSeal)
	case sha256.Sum256(object) != name.SHA256:
		return nil, fmt.Errorf("%w: %d bytes of another hash than the name's", ErrDamaged, len(object))
	case !utf8.Valid(object):
		return nil, fmt.Errorf("%w: not UTF-8", ErrMalformed)
	}
	if err := json.Unmarshal(object, &s); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	again, _, err := s.reencoded()
	switch {
	case err != nil:
		return nil, err
	case s.Repository != repository || !s.Hour.Equal(name.Hour):
		return nil, fmt.Errorf("%w: of another repository or hour than its name's place", ErrMalformed)
	case again != name: // doubled names, another order, an unknown field: nothing but Encode's own bytes
		return nil, fmt.Errorf("%w: not written as this format writes it", ErrMalformed)
	}
	return &s, nil
}

func (s *Seal) reencoded() (SealName, []byte, error) {
	if s.Format > inParts {
		return SealName{}, nil, fmt.Errorf("%w: format %d, this program reads %d: update it", ErrNewer, s.Format, inParts)
	}
	return s.Encode()
}

func (s *Seal) sort() {
	s.Hour = s.Hour.UTC()
	for _, list := range []*[]string{&s.Listed, &s.Previous} {
		*list = slices.Compact(slices.Sorted(slices.Values(*list)))
		if *list == nil {
			*list = []string{}
		}
	}
	for _, list := range []*[]Sealed{&s.Objects, &s.Late} {
		slices.SortFunc(*list, func(a, b Sealed) int { return strings.Compare(a.Key, b.Key) })
		if *list == nil {
			*list = []Sealed{}
		}
	}
}

// Covers reports whether the seal says all that another one says, and lists no other batches of their hour: whoever would
// make that one can sign this one.
func (s *Seal) Covers(o *Seal) bool {
	return s.Format == o.Format && s.Repository == o.Repository && s.Hour.Equal(o.Hour) &&
		holds(s.Objects, o.Objects) && holds(o.Objects, s.Objects) && slices.Equal(s.Parts, o.Parts) &&
		holds(s.Late, o.Late) && holds(s.Listed, o.Listed) && holds(s.Previous, o.Previous)
}

// holds reports whether a list holds all of another one.
func holds[T comparable](list, other []T) bool {
	in := make(map[T]bool, len(list))
	for _, e := range list {
		in[e] = true
	}
	return !slices.ContainsFunc(other, func(e T) bool { return !in[e] })
}

// check says why a sorted seal cannot stand.
func (s *Seal) check() error {
	want := Version
	if len(s.Parts) > 0 {
		want = inParts
	}
	switch {
	case s.Format != want:
		return fmt.Errorf("%w: format %d, want %d", ErrMalformed, s.Format, want)
	case CheckRepository(s.Repository) != nil:
		return fmt.Errorf("%w: %w", ErrMalformed, CheckRepository(s.Repository))
	case !rfc3339(s.Hour) || !s.Hour.Equal(s.Hour.Truncate(time.Hour)):
		return fmt.Errorf("%w: hour is no beginning of an hour", ErrMalformed)
	case len(s.Listed) == 0:
		return fmt.Errorf("%w: no bucket was listed", ErrMalformed)
	case slices.ContainsFunc(s.Previous, func(hash string) bool { return !isHash(hash) }):
		return fmt.Errorf("%w: previous is no list of hashes", ErrMalformed)
	case len(s.Parts) > 0 && len(s.Objects) > 0:
		return fmt.Errorf("%w: it lists batches, and has parts that do", ErrMalformed)
	case len(s.Parts) > MaxParts:
		return fmt.Errorf("%w: %d parts", ErrTooLarge, len(s.Parts))
	case slices.ContainsFunc(s.Parts, func(hash string) bool { return !isHash(hash) }):
		return fmt.Errorf("%w: parts is no list of hashes", ErrMalformed)
	}
	before := func(k Key) bool { return k.Time.Before(s.Hour) }
	return errors.Join(checkSealed(s.Objects, s.inside), checkSealed(s.Late, before))
}

// inside reports whether a batch is of the seal's hour.
func (s *Seal) inside(k Key) bool { return HourPrefix(k.Time) == HourPrefix(s.Hour) }

// checkSealed wants batches' names, each once, and none of a repair: that is another copy of the same batch.
func checkSealed(list []Sealed, belongs func(Key) bool) error {
	last := ""
	for _, o := range list {
		k, err := ParseKey(o.Key)
		switch {
		case err != nil:
			return fmt.Errorf("%w: %w", ErrMalformed, err)
		case k.Repair != 0 || o.Size < 0 || !belongs(k):
			return fmt.Errorf("%w: %s does not belong there", ErrMalformed, o.Key)
		case o.Key <= last:
			return fmt.Errorf("%w: %s is listed twice", ErrMalformed, o.Key)
		}
		last = o.Key
	}
	return nil
}
