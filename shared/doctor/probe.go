package doctor

import (
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"outlast.example/shared/crm"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
	"outlast.example/shared/store"
)

// probeSource cannot be configured: names in a configuration have no underscores.
const probeSource = "outlast_doctor"

// Source reads what probes hold: nothing. A restore opens it beside the configured sources.
func Source() *crm.Source {
	return &crm.Source{Kind: "doctor", Name: probeSource, Interpreter: silence{}}
}

type silence struct{}

func (silence) Interpret(*format.Delivery) ([]history.Change, error) { return nil, nil }

// NewProbe makes a batch as a receiver would, whose one delivery says nothing.
func NewProbe(encoder *format.Encoder, now time.Time) (Probe, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Probe{}, fmt.Errorf("make a probe: %w", err)
	}
	batch, err := encoder.Probe([]*format.Delivery{{
		ID: id.String(), Kind: "doctor", Source: probeSource, Time: now.UTC(), Method: http.MethodPost,
		Path: "/v1/hooks/" + probeSource, Verified: "doctor",
	}}, now)
	if err != nil {
		return Probe{}, fmt.Errorf("make a probe: %w", err)
	}
	return Probe{Key: batch.Key.String(), Content: store.NewContent(batch.Object)}, nil
}
