package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"outlast.example/functions/start"
	"outlast.example/shared/capture"
)

// bus is what a capturing function needs of the receiver for events.
type bus interface {
	EventSource(event string) (source string, configured bool)
	Hear(ctx context.Context, e capture.Event) error
}

// capturing is the receiver, and both ways into it.
type capturing struct {
	http   adapter
	events bus
}

// Invoke implements lambda.Handler. Whatever reaches it was let through by Lambda's own rights: requests by the URL, which
// is public and proves nothing, and events by EventBridge, whose rule is the only one that may invoke.
func (c *capturing) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	var event struct {
		Source     string `json:"source"`
		DetailType string `json:"detail-type"` // every event of EventBridge has one, and no HTTP event
	}
	if err := json.Unmarshal(payload, &event); err != nil {
		return nil, fmt.Errorf("event: %w", err)
	}
	if event.DetailType != "" {
		return nil, c.hear(ctx, event.Source, payload)
	}
	var request events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(payload, &request); err != nil {
		return nil, fmt.Errorf("event: %w", err)
	}
	response, err := c.http.invoke(ctx, &request)
	if err != nil {
		return nil, err
	}
	return json.Marshal(response)
}

// hear keeps an event, all of it as it came. An error makes Lambda try again, twice, and then puts the event aside.
func (c *capturing) hear(ctx context.Context, from string, payload []byte) error {
	source, configured := c.events.EventSource(from)
	if !configured {
		return fmt.Errorf("event of %q: no source has it as its event_source: name it there, or end the rule that sends it", from)
	}
	return c.events.Hear(ctx, capture.Event{Source: source, How: "eventbridge", Body: payload})
}

// scheduled is a task. It does not look at the event: that the schedule may invoke is all there is to know.
type scheduled func(context.Context) error

// Invoke implements lambda.Handler.
func (s scheduled) Invoke(ctx context.Context, _ []byte) ([]byte, error) { return nil, s(ctx) }

// examining is a function that also does what a person who may invoke it asks of its rights.
type examining struct {
	lambda.Handler
	level *slog.LevelVar
}

// Invoke implements lambda.Handler.
func (e examining) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	if asked, is := start.Asked(payload); is {
		return start.Examine(ctx, asked, e.level)
	}
	return e.Handler.Invoke(ctx, payload)
}
