package history

// redirect is the merge that a record lost, unless a later creation, restoration or read of the record revived it.
func (e *entry) redirect() *moment {
	if compare(e.lost.at, e.revived) < 0 {
		return nil
	}
	return e.lost.at
}

// winners are where the merges of records ended, as far as somebody asked. No merge is followed twice, so that a chain costs
// its length, however many of its records are asked for.
type winners map[Record]Record

// winner is the record that all the merges ended in which r lost. It reports false for a record that is its own.
func (f *Fold) winner(r Record, known winners) (Record, bool) {
	if f.entries[r].redirect() == nil {
		return r, false
	}
	end, followed := known[r]
	if !followed {
		end = f.follow(r, known)
	}
	return end, end != r
}

// follow notes for all records on the way where it ends.
//
// Merges may form a cycle, since every record has but one redirection: then its oldest merge does not count (of equally
// old ones, that of the least id), and the record that lost it stands.
func (f *Fold) follow(r Record, known winners) Record {
	path, seen, last := []Record{r}, map[Record]int{r: 0}, r
	for f.entries[last].redirect() != nil {
		last.ID = f.entries[last].lost.value
		if end, followed := known[last]; followed {
			last = end
			break
		}
		if start, again := seen[last]; again {
			last = f.oldest(path[start:])
			break
		}
		seen[last] = len(path)
		path = append(path, last)
	}
	for _, r := range path {
		known[r] = last
	}
	return last
}

func (f *Fold) oldest(cycle []Record) Record {
	first := cycle[0]
	for _, r := range cycle[1:] {
		c := compare(f.entries[r].lost.at, f.entries[first].lost.at)
		if c < 0 || c == 0 && r.ID < first.ID {
			first = r
		}
	}
	return first
}
