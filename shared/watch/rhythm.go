package watch

import "time"

const (
	week = 7 * 24 // hours
	// memory is how far back a rhythm is known: four weeks hold a month's end, and forget last season.
	memory = 4 * week // hours
	// learning: an office's weekend must have been seen twice before a silence says anything.
	learning = 2 * week // hours
	// leastHeard is the number of hours with a delivery below which the longest silence is a matter of luck.
	leastHeard = 10
	// missable is how many usual hours may pass in silence. A source that is heard in most hours by chance alone seems to
	// have more usual hours than it has; with four, chance raises an alarm in fewer than four of a hundred weeks at the
	// worst rate, which is one and a half deliveries an hour, and in hardly any at others.
	missable = 4 // hours
	// stretch: of random gaps the longest of n is exceeded once in n further ones, twofold once in n².
	stretch = 2
)

// rhythm remembers in which of the last four weeks' hours a source was heard. It depends on the set of deliveries alone.
//
// A source is quiet when it was not heard in four of its usual hours, those of the week in which it was heard every week so
// far: an office's nights and weekends are none, so that its alarm comes within five of its working hours and never on a
// Sunday. What has no usual hours, or a finer beat, is quiet after twice the longest silence that was seen.
type rhythm struct {
	last   time.Time
	newest int64 // hour of last, counted from 1970
	heard  [memory]bool
}

func hourOf(t time.Time) int64 { return floor(t.Unix(), 3600) }

func floor(n, by int64) int64 {
	if n%by < 0 {
		return n/by - 1
	}
	return n / by
}

func slot(hour int64) int { return int(hour - floor(hour, memory)*memory) }

func (r *rhythm) add(at time.Time) {
	hour := hourOf(at)
	switch {
	case r.last.IsZero() || hour-r.newest >= memory:
		*r = rhythm{newest: hour}
	case hour > r.newest:
		for ; r.newest < hour; r.newest++ {
			r.heard[slot(r.newest+1)] = false
		}
	case hour <= r.newest-memory:
		return
	}
	r.heard[slot(hour)] = true
	if at.After(r.last) {
		r.last = at
	}
}

// oldest is the first hour that is remembered.
func (r *rhythm) oldest() int64 {
	for hour := r.newest - memory + 1; hour < r.newest; hour++ {
		if r.heard[slot(hour)] {
			return hour
		}
	}
	return r.newest
}

// span is for how many hours the source has been known.
func (r *rhythm) span() int64 { return r.newest - r.oldest() }

func (r *rhythm) known() bool {
	n := 0
	for _, heard := range r.heard {
		if heard {
			n++
		}
	}
	return n >= leastHeard && r.span() >= learning
}

// longest is the longest silence between two hours in which the source was heard, give or take an hour.
func (r *rhythm) longest() time.Duration {
	var run, most time.Duration
	for hour := r.oldest(); hour <= r.newest; hour++ {
		if run++; r.heard[slot(hour)] {
			run = 0
		}
		most = max(most, run)
	}
	return (most + 1) * time.Hour
}

// usual reports whether the source was heard in this hour of every week that is remembered, and in two at least. The hour
// is one after newest.
func (r *rhythm) usual(hour, oldest int64) bool {
	weeks := 0
	for past := hour - week; past >= oldest; past -= week {
		switch {
		case past > r.newest:
		case !r.heard[slot(past)]:
			return false
		default:
			weeks++
		}
	}
	return weeks >= 2
}

func (r *rhythm) usualHours() int { return r.usualUntil(r.newest + week + 1) }

// usualUntil counts the usual hours between newest and an hour, four weeks of them at most.
func (r *rhythm) usualUntil(end int64) int {
	n, oldest := 0, r.oldest()
	for hour := r.newest + 1; hour < min(end, r.newest+memory); hour++ {
		if r.usual(hour, oldest) {
			n++
		}
	}
	return n
}

func (r *rhythm) quiet(now time.Time) bool {
	return r.known() && (r.usualUntil(hourOf(now)) >= missable || now.Sub(r.last) >= stretch*r.longest())
}
