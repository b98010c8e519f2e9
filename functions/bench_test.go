package functions_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"outlast.example/functions/functiontest"
)

// started is a function that runs, and how to hand it a webhook.
type started struct {
	process *functiontest.Process
	post    func(header http.Header) int
}

// BenchmarkColdStart measures the time from the start of a process to its first stored delivery, on three real servers, in
// milliseconds (median), beside a bare program with the same SDKs; the memory that it holds then; and the time that Go
// reports for initialising packages (median). Google's function opens the receiver in its own package's, as the other two do
// in main: that is left out.
func BenchmarkColdStart(b *testing.B) {
	bin := binaries{functiontest.Bootstrap(b), functiontest.Service(b), functiontest.App(b)}
	bare := functiontest.Bare(b)
	r := functiontest.NewRepository(b)
	b.Run("bare", func(b *testing.B) {
		reportMedian(b, func() time.Duration {
			c := exec.CommandContext(b.Context(), bare, r.Addresses(b)...) //nolint:gosec // of our own
			began := time.Now()
			if out, err := c.CombinedOutput(); err != nil {
				b.Fatalf("%v: %s", err, out)
			}
			return time.Since(began)
		})
	})
	for cloud, start := range map[string]func(b *testing.B, environ []string) started{
		"aws": func(b *testing.B, environ []string) started {
			f := functiontest.StartLambda(b, bin.bootstrap, "capture", environ...)
			return started{f.Process, func(h http.Header) int { return f.Answer(b, lambdaEvent(h, contact)).StatusCode }}
		},
		"gcp": func(b *testing.B, environ []string) started {
			f := functiontest.StartCloudRun(b, bin.service, "Capture", environ...).Await(b)
			return started{f.Process, func(h http.Header) int { return send(b, f.URL, h, contact) }}
		},
		"azure": func(b *testing.B, environ []string) started {
			f := functiontest.StartAzure(b, bin.app, environ...).Await(b)
			return started{f.Process, func(h http.Header) int { return send(b, f.URL, h, contact) }}
		},
	} {
		b.Run(cloud, func(b *testing.B) { coldStarts(b, start, r.Environ(cloud)) })
	}
}

func coldStarts(b *testing.B, start func(*testing.B, []string) started, environ []string) {
	header := webhook(b, contact)
	var resident float64
	reportMedian(b, func() time.Duration {
		began := time.Now()
		f := start(b, environ)
		if status := f.post(header); status != http.StatusOK {
			b.Fatalf("answered %d", status)
		}
		took := time.Since(began)
		resident = rss(b, f.process.PID)
		f.process.Stop()
		return took
	})
	b.ReportMetric(resident, "RSS-MB")
	var initialising []float64
	for range initRuns {
		f := start(b, append(environ, "GODEBUG=inittrace=1"))
		f.post(header) // so that it was there
		f.process.Stop()
		initialising = append(initialising, initialised(b, f.process.Log.String()))
	}
	slices.Sort(initialising)
	b.ReportMetric(initialising[initRuns/2], "init-ms")
}

const initRuns = 5

func reportMedian(b *testing.B, run func() time.Duration) {
	var took []time.Duration
	for b.Loop() {
		took = append(took, run())
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
	b.ReportMetric(0, "ns/op") // which counts the end of the process too
}

var vmRSS = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

// rss is the memory that a process holds, in MB.
func rss(b *testing.B, pid int) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	found := vmRSS.FindSubmatch(status)
	if found == nil {
		b.Fatalf("no VmRSS in %s", status)
	}
	kilobytes, _ := strconv.ParseFloat(string(found[1]), 64)
	return kilobytes * 1024 / 1e6
}

var initClock = regexp.MustCompile(`(?m)^init (\S+) @\S+ ms, (\S+) ms clock`)

// googlesOwn is the package at the root of Google's archive, as the trace writes it.
const googlesOwn = "outlast%2eexample"

// initialised adds up what GODEBUG=inittrace=1 says of packages, in milliseconds.
func initialised(b *testing.B, log string) (sum float64) {
	all := initClock.FindAllStringSubmatch(log, -1)
	if len(all) == 0 {
		b.Fatalf("no trace in %.200s", log)
	}
	for _, found := range all {
		if clock, _ := strconv.ParseFloat(found[2], 64); found[1] != googlesOwn {
			sum += clock
		}
	}
	return sum
}
