package main

import (
	"time"

	"outlast.example/scripts/outlast/recent"
	"outlast.example/shared/crm"
	"outlast.example/shared/status"
	"outlast.example/shared/watch"
)

// sighting is what the deliveries of all sources amount to.
type sighting struct {
	sources map[string]*crm.Source
	watch   *watch.Watch
	counts  map[string]*counts
}

type counts struct{ deliveries, uninterpreted int }

func newSighting(sources map[string]*crm.Source) *sighting {
	s := &sighting{sources: sources, watch: watch.New(sources), counts: map[string]*counts{}}
	for name := range sources {
		s.counts[name] = &counts{}
	}
	return s
}

// add takes note of every delivery. One of a source that is no longer configured says nothing.
func (s *sighting) add(e recent.Entry) bool {
	source := s.sources[e.Source]
	if source == nil {
		return true
	}
	changes, err := source.Changes(e.Delivery, e.Receiver)
	s.watch.Heard(source.Name, e.Time, changes)
	s.counts[source.Name].deliveries++
	if err != nil {
		s.counts[source.Name].uninterpreted++
	}
	return true
}

// status says what was seen of a source; whole: everything could be read.
func (s *sighting) status(source *crm.Source, since, now time.Time, whole bool) sourceStatus {
	n, rhythm := s.counts[source.Name], s.watch.Rhythm(source.Name)
	seen := sourceStatus{
		Name: source.Name, Kind: source.Kind, Status: status.Well,
		Deliveries: n.deliveries, Uninterpreted: n.uninterpreted, Warnings: []watch.Warning{},
	}
	if !rhythm.Last.IsZero() {
		last := rhythm.Last.UTC()
		seen.Last = &last
	}
	for _, w := range s.watch.Warnings(since, now) {
		if w.Source == source.Name {
			seen.Warnings = append(seen.Warnings, w)
		}
	}
	if rhythm.Known {
		seen.Rhythm = &rhythmStatus{rhythm.UsualHours, rhythm.Longest.Hours()}
	}
	seen.Unknown = unknown(rhythm, n.uninterpreted, whole)
	switch {
	case len(seen.Warnings) > 0:
		seen.Status = status.Attention
	case len(seen.Unknown) > 0:
		seen.Status = status.NotKnown
	}
	return seen
}

// unknown is what keeps a source without warnings from being well.
func unknown(rhythm watch.Rhythm, uninterpreted int, whole bool) []string {
	var all []string
	if !rhythm.Known {
		all = append(all, "its rhythm is not known yet: that takes deliveries over two weeks")
	}
	if uninterpreted > 0 {
		all = append(all, "what "+count(uninterpreted, "delivery", "deliveries")+" announced: not interpreted, and not looked through for bursts")
	}
	if !whole {
		all = append(all, "not everything could be read")
	}
	return all
}
