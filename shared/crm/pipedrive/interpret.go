package pipedrive

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/rawjson"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

type interpreter struct{}

// operations are the actions of version 2, then those of version 1.
var operations = map[string]history.Op{
	"create": history.Create, "change": history.Update, "delete": history.Delete,
	"added": history.Create, "updated": history.Update, "deleted": history.Delete, "merged": history.Merge,
}

// Interpret implements crm.Interpreter. Answers of Pipedrive's API, which have no meta, are no webhooks.
func (interpreter) Interpret(d *format.Delivery) ([]history.Change, error) {
	w, err := readWebhook(d.Body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", crm.ErrUninterpreted, err)
	}
	changes, err := w.changes()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", crm.ErrUninterpreted, err)
	}
	return changes, nil
}

func (w *webhook) changes() ([]history.Change, error) {
	c, err := w.change()
	switch {
	case err != nil:
		return nil, err
	case c.Op == history.Delete:
		return []history.Change{w.end(c)}, nil
	case c.Op == history.Merge || w.meta.mergedFromID != "":
		return w.won(c), nil
	}
	return w.appendState(nil, c), nil
}

// change is what both versions say of every change.
func (w *webhook) change() (history.Change, error) {
	c := history.Change{Record: w.meta.record(), Op: operations[w.meta.action], Identity: w.meta.identity()}
	if c.Record.Type == "" || w.meta.action == "" {
		return c, errors.New("no meta with an action and an entity or object: not a webhook")
	}
	if c.Op == "" {
		return c, fmt.Errorf("unknown action %.60q", w.meta.action)
	}
	if c.Record.ID == "" {
		return c, errors.New("no id of the record in meta")
	}
	at, err := w.meta.time()
	if err != nil {
		return c, fmt.Errorf("timestamp in meta: %w", err)
	}
	c.Time = at
	return c, nil
}

// appendState appends the change with what the record holds. All of it was true then, whatever of it changed. What previous
// names and the state does not, the change has cleared; or version 2 did not send it, whose data does not hold all core
// fields.
func (w *webhook) appendState(changes []history.Change, c history.Change) []history.Change {
	now, before := w.now(), w.before(c.Record.ID)
	if len(now) == 0 {
		return crm.AppendWithGap(changes, c, "id")
	}
	c.Fields, c.Full, c.Before = now, true, rawjson.Object(before).Scalars()
	var unsent []string
	for name := range before {
		_, held := now[name]
		switch {
		case held:
		case w.meta.isV2() && !strings.HasPrefix(name, customBeginning):
			unsent = append(unsent, name)
		default:
			c.Scope = append(c.Scope, name)
		}
	}
	if w.namesUnchanged(now, before) {
		c.Scope = append(c.Scope, customBeginning)
	}
	slices.Sort(c.Scope)
	if len(unsent) == 0 {
		return crm.AppendWithGap(changes, c, "id")
	}
	slices.Sort(unsent)
	changes = crm.AppendGap(changes, c, "changed, and Pipedrive did not send its value")
	changes[len(changes)-1].Scope = unsent
	return changes
}

// namesUnchanged reports whether version 2 names a custom field that did not change. Then its set holds all that have a
// value; of another set nobody says whether it does.
func (w *webhook) namesUnchanged(now, before values) bool {
	if !w.meta.isV2() || len(before) == 0 {
		return false
	}
	for name := range now {
		if _, changed := before[name]; !changed && strings.HasPrefix(name, customBeginning) {
			return true
		}
	}
	return false
}

func (w *webhook) now() values {
	if w.meta.isV2() {
		return w.data
	}
	return w.current
}

// before is what the record itself held: where version 1 announces a merge, previous is the loser.
func (w *webhook) before(id string) values {
	if other := w.previous.text("id"); other != "" && other != id {
		return nil
	}
	return w.previous
}

// end is a deletion, with the record's last state, or the merge that a deletion of version 2 was.
func (w *webhook) end(c history.Change) history.Change {
	if winner := w.meta.mergedToID; winner != "" && winner != c.Record.ID {
		c.Op, c.Losers, c.Record.ID = history.Merge, []string{c.Record.ID}, winner
		return c
	}
	c.Fields = w.previous
	return c
}

// won is a merge from the winner's side: what it holds since then, and what became it.
func (w *webhook) won(c history.Change) []history.Change {
	merge := c
	merge.Op, merge.Identity = history.Merge, c.Identity+"-merge"
	if loser := w.loser(c.Record.ID); loser != "" {
		merge.Losers = []string{loser}
	}
	delete(w.current, mergeWhat)
	c.Op = history.Update
	return crm.AppendWithGap(w.appendState(nil, c), merge, "id")
}

// mergeWhat is what a merge of version 1 says beside the winner's fields: the loser's id.
const mergeWhat = "merge_what_id"

func (w *webhook) loser(winner string) string {
	candidates := []string{w.meta.mergedFromID, w.current.text(mergeWhat), w.previous.text("id")}
	for _, id := range candidates {
		if id != "" && id != winner {
			return id
		}
	}
	return ""
}
