package format

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"strconv"
	"strings"
)

const partExtension = ".part"

// PartName names a part of a seal's list. The seal proves its content, and whoever signed the seal vouches for both.
type PartName struct {
	SealName
	Number int // from 1 on
}

// String is the object's key in the bucket. The parts of a seal come behind its signatures, and before the seal.
func (n PartName) String() string {
	return fmt.Sprintf("%s%x.%04d%s", SealHourPrefix(n.Hour), n.SHA256, n.Number, partExtension)
}

// ParsePartName takes a part's name apart; it accepts exactly those that String gives.
func ParsePartName(s string) (PartName, error) {
	stem := strings.TrimSuffix(s, partExtension)
	stem, number, _ := strings.Cut(stem, ".")
	var n PartName
	n.Number, _ = strconv.Atoi(number)
	if !n.parse(stem) || n.Number < 1 || n.Number > MaxParts || n.String() != s {
		return PartName{}, &notNamed{s, "no part of a seal"}
	}
	return n, nil
}

// OpenPart checks the nth part of the seal's list, counted from 1, and reads it.
func (s *Seal) OpenPart(number int, object []byte) ([]Sealed, error) {
	list, err := s.openPart(number, object)
	if err != nil {
		return nil, fmt.Errorf("open part %d of the seal of %s: %w", number, s.Hour.UTC().Format(sealHour), err)
	}
	return list, nil
}

func (s *Seal) openPart(number int, object []byte) (list []Sealed, err error) {
	if len(object) > MaxPart {
		return nil, fmt.Errorf("%w: over %d bytes", ErrTooLarge, MaxPart)
	}
	if sum := sha256.Sum256(object); hex.EncodeToString(sum[:]) != s.Parts[number-1] {
		return nil, fmt.Errorf("%w: %d bytes of another hash than the seal names", ErrDamaged, len(object))
	}
	var again []byte
	for line := range bytes.Lines(object) {
		var o Sealed
		if err := json.Unmarshal(line, &o); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
		}
		list, again = append(list, o), appendSealed(again, o)
	}
	switch {
	case len(list) == 0:
		return nil, fmt.Errorf("%w: it lists nothing", ErrMalformed)
	case !bytes.Equal(again, object):
		return nil, fmt.Errorf("%w: not written as this format writes it", ErrMalformed)
	}
	return list, checkSealed(list, s.inside)
}

// appendSealed writes a line of a part. Of a batch's name, JSON escapes nothing.
func appendSealed(b []byte, o Sealed) []byte {
	return fmt.Appendf(b, "{\"key\":\"%s\",\"size\":%d}\n", o.Key, o.Size)
}

// All are the hour's batches that the seal lists, in ascending order. It reads one part at a time, and ends with an error
// where one cannot be read: what else the seal lists is then not known.
func (s *Seal) All(part func(number int) ([]Sealed, error)) iter.Seq2[Sealed, error] {
	return func(yield func(Sealed, error) bool) {
		for _, o := range s.Objects {
			if !yield(o, nil) {
				return
			}
		}
		last := ""
		for i := range s.Parts {
			list, err := part(i + 1)
			if err == nil && list[0].Key <= last {
				err = fmt.Errorf("%w: part %d of the seal of %s does not go on from the one before", ErrMalformed, i+1, s.Hour.UTC().Format(sealHour))
			}
			if err != nil {
				yield(Sealed{}, err)
				return
			}
			for _, o := range list {
				if !yield(o, nil) {
					return
				}
			}
			last = list[len(list)-1].Key
		}
	}
}
