package history

import (
	"cmp"
	"encoding/json"
	"strings"
)

// state writes the fields that a change names, and what it says of the others of its scope.
func (e *entry) state(c *Change, at, floor *moment) {
	if e.fields == nil && len(c.Fields)+len(c.Scope) > 0 {
		e.fields = make(map[string]field, len(c.Fields)+len(c.Scope))
	}
	for name, value := range c.Fields {
		e.fields[name] = e.fields[name].write(at, floor, value, c.Before[name])
	}
	for _, name := range c.Scope {
		_, named := c.Fields[name]
		if _, patched := c.Patches[name]; !named && !patched {
			e.leave(c, name, at, floor)
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

// leave says of a name of a change's scope that its fields do not hold it: a gap leaves the field unknown, another change
// without a value.
func (e *entry) leave(c *Change, name string, at, floor *moment) {
	switch {
	case c.Op == Gap:
		if e.unsent == nil {
			e.unsent = map[string]register{}
		}
		e.unsent[name] = e.unsent[name].write(at, []byte(c.Reason))
	case strings.HasSuffix(name, "."):
		if e.scopes == nil {
			e.scopes = map[string]*moment{}
		}
		e.scopes[name] = latest(e.scopes[name], cmp.Or(floor, at))
	default:
		e.fields[name] = e.fields[name].write(at, floor, nil, c.Before[name])
	}
}

// held is a field as its last value leaves it, or a later scope over all whose names begin like its own.
func (e *entry) held(name string) field {
	f := e.fields[name]
	if len(e.scopes) == 0 {
		return f
	}
	for i, c := range name {
		if c != '.' {
			continue
		}
		if at := e.scopes[name[:i+1]]; compare(at, f.at) > 0 {
			f = field{register: register{at: at}}
		}
	}
	return f
}

// settle drops the patches that later whole values stand for.
func (e *entry) settle() {
	for name, p := range e.patches {
		if p = p.since(e.held(name).at); len(p) > 0 {
			e.patches[name] = p
		} else {
			delete(e.patches, name)
		}
	}
}

func (e *entry) values() map[string]json.RawMessage {
	values := make(map[string]json.RawMessage, len(e.fields))
	for name := range e.fields {
		value := e.held(name).value
		if p := e.patches[name]; p != nil {
			value, _ = p.applied(value)
		}
		if value != "" {
			values[name] = json.RawMessage(value)
		}
	}
	return values
}
