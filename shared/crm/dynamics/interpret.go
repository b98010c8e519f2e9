package dynamics

import (
	"errors"
	"fmt"
	"strconv"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/rawjson"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

type interpreter struct{}

// Interpret implements crm.Interpreter. What a step says before its transaction has ended counts, and leaves a gap: it may
// have been rolled back.
func (interpreter) Interpret(d *format.Delivery) ([]history.Change, error) {
	var x execution
	err := rawjson.Unmarshal(d.Body, &x)
	if err == nil && x.MessageName == "" {
		err = errors.New("no MessageName: not what a step of Dynamics posts")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", crm.ErrUninterpreted, err)
	}
	changes := x.changes()
	x.complete(changes, d.ID)
	if x.pending() && len(changes) <= crm.MaxChanges {
		changes = append(changes, doubts(changes)...)
	}
	return crm.Bounded(changes, x.problems.Err())
}

func (x *execution) changes() []history.Change {
	m, known := messages[x.MessageName]
	if !known {
		x.problems.Add(fmt.Sprintf("message %.60q", x.MessageName), errors.New("not known to change a record"))
		return nil
	}
	read := m.read
	if len(x.InputParameters) == 0 {
		read = (*execution).withoutValues
	}
	changes, err := read(x, m.op)
	if err != nil {
		x.problems.Add(x.MessageName, err)
	}
	return changes
}

// complete gives the changes their time and their identity: a retry lists them in the same order.
func (x *execution) complete(changes []history.Change, delivery string) {
	at := x.at()
	fingerprint := x.fingerprint(at, delivery)
	for i := range changes {
		c := &changes[i]
		c.Time = at
		c.Identity = identity(fingerprint, i)
	}
}

// withoutValues is what a message above 256 KB leaves: its name, and mostly its record.
func (x *execution) withoutValues(op history.Op) ([]history.Change, error) {
	r, err := x.record(new(entity), x.PrimaryEntityID)
	switch {
	case r.Type == "" || r.Type == "none":
		return nil, fmt.Errorf("%w: Dynamics left the values out, as it does above 256 KB", err)
	case r.ID == "":
		r.ID = history.Every
		op = history.Gap
	}
	gap := history.Change{Record: r, Op: history.Gap, Reason: "Dynamics left the values out, as it does above 256 KB"}
	switch op {
	case history.Delete:
		return []history.Change{{Record: r, Op: op}}, nil
	case history.Create, history.Restore, history.Merge:
		return []history.Change{{Record: r, Op: op}, gap}, nil
	}
	return []history.Change{gap}, nil
}

// doubts are gaps of all records that changes speak of, losers of merges included. They come after the changes, so that no
// deletion covers them.
func doubts(changes []history.Change) []history.Change {
	all := make([]history.Change, 0, len(changes))
	for _, c := range changes {
		if len(changes)+len(all) > crm.MaxChanges {
			break // and nothing is interpreted
		}
		if c.Op == history.Gap {
			continue
		}
		for i, id := range append([]string{c.Record.ID}, c.Losers...) {
			all = append(all, history.Change{
				Record: history.Record{Type: c.Record.Type, ID: id}, Op: history.Gap,
				Order:    history.Order{Time: c.Time, Seq: c.Seq + 1},
				Identity: c.Identity + "-doubt-" + strconv.Itoa(i),
				Reason:   "announced before its transaction ended, so it may have been rolled back",
			})
		}
	}
	return all
}
