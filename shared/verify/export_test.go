package verify

// Gathered lets tests see rows as a run does.
var Gathered = gathered

// Has lets tests see what a part reads.
func (p Part) Has(key string) bool { return p.has(key) }
