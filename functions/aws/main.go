// Bootstrap is Outlast on AWS Lambda. The handler of a function says which part of it the function is:
//
//	capture      the receiver: a Function URL, an API Gateway HTTP API, or events of Amazon EventBridge
//	reconcile    a slice of the task, by a schedule
//	verify       a slice of the task, by a schedule
//	keep         the same
//
// Each of them also tries its own rights when a person invokes it with {"doctor": {"as": "capture"}}: no request to the URL and
// no event of a bus has that key.
package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"outlast.example/functions/start"
)

// handlerVariable names the environment variable in which Lambda hands a function's handler to its runtime
// (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html).
const handlerVariable = "_HANDLER"

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
	handler, err := open(context.Background(), os.Getenv(handlerVariable), level)
	if err != nil {
		slog.Error("the function does not start", "error", err.Error())
		os.Exit(1)
	}
	lambda.Start(examining{handler, level})
}

// logger writes the lines that Lambda's own log format and level filter understand, whatever log_format says.
func logger(level slog.Leveler) *slog.Logger {
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{
		Level:       level,
		ReplaceAttr: lambdacontext.ReplaceAttr, // "timestamp" and "message"
	}))
}

func open(ctx context.Context, name string, level *slog.LevelVar) (lambda.Handler, error) {
	if name == "capture" {
		receiver, err := start.Capture(ctx, level, maxBody)
		if err != nil {
			return nil, err
		}
		return &capturing{adapter{receiver}, receiver}, nil
	}
	run, err := start.Task(name, level)
	return scheduled(run), err
}
