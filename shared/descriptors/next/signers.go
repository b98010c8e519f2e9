package next

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"outlast.example/shared/format"
)

// Signers is what changes about receivers, or about sealers.
type Signers struct {
	Add []format.Signer // without a since: the usual one
	End []Timed         // by name; usually now
}

func (s *Signers) apply(role string, list *[]format.Signer, now, since time.Time) error {
	var errs []error
	for _, added := range s.Add {
		errs = append(errs, checkNew(role, *list, added))
		if added.Since.IsZero() {
			added.Since = since
		}
		added.Since = added.Since.UTC().Truncate(time.Second)
		*list = append(*list, added)
	}
	for _, ended := range s.End {
		if ended.At.IsZero() {
			ended.At = now.Add(time.Second) // now is when a second began
		}
		errs = append(errs, end(role, *list, ended))
	}
	return errors.Join(errs...)
}

// checkNew refuses a name or a key that is there, also one that ended: it would speak for what the other one signed.
func checkNew(role string, list []format.Signer, added format.Signer) error {
	for _, s := range list {
		switch {
		case s.Name == added.Name:
			return fmt.Errorf("%s %s is listed already, and its name is taken for good: make a key under a new name", role, s.Name)
		case s.Key.Equal(added.Key):
			return fmt.Errorf("%s %s: its key is that of %s %s: make a new key", role, added.Name, role, s.Name)
		}
	}
	return nil
}

func end(role string, list []format.Signer, ended Timed) error {
	i := slices.IndexFunc(list, func(s format.Signer) bool { return s.Name == ended.Name })
	if i < 0 {
		return fmt.Errorf("no %s %q; there are: %s", role, ended.Name, names(list))
	}
	at := ended.At.UTC().Add(time.Second - 1).Truncate(time.Second) // what it signed earlier in that second counts
	switch s := list[i]; {
	case !s.Until.IsZero() && !at.Before(s.Until):
		return fmt.Errorf("%s %s has ended at %s: a key is never prolonged", role, s.Name, s.Until.Format(time.RFC3339))
	case !at.After(s.Since):
		return fmt.Errorf("%s %s: its end is not after its beginning, %s", role, s.Name, s.Since.Format(time.RFC3339))
	}
	list[i].Until = at
	return nil
}

func names(list []format.Signer) string {
	if len(list) == 0 {
		return "none"
	}
	all := make([]string, len(list))
	for i, s := range list {
		all[i] = s.Name
	}
	return strings.Join(all, ", ")
}

// checkSealers refuses hours that no sealer may seal while a later one's key is valid: seals are a chain, and it would end there.
func checkSealers(is, next *format.Descriptor) error {
	from, to := unsealable(next.Sealers)
	if was, _ := unsealable(is.Sealers); from.IsZero() || !was.IsZero() {
		return nil
	}
	return fmt.Errorf("no sealer could seal the hours that end from %s to before %s, and therefore no later one: add the next sealer "+
		"without a time, or end the one before it later", from.Format(time.RFC3339), to.Format(time.RFC3339))
}

// unsealable is between which moments hours end at which no sealer's key is valid, before another one's is. Zero: there are none.
func unsealable(sealers []format.Signer) (from, to time.Time) {
	inOrder := slices.SortedFunc(slices.Values(sealers), func(a, b format.Signer) int { return a.Since.Compare(b.Since) })
	for i, s := range inOrder {
		if i > 0 && from.Add(time.Hour-1).Truncate(time.Hour).Before(s.Since) {
			return from, s.Since
		}
		if s.Until.IsZero() {
			break
		}
		if s.Until.After(from) {
			from = s.Until
		}
	}
	return time.Time{}, time.Time{}
}
