// Bootstrap is the receiver on AWS Lambda: one function behind a Function URL or an API Gateway HTTP API.
package main

import (
	"context"
	"errors"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"outlast.example/shared/config"
	"outlast.example/shared/wire"
)

// maxEvent is what Lambda accepts of a synchronous invocation's payload (AWS Lambda Developer Guide, "Lambda quotas").
const maxEvent = 6 << 20 // bytes

// maxFrame is what of an event is not the body: the headers, of which API Gateway accepts 10,240 bytes, the URL, which
// stands in it three times, and AWS' own account of the request. It is generous: a larger frame only costs body.
const maxFrame = 64 << 10 // bytes

// maxBody is the largest body whose base64 fits into an event. Lambda itself answers 413 to what does not.
const maxBody = (maxEvent - maxFrame) / 4 * 3 // bytes

func main() {
	level := new(slog.LevelVar)
	slog.SetDefault(logger(level))
	receiver, err := open(context.Background(), level)
	if err != nil {
		slog.Error("the receiver does not start", "error", err.Error())
		os.Exit(1)
	}
	lambda.Start(adapter{receiver}.invoke)
}

// logger writes the lines that Lambda's own log format and level filter understand, whatever log_format says.
func logger(level slog.Leveler) *slog.Logger {
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{
		Level:       level,
		ReplaceAttr: lambdacontext.ReplaceAttr, // "timestamp" and "message"
	}))
}

// open makes the receiver that the environment and the file of OUTLAST_CONFIG describe. It is never closed: Lambda
// freezes the process, and ends it without notice.
func open(ctx context.Context, level *slog.LevelVar) (*wire.Receiver, error) {
	c, err := config.Load(config.Layers{Path: os.Getenv(config.PathVariable), Environ: config.Environ()})
	if err != nil {
		return nil, err
	}
	if err := c.Capture(); err != nil {
		return nil, err
	}
	if c.PublicURL == "" {
		return nil, errors.New("public_url: missing; set it, or OUTLAST_PUBLIC_URL, to scheme and host of the Function URL or the custom domain")
	}
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return nil, err
	}
	c.Limits.MaxBody = min(c.Limits.MaxBody, maxBody)
	return wire.Capture(ctx, c, slog.Default())
}
