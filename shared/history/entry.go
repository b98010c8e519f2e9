package history

import (
	"cmp"
	"strings"
)

// entry is what is known of one record: registers and moments, each of them a join semilattice, hence all together one.
// Its size follows the record, not the record's history; patches say where it does not.
type entry struct {
	fields  map[string]field
	patches map[string]patches // by field, none empty
	links   map[Association]register
	gap     register // value: the reason
	lost    register // the merge that ended this record; value: the winner's id

	// won has the earliest word of each merge into this record, by the loser's id: a CRM may announce one merge twice, once
	// for each of the two, and only one of these tells the winner's values.
	won     map[string]*Order
	created *Order // earliest creation
	born    *Order // earliest creation of a certain time: nothing was stated before it
	deleted *Order // latest deletion
	revived *Order // latest creation, restoration or read
	read    *Order // latest change that stated the record's values with a scope
	touched *Order // latest change that supposes the record to be alive, and does not revive it
	changed *Order // latest change of any kind
}

// The values of an association's register. At the same moment the end of a link wins, as the end of a record does.
var (
	linked   = []byte("linked")
	unlinked = []byte("unlinked")
)

// add joins what a change says of the record that it names.
func (e *entry) add(c *Change, at *Order) {
	e.changed = latest(e.changed, at)
	e.state(c, at)
	switch c.Op {
	case Create:
		e.created = earliest(e.created, at)
		if c.Slack <= 0 {
			e.born = earliest(e.born, at)
		}
		e.revive(c, at)
	case Restore:
		e.revive(c, at)
	case Update:
		e.touch(c, at)
	case Merge:
		e.win(c.Losers, at)
		e.touch(c, at)
	case Delete:
		e.deleted = latest(e.deleted, at)
	case Associate:
		e.link(c.Link, at, linked)
	case Dissociate:
		e.link(c.Link, at, unlinked)
	case Gap:
		e.gap = e.gap.write(at, []byte(c.Reason))
	}
}

// state writes the fields that a change names, and clears those of its scope that it does not name.
func (e *entry) state(c *Change, at *Order) {
	if e.fields == nil && len(c.Fields)+len(c.Scope) > 0 {
		e.fields = make(map[string]field, len(c.Fields)+len(c.Scope))
	}
	floor := c.floor(at)
	for name, value := range c.Fields {
		e.fields[name] = e.fields[name].write(at, floor, value, c.Before[name])
	}
	for _, name := range c.Scope {
		_, named := c.Fields[name]
		if _, patched := c.Patches[name]; !named && !patched {
			e.fields[name] = e.fields[name].write(at, floor, nil, c.Before[name])
		}
	}
	for name, diff := range c.Patches {
		if e.patches == nil {
			e.patches = map[string]patches{}
		}
		e.patches[name] = e.patches[name].add(register{at: at, value: strings.Clone(diff)})
	}
	e.settle()
}

// floor is the moment before which a change cannot have happened; nil: it happened at its own.
func (c *Change) floor(at *Order) *Order {
	if c.Slack <= 0 {
		return nil
	}
	return &Order{Time: at.Time.Add(-c.Slack)}
}

// settle drops the patches that later whole values stand for.
func (e *entry) settle() {
	for name, p := range e.patches {
		if p = p.since(e.fields[name].at); len(p) > 0 {
			e.patches[name] = p
		} else {
			delete(e.patches, name)
		}
	}
}

// revive says that the record was alive. Of a time that is not certain the earliest counts: what may be a late retry says
// nothing of the record after its deletion.
func (e *entry) revive(c *Change, at *Order) {
	e.revived = latest(e.revived, cmp.Or(c.floor(at), at))
	if c.Full {
		e.read = latest(e.read, at)
	}
}

// touch is a read of the record if the change is full: what states all its values found it alive. An uncertain time
// counts as it does for revive.
func (e *entry) touch(c *Change, at *Order) {
	e.touched = latest(e.touched, cmp.Or(c.floor(at), at))
	if c.Full {
		e.revive(c, at)
	}
}

func (e *entry) link(other *Association, at *Order, value []byte) {
	if other == nil {
		return
	}
	if e.links == nil {
		e.links = map[Association]register{}
	}
	e.links[*other] = e.links[*other].write(at, value)
}

// win joins that the losers became the record; without any, that some record did.
func (e *entry) win(losers []string, at *Order) {
	if e.won == nil {
		e.won = map[string]*Order{}
	}
	if len(losers) == 0 {
		losers = []string{""}
	}
	for _, id := range losers {
		e.won[id] = earliest(e.won[id], at)
	}
}

// lose joins that the record became the winner.
func (e *entry) lose(winner string, at *Order) {
	e.changed = latest(e.changed, at)
	e.lost = e.lost.write(at, []byte(winner))
}

// join takes in all that o knows. It shares values with o, which are never changed, but no map and no patches.
func (e *entry) join(o *entry) {
	e.fields = joinAll(e.fields, o.fields, field.join)
	e.patches = joinAll(e.patches, o.patches, patches.join)
	e.settle()
	e.links = joinAll(e.links, o.links, register.join)
	e.gap = e.gap.join(o.gap)
	e.lost = e.lost.join(o.lost)
	e.won = joinAll(e.won, o.won, earliest)
	e.created = earliest(e.created, o.created)
	e.born = earliest(e.born, o.born)
	e.deleted = latest(e.deleted, o.deleted)
	e.revived = latest(e.revived, o.revived)
	e.read = latest(e.read, o.read)
	e.touched = latest(e.touched, o.touched)
	e.changed = latest(e.changed, o.changed)
}

// joinAll joins what stands under each key. The join of a zero value and another one is the other.
func joinAll[K comparable, V any](into, from map[K]V, join func(V, V) V) map[K]V {
	if into == nil && len(from) > 0 {
		into = make(map[K]V, len(from))
	}
	for key, v := range from {
		into[key] = join(into[key], v)
	}
	return into
}
