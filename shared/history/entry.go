package history

import "maps"

// entry is what is known of one record: registers and moments, each of them a join semilattice, hence all together one.
// Its size follows the record, not the record's history.
type entry struct {
	fields map[string]register
	links  map[Association]register
	gap    register // value: the reason
	lost   register // the merge that ended this record; value: the winner's id

	won     *Order // latest merge into this record
	created *Order // earliest creation
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
func (e *entry) add(c Change, at *Order) {
	e.changed = latest(e.changed, at)
	e.state(c, at)
	switch c.Op {
	case Create:
		e.created = earliest(e.created, at)
		e.revive(c, at)
	case Restore:
		e.revive(c, at)
	case Update:
		e.touch(c, at)
	case Merge:
		e.won = latest(e.won, at)
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
func (e *entry) state(c Change, at *Order) {
	if e.fields == nil && len(c.Fields)+len(c.Scope) > 0 {
		e.fields = make(map[string]register, max(len(c.Fields), len(c.Scope)))
	}
	for name, value := range c.Fields {
		e.fields[name] = e.fields[name].write(at, value)
	}
	for _, name := range c.Scope {
		if _, named := c.Fields[name]; !named {
			e.fields[name] = e.fields[name].write(at, nil)
		}
	}
}

func (e *entry) revive(c Change, at *Order) {
	e.revived = latest(e.revived, at)
	if len(c.Scope) > 0 {
		e.read = latest(e.read, at)
	}
}

// touch is a read of the record if the change has a scope: what states all its values found it alive.
func (e *entry) touch(c Change, at *Order) {
	e.touched = latest(e.touched, at)
	if len(c.Scope) > 0 {
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

// lose joins that the record became the winner.
func (e *entry) lose(winner string, at *Order) {
	e.changed = latest(e.changed, at)
	e.lost = e.lost.write(at, []byte(winner))
}

// join takes in all that o knows. It shares values with o, which are never changed, but no map.
func (e *entry) join(o *entry) {
	e.fields = joinAll(e.fields, o.fields)
	e.links = joinAll(e.links, o.links)
	e.gap = e.gap.join(o.gap)
	e.lost = e.lost.join(o.lost)
	e.won = latest(e.won, o.won)
	e.created = earliest(e.created, o.created)
	e.deleted = latest(e.deleted, o.deleted)
	e.revived = latest(e.revived, o.revived)
	e.read = latest(e.read, o.read)
	e.touched = latest(e.touched, o.touched)
	e.changed = latest(e.changed, o.changed)
}

func joinAll[K comparable](into, from map[K]register) map[K]register {
	if into == nil {
		return maps.Clone(from)
	}
	for key, r := range from {
		into[key] = into[key].join(r)
	}
	return into
}
