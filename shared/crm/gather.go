package crm

import (
	"errors"
	"fmt"

	"outlast.example/shared/crm/rawjson"
	"outlast.example/shared/history"
)

// MaxChanges is how many changes a delivery may say: a hundred times what any CRM documents for one request. Of a delivery
// that says more nothing is interpreted.
const MaxChanges = rawjson.MaxElements

// ErrTooMany: a delivery that says more than MaxChanges.
var ErrTooMany = fmt.Errorf("%w: more than %d changes in one delivery", ErrUninterpreted, MaxChanges)

// Bounded passes on what an interpreter returns, and of more than MaxChanges nothing.
func Bounded(changes []history.Change, err error) ([]history.Change, error) {
	if len(changes) > MaxChanges {
		return nil, ErrTooMany
	}
	return changes, err
}

// Gather interprets the elements of a list, or the one thing that body is instead. say appends what the nth element says;
// one that is not understood is reported under its name and number, such as "event 3", and the others count.
func Gather[T any](body []byte, name string, say func(changes []history.Change, element *T, n int) ([]history.Change, error)) ([]history.Change, error) {
	all, most := rawjson.List[T](body)
	changes := make([]history.Change, 0, most)
	var problems Problems
	n := 0
	for element, err := range all {
		n++
		if err == nil {
			changes, err = say(changes, element, n)
		}
		if len(changes) > MaxChanges || errors.Is(err, ErrTooMany) {
			return nil, ErrTooMany
		}
		if err != nil {
			problems.Add(fmt.Sprintf("%s %d", name, n), err)
		}
	}
	return changes, problems.Err()
}
