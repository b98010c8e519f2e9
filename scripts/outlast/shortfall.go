package main

import (
	"errors"

	"outlast.example/scripts/outlast/recent"
	"outlast.example/shared/format"
)

// tolerance is how many batches may be encrypted to others before the first one that can be read. A receiver whose key was stolen can
// make some; an identity that opens none of so many is the wrong one.
const tolerance = 100

// shortfall is what could not be read of what was captured.
type shortfall struct {
	app     *app
	worst   error // the reason for the exit code
	foreign error // the first of those that are encrypted to others
	others  int   // how many these are
	opened  bool  // some other could be read
}

// add notes an entry, says why it could not be read, and reports whether to go on.
func (s *shortfall) add(e recent.Entry) bool {
	switch {
	case errors.Is(e.Err, format.ErrWrongKey):
		if s.others++; s.foreign == nil {
			s.foreign = e.Err
		}
		return s.opened || s.others < tolerance
	case e.Err != nil:
		s.app.say("%v", e.Err)
		s.worst = worse(s.worst, e.Err)
	default:
		s.opened = true
	}
	return true
}

// reason is the exit code's: the wrong identity, where all that is sound is encrypted to others. Otherwise it says that some is.
func (s *shortfall) reason() error {
	switch {
	case s.foreign == nil:
		return s.worst
	case !s.opened:
		return errors.Join(s.foreign, s.worst)
	}
	s.app.say("%v", s.foreign)
	if s.others > 1 {
		s.app.say("and %s encrypted to others", count(s.others-1, "more batch", "more batches"))
	}
	return worse(s.worst, s.foreign)
}
