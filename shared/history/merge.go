package history

// redirect is the merge that a record lost, unless a later creation, restoration or read of the record revived it.
func (e *entry) redirect() *moment {
	if compare(e.lost.at, e.revived) < 0 {
		return nil
	}
	return e.lost.at
}

// winner follows the merges that r lost to the record that all of them ended in. It reports false for a record that is
// its own.
//
// Merges may form a cycle, since every record has but one redirection: then its oldest merge does not count (of equally
// old ones, that of the least id), and the record that lost it stands.
func (f *Fold) winner(r Record) (Record, bool) {
	if f.entries[r].redirect() == nil {
		return r, false
	}
	path, seen := []Record{r}, map[Record]int{r: 0}
	for last := r; f.entries[last].redirect() != nil; {
		last.ID = f.entries[last].lost.value
		if start, again := seen[last]; again {
			survivor := f.oldest(path[start:])
			return survivor, survivor != r
		}
		seen[last] = len(path)
		path = append(path, last)
	}
	return path[len(path)-1], true
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
