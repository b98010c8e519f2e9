package verify

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"
)

// MaxParts is how many parts there can be.
const MaxParts = 10_000

// Part is the Number-th of Of equal parts of all objects, from 1 on. The zero value is nothing.
type Part struct {
	Number int `json:"number"`
	Of     int `json:"of"`
}

// ParsePart reads a part as people write it: 3/30.
func ParsePart(s string) (Part, error) {
	var p Part
	if _, err := fmt.Sscanf(s, "%d/%d", &p.Number, &p.Of); err != nil || p.String() != s || p.Number < 1 || p.Number > p.Of || p.Of > MaxParts {
		return Part{}, fmt.Errorf("%q is no part: write 3/30 for the third thirtieth, 1/1 for everything", s)
	}
	return p, nil
}

// PartOn is the day's part of all objects, where so many days make up the whole. Days are those of UTC.
func PartOn(now time.Time, days int) Part {
	day := now.Unix() / int64(24*time.Hour/time.Second)
	return Part{Number: int(day%int64(days)) + 1, Of: days}
}

func (p Part) String() string { return fmt.Sprintf("%d/%d", p.Number, p.Of) }

// Holds reports whether all objects of another part are of this one, too. Nothing, the zero value, is in every part.
func (p Part) Holds(o Part) bool {
	return o.Of == 0 || p.Of > 0 && o.Of%p.Of == 0 && (o.Number-1)%p.Of == p.Number-1
}

// Has reports whether an object belongs to the part, by a hash of its key: always the same one. A repair belongs where
// that which it repairs does.
func (p Part) Has(key string) bool {
	if p.Of == 0 {
		return false
	}
	sum := sha256.Sum256([]byte(key))
	return binary.BigEndian.Uint64(sum[:])%uint64(p.Of) == uint64(p.Number-1) //nolint:gosec // both are positive
}
