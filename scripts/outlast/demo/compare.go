package demo

import (
	"bytes"
	"fmt"
	"iter"
	"slices"

	"outlast.example/shared/history"
)

// differing names the records that are not as the story left them, and how.
func (s *story) differing(records iter.Seq[history.State]) []string {
	var names []string
	missing := make(map[history.Record]bool, len(s.want))
	for r := range s.want {
		missing[r] = true
	}
	for got := range records {
		delete(missing, got.Record)
		want := s.want[got.Record]
		if want == nil {
			names = append(names, fmt.Sprintf("%s: there was no such record", got.Record))
		} else if what := want.differs(got, s.winner(got.Record)); what != "" {
			names = append(names, fmt.Sprintf("%s: %s", got.Record, what))
		}
	}
	for r := range missing {
		names = append(names, fmt.Sprintf("%s: missing", r))
	}
	slices.Sort(names)
	return names
}

// winner is where merges led from a record in the end; empty where it was not merged.
func (s *story) winner(r history.Record) (id string) {
	for s.want[r].mergedInto != "" {
		id = s.want[r].mergedInto
		r.ID = id
	}
	return id
}

// differs says in what; nothing where the record is as expected. Of records that are no more, only their end counts.
func (e *expected) differs(got history.State, winner string) string {
	into := ""
	if got.MergedInto != nil {
		into = got.MergedInto.ID
	}
	switch {
	case e.deleted != got.Deleted:
		return fmt.Sprintf("deleted is %t, want %t", got.Deleted, e.deleted)
	case into != winner:
		return fmt.Sprintf("merged into %q, want %q", into, winner)
	case !e.live():
		return ""
	case len(e.fields) != len(got.Fields):
		return fmt.Sprintf("%d fields, want %d", len(got.Fields), len(e.fields))
	}
	for name, value := range e.fields {
		if !bytes.Equal(value, got.Fields[name]) {
			return fmt.Sprintf("%s is %s, want %s", name, got.Fields[name], value)
		}
	}
	return e.differingLinks(got.Associations)
}

func (e *expected) differingLinks(got []history.Association) string {
	want := 0
	for _, linked := range e.links {
		if linked {
			want++
		}
	}
	for _, other := range got {
		if !e.links[other.Type+"/"+other.ID] {
			return fmt.Sprintf("is linked to %s/%s", other.Type, other.ID)
		}
	}
	if len(got) != want {
		return fmt.Sprintf("%d links, want %d", len(got), want)
	}
	return ""
}
