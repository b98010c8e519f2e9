package task

import (
	"context"
	"log/slog"
	"time"

	"outlast.example/shared/config"
	"outlast.example/shared/doctor"
)

// Diagnosis is what a function says of its own identity. Its names in JSON are a promise.
type Diagnosis struct {
	Outcome string `json:"outcome"` // Well, Wrong or doctor.NotKnown
	Examined
	Passages []Passage `json:"passages"`
}

// Outcomes of a Diagnosis, beside doctor.NotKnown.
const (
	Well  = "ok"
	Wrong = "wrong" // a right too many or too few, or a way that yields no token
)

// respite is what is left of a runtime's time to say what was found.
const respite = time.Second

// Examine is Doctor and Passages for a function that somebody invoked by hand: the log hears of each check and each passage, and
// of the outcome in one line, message "doctor".
func Examine(ctx context.Context, c *config.Config, asked Examination, log *slog.Logger) (*Diagnosis, error) {
	running, stop := ctx, context.CancelFunc(func() {})
	if ends, bounded := ctx.Deadline(); bounded {
		running, stop = context.WithDeadline(ctx, ends.Add(-respite))
	}
	defer stop()
	d := &Diagnosis{Outcome: Well}
	var err error
	if d.Examined, err = Doctor(running, c, asked); err != nil {
		return nil, err
	}
	if d.Passages, err = Passages(running, c); err != nil {
		return nil, err
	}
	d.judge()
	d.log(ctx, log)
	return d, nil
}

func (d *Diagnosis) judge() {
	wrong, unknown := d.Count()
	for _, p := range d.Passages {
		if p.Error != "" {
			wrong++
		}
	}
	switch {
	case wrong > 0:
		d.Outcome = Wrong
	case unknown > 0:
		d.Outcome = string(doctor.NotKnown)
	}
}

var diagnosed = map[string]slog.Level{Well: slog.LevelInfo, string(doctor.NotKnown): slog.LevelWarn, Wrong: slog.LevelError}

func (d *Diagnosis) log(ctx context.Context, log *slog.Logger) {
	for _, c := range d.Checks {
		level := slog.LevelInfo
		switch {
		case c.Wrong():
			level = slog.LevelError
		case c.Got == doctor.NotKnown:
			level = slog.LevelWarn
		}
		log.Log(ctx, level, "check", "bucket", c.Bucket, "action", c.Action, "want", string(c.Want), "got", string(c.Got), "answer", c.Answer)
	}
	for _, p := range d.Passages {
		level := slog.LevelInfo
		if p.Error != "" {
			level = slog.LevelError
		}
		log.Log(ctx, level, "passage", "to", p.To, "iss", p.Shown.Issuer, "sub", p.Shown.Subject, "aud", p.Shown.Audience,
			"taken_for", p.Identity, "error", p.Error)
	}
	log.Log(ctx, diagnosed[d.Outcome], "doctor", "outcome", d.Outcome, "as", string(d.As), "probe", d.Probe)
}
