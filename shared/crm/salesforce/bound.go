package salesforce

import "outlast.example/shared/history"

// maxStated bounds what becomes of an event, which says all its values of all its records: enough for 10,000 records, as many
// as a transaction of Apex may change, with 100 short values each.
const (
	maxStated = 256 << 20 // bytes
	perValue  = 100       // bytes that a value takes besides its name and text
)

// beyond reports whether a change states too much of one record to be stated of so many.
func beyond(c history.Change, records int) bool {
	one := perValue * (len(c.Fields) + len(c.Scope) + len(c.Patches))
	for name, value := range c.Fields {
		one += len(name) + len(value)
	}
	for _, name := range c.Scope {
		one += len(name)
	}
	for name, diff := range c.Patches {
		one += len(name) + len(diff)
	}
	return one > maxStated/max(records, 1)
}
