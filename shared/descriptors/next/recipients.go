package next

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"outlast.example/shared/format"
)

// Recipients is what changes about age recipients.
type Recipients struct {
	Add, Remove []string
}

func (r *Recipients) apply(d *format.Descriptor) error {
	var errs []error
	for _, added := range r.Add {
		switch {
		case !strings.HasPrefix(added, recipientPrefix):
			errs = append(errs, errors.New("a recipient to add is none: want age1…, the public half; an identity goes nowhere"))
		case slices.Contains(d.Recipients, added):
			errs = append(errs, fmt.Errorf("recipient %s is listed already", added))
		default:
			d.Recipients = append(d.Recipients, added)
		}
	}
	for _, removed := range r.Remove {
		i := slices.Index(d.Recipients, removed)
		if i < 0 {
			errs = append(errs, fmt.Errorf("a recipient to remove is not listed; there are: %s", strings.Join(d.Recipients, ", ")))
			continue
		}
		d.Recipients = slices.Delete(d.Recipients, i, i+1)
	}
	return errors.Join(append(errs, checkKinds(d.Recipients))...)
}

const (
	recipientPrefix   = "age1"
	postQuantumPrefix = "age1pq1"
)

// checkKinds: age refuses to encrypt to both kinds at once, since the weaker one would decide.
func checkKinds(recipients []string) error {
	quantum := func(r string) bool { return strings.HasPrefix(r, postQuantumPrefix) }
	other := func(r string) bool { return !quantum(r) }
	if slices.ContainsFunc(recipients, quantum) && slices.ContainsFunc(recipients, other) {
		return errors.New("post-quantum recipients and others cannot be mixed: replace all in one step")
	}
	return nil
}
