package history

import "time"

// field is the register of a field's value, and what its writes leave in doubt.
type field struct {
	register
	doubt *doubt // nil: nothing; so it is for all fields of a CRM that gives times and no former values
}

// doubt is kept of fields whose last writes are of no certain time, or say what they replaced. All of it is a join: it
// depends on the set of writes only. Patches are no writes: no CRM that sends them says what a field held, or gives no times.
type doubt struct {
	// floor is a moment before which the last write cannot have happened, whatever the order of receipt; nil: the
	// register's own moment is certain.
	floor *moment
	// rival is the latest write that states another value than the register's, from floor on: which of the two came last,
	// nobody said. A split register has none, being in doubt anyway.
	rival *moment

	before string   // what all writes at the register's moment say that they replaced; empty: they do not, or do not agree
	prior  register // the latest write before that moment, where there is a before to compare it with
}

// write joins a value. It copies only what it keeps.
func (f field) write(at, floor *moment, value, before []byte) field {
	switch {
	case f.doubt == nil && compare(at, f.at) < 0:
		return f
	case f.doubt == nil && floor == nil && len(before) == 0:
		return field{register: f.register.write(at, value)}
	}
	g := field{register: register{at: at, value: string(value)}}
	if floor != nil || len(before) > 0 {
		g.doubt = &doubt{floor: floor, before: string(before)}
	}
	return f.join(g)
}

func (f field) join(g field) field {
	if compare(f.at, g.at) < 0 {
		f, g = g, f
	}
	together := compare(f.at, g.at) == 0
	joined := field{register: f.register.join(g.register)}
	if f.doubt == nil && (!together || g.doubt == nil) {
		return joined
	}
	d := f.after(g)
	if together {
		d = f.beside(g)
	}
	d.floor = latest(f.floor(), g.floor())
	if joined.split || compare(d.rival, d.floor) < 0 {
		d.rival = nil
	}
	if d.before == "" {
		d.prior = register{}
	}
	if compare(d.floor, joined.at) == 0 {
		d.floor = nil
	}
	if d != (doubt{}) {
		joined.doubt = &d
	}
	return joined
}

// after is what f's doubts become when g's writes were earlier ones.
func (f field) after(g field) doubt {
	return doubt{rival: latest(f.rival(), g.rivalOf(f.value)), before: f.before(), prior: f.prior().join(g.register)}
}

// beside is what the doubts of both become when their last writes are of one moment.
func (f field) beside(g field) doubt {
	d := doubt{rival: latest(f.rival(), g.rival())}
	if f.before() == g.before() {
		d.before, d.prior = f.before(), f.prior().join(g.prior())
	}
	return d
}

func (f field) floor() *moment {
	if f.doubt == nil || f.doubt.floor == nil {
		return f.at
	}
	return f.doubt.floor
}

func (f field) rival() *moment {
	if f.doubt == nil {
		return nil
	}
	return f.doubt.rival
}

// rivalOf is the latest of f's writes that states another value.
func (f field) rivalOf(value string) *moment {
	if f.split || f.value != value {
		return f.at
	}
	return f.rival()
}

func (f field) before() string {
	if f.doubt == nil {
		return ""
	}
	return f.doubt.before
}

func (f field) prior() register {
	if f.doubt == nil {
		return register{}
	}
	return f.doubt.prior
}

// doubts says what is not known of a field of the name. A change that was not heard is told by the last write alone: the
// next change of the field forgets it, and a restore at the moment shows it. A read after that write settles it, since
// what else that change said is known again. The other doubts are of this value, and end with the next one. A value that the
// record was born with is nobody's rival: it came first.
func (f field) doubts(name string, read, born *moment) []string {
	var all []string
	if f.split {
		all = append(all, "field "+name+": two values at the same moment")
	}
	if compare(f.rival(), born) > 0 {
		all = append(all, "field "+name+": two values, and the CRM does not say which came last")
	}
	if f.unheard() && compare(f.at, read) >= 0 {
		all = append(all, "field "+name+": a change before "+f.at.time().Format(time.RFC3339)+" was not heard")
	}
	return all
}

// unheard reports whether the last write replaced another value than the one before it stated.
func (f field) unheard() bool {
	prior, before := f.prior(), f.before()
	if before == "" || prior.at == nil || prior.split {
		return false
	}
	return prior.value != before && (!empty(prior.value) || !empty(before))
}

// empty values are all one where a CRM says what a field held: it is cleared with one of them, and read as another.
func empty(value string) bool { return value == "" || value == "null" || value == `""` }
