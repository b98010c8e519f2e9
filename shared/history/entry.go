package history

import "cmp"

// entry is what is known of one record: registers and moments, each of them a join semilattice, hence all together one.
// Its size follows the record, not the record's history; patches say where it does not.
type entry struct {
	fields  map[string]field
	patches map[string]patches  // by field, none empty
	unsent  map[string]register // by field: the latest change whose value was not told; value: the reason
	links   map[Association]field
	gap     register // value: the reason
	lost    register // the merge that ended this record; value: the winner's id

	// won has the earliest word of each merge into this record, by the loser's id: a CRM may announce one merge twice, once
	// for each of the two, and only one of these tells the winner's values.
	won     map[string]*moment
	created *moment // earliest creation
	born    *moment // earliest creation of a certain time: nothing was stated before it
	read    *moment // latest change that stated the record's values with a scope
	changed *moment // latest change of any kind
	seen    *moment // latest change that supposes the record to be alive
	mortal  *moment // earliest deletion, or restoration, which tells of a deletion before it
	deleted *moment // latest deletion

	// Of a change of no certain time, the earliest that it can have had counts for these.
	scopes  map[string]*moment // by the beginning of names: the latest scope over all fields that begin so
	revived *moment            // latest creation, restoration or read
	touched *moment            // latest change that supposes the record to be alive, and does not revive it
	ended   *moment            // latest deletion
	pinged  *moment            // latest gap
}

// The values of an association's register. At the same moment the end of a link wins, as the end of a record does.
var (
	linked   = []byte("linked")
	unlinked = []byte("unlinked")
)

// add joins what a change says of the record that it names.
func (e *entry) add(c *Change, at *moment) {
	e.changed = latest(e.changed, at)
	floor := c.floor()
	e.state(c, at, floor)
	surely := cmp.Or(floor, at)
	switch c.Op {
	case Create:
		e.created = earliest(e.created, at)
		if floor == nil {
			e.born = earliest(e.born, at)
		}
		e.revive(c, at, surely)
	case Restore:
		e.mortal = earliest(e.mortal, at.before())
		e.revive(c, at, surely)
	case Update:
		e.touch(c, at, surely)
	case Merge:
		e.win(c.Losers, at)
		e.touch(c, at, surely)
	case Delete:
		e.mortal = earliest(e.mortal, at)
		e.deleted, e.ended = latest(e.deleted, at), latest(e.ended, surely)
	case Associate:
		e.link(c.Link, at, floor, linked)
	case Dissociate:
		e.link(c.Link, at, floor, unlinked)
	case Gap:
		e.ping(c, at, surely)
	}
}

// revive says that the record was alive. Of a time that is not certain the earliest counts: what may be a late retry does
// not bring a record back after its deletion.
func (e *entry) revive(c *Change, at, surely *moment) {
	e.seen, e.revived = latest(e.seen, at), latest(e.revived, surely)
	if c.Full {
		e.read = latest(e.read, at)
	}
}

// touch is a read of the record if the change is full: what states all its values found it alive, as does what says so.
func (e *entry) touch(c *Change, at, surely *moment) {
	e.seen, e.touched = latest(e.seen, at), latest(e.touched, surely)
	if c.Revives() {
		e.revive(c, at, surely)
	}
}

// ping is of the fields that the gap names, as state has noted, or else of the record.
func (e *entry) ping(c *Change, at, surely *moment) {
	if len(c.Scope) == 0 {
		e.gap, e.pinged = e.gap.write(at, []byte(c.Reason)), latest(e.pinged, surely)
	}
}

func (e *entry) link(other *Association, at, floor *moment, value []byte) {
	if other == nil {
		return
	}
	if e.links == nil {
		e.links = map[Association]field{}
	}
	e.links[*other] = e.links[*other].write(at, floor, value, nil)
}

// win joins that the losers became the record; without any, that some record did.
func (e *entry) win(losers []string, at *moment) {
	if e.won == nil {
		e.won = map[string]*moment{}
	}
	if len(losers) == 0 {
		losers = []string{""}
	}
	for _, id := range losers {
		e.won[id] = earliest(e.won[id], at)
	}
}

// lose joins that the record became the winner.
func (e *entry) lose(winner string, at *moment) {
	e.changed = latest(e.changed, at)
	e.lost = e.lost.write(at, []byte(winner))
}

// join takes in all that o knows. It shares values with o, which are never changed, but no map and no patches.
func (e *entry) join(o *entry) {
	e.fields = joinAll(e.fields, o.fields, field.join)
	e.patches = joinAll(e.patches, o.patches, patches.join)
	e.scopes = joinAll(e.scopes, o.scopes, latest)
	e.settle()
	e.unsent = joinAll(e.unsent, o.unsent, register.join)
	e.links = joinAll(e.links, o.links, field.join)
	e.gap = e.gap.join(o.gap)
	e.lost = e.lost.join(o.lost)
	e.won = joinAll(e.won, o.won, earliest)
	e.created = earliest(e.created, o.created)
	e.born = earliest(e.born, o.born)
	e.read = latest(e.read, o.read)
	e.changed = latest(e.changed, o.changed)
	e.seen = latest(e.seen, o.seen)
	e.mortal = earliest(e.mortal, o.mortal)
	e.deleted = latest(e.deleted, o.deleted)
	e.revived = latest(e.revived, o.revived)
	e.touched = latest(e.touched, o.touched)
	e.ended = latest(e.ended, o.ended)
	e.pinged = latest(e.pinged, o.pinged)
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
