package history

// register holds the value that was written last. Of two values written at the same moment the bytewise greatest stays,
// and the register is split until a later value settles it. The zero register was never written.
type register struct {
	at    *moment
	value string // empty: absent
	split bool
}

// join is commutative, associative and idempotent: it keeps of the set of values at the latest moment its greatest
// element, and whether there was more than one.
func (r register) join(s register) register {
	switch c := compare(r.at, s.at); {
	case c < 0:
		return s
	case c > 0:
		return r
	}
	r.split = r.split || s.split || r.value != s.value
	r.value = max(r.value, s.value)
	return r
}

// write joins a value, and copies it only where it is kept, so that a fold holds on to no delivery's memory.
func (r register) write(at *moment, value []byte) register {
	if compare(at, r.at) < 0 {
		return r
	}
	return r.join(register{at: at, value: string(value)})
}
