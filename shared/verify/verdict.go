package verify

import (
	"errors"

	"outlast.example/shared/format"
	"outlast.example/shared/store"
)

// Verdict is what is wrong with an object.
type Verdict string

// The verdicts. Those that restore has too mean the same there.
const (
	Missing    Verdict = "missing"     // the bucket should hold it, and does not list it
	Hidden     Verdict = "hidden"      // somebody deleted it, and the bucket still has a version of it
	Damaged    Verdict = "damaged"     // its bytes are not those that its name speaks of
	TooLarge   Verdict = "too large"   // beyond a limit of the format
	Malformed  Verdict = "malformed"   // signed and intact, yet not readable
	Forged     Verdict = "forged"      // nobody whose signature counts signed it
	Foreign    Verdict = "foreign"     // its name is none of the format
	Unchained  Verdict = "unchained"   // a seal that does not go on from the hour before
	RolledBack Verdict = "rolled back" // an earlier run saw it, and no bucket holds it any more

	// With these, something is not known.
	Unreadable Verdict = "unreadable" // the store lists it, and did not give it out
	Unsealed   Verdict = "unsealed"   // no seal lists it, or no seal of the hour counts, long after it was due
	Unsigned   Verdict = "unsigned"   // a seal that no sealer signed, and that is not inert: one that was interrupted, or none
)

// Doubt reports whether the verdict says that something is not known, rather than wrong.
func (v Verdict) Doubt() bool { return v == Unreadable || v == Unsealed || v == Unsigned }

func verdictOf(err error) Verdict {
	for _, known := range []struct {
		err     error
		verdict Verdict
	}{
		{format.ErrForged, Forged}, {format.ErrName, Foreign}, {format.ErrDamaged, Damaged}, {format.ErrMalformed, Malformed},
		{format.ErrTooLarge, TooLarge}, {store.ErrTooLarge, TooLarge},
	} {
		if errors.Is(err, known.err) {
			return known.verdict
		}
	}
	return Unreadable
}

// advice is what an operator can do.
var advice = map[Verdict]string{
	Missing:   "verify --repair copies it, where any bucket holds it sound",
	Hidden:    "verify --repair copies it on top, or beside it; and ask who may delete there",
	Damaged:   "verify --repair puts a sound copy beside it, where any bucket holds one",
	TooLarge:  "keep it for the inquiry: the signer made what the format forbids, or the name is another object's",
	Malformed: "keep it for the inquiry: the signer made what the format forbids",
	Forged: "keep it: nothing believes it, and nothing copies it on. Where only the time is wrong, its receiver went on after the " +
		"descriptor ended it, and it may be acknowledged: never delete that. Otherwise delete it by hand after the inquiry",
	Foreign:    "delete it by hand, or move it: nothing of Outlast has that name",
	Unchained:  "ask who holds the sealers' keys: an honest sealer names the seals of the hour before",
	RolledBack: "stop everything that deletes, look for older versions with the store's own tools, and ask who could remove them",
	Unreadable: "run verify again; if it stays, treat it as damaged",
	Unsealed:   "run reconcile --relist --since that hour with the sealers' keys, from a quarter past an hour on; what stays unsealed, a receiver's key signed behind the sealers' back",
	Unsigned:   "have two sealers' reconcile seal its hour, if it is not firm; what stays afterwards, no sealer left there: delete it by hand after the inquiry",
}
