package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"outlast.example/shared/config"
	"outlast.example/shared/format"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"outlast": main, "curl": curl})
}

// curl is as much of curl as the line that serve prints needs.
func curl() {
	flags := flag.NewFlagSet("curl", flag.ExitOnError)
	header, data := flags.String("H", "", ""), flags.String("d", "", "")
	_ = flags.Parse(os.Args[1:]) // it exits
	name, value, _ := strings.Cut(*header, ": ")
	request, err := http.NewRequest(http.MethodPost, flags.Arg(0), strings.NewReader(*data))
	if err == nil {
		request.Header.Set(name, value)
		response, failed := http.DefaultClient.Do(request)
		if err = failed; err == nil {
			err = errors.Join(response.Write(os.Stdout), response.Body.Close())
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// TestScripts runs what a user could type: testdata/cli.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/cli",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("NO_COLOR", "1")
			return silentServer(e)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":     exits,
			"keep":      keepOutput,
			"damage":    damage,
			"connected": connected,
			"s3":        s3,
		},
	})
}

type silent struct{}

// silentServer takes connections at $SILENT and answers nothing.
func silentServer(e *testscript.Env) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	e.Defer(func() { _ = listener.Close() })
	e.Values[silent{}] = listener
	e.Setenv("SILENT", listener.Addr().String())
	return nil
}

// connected waits until a program has connected to $SILENT.
func connected(ts *testscript.TestScript, _ bool, _ []string) {
	connection, err := ts.Value(silent{}).(net.Listener).Accept()
	ts.Check(err)
	ts.Defer(func() { _ = connection.Close() })
}

// exits CODE PROGRAM ARGS… runs a program and compares its exit code.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	script := `code=$1; shift; "$@"; got=$?; test $got = $code || { echo "exit code $got, want $code" >&2; exit 1; }`
	ts.Check(ts.Exec("sh", append([]string{"-c", script, "sh"}, args...)...))
}

// keepOutput is keep NAME: it puts the last stdout into a variable.
func keepOutput(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile("stdout")))
}

// damage FILE changes a byte in a file's middle.
func damage(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	text := []byte(ts.ReadFile(path))
	text[len(text)/2] ^= 1
	ts.Check(os.WriteFile(path, text, 0o600))
}

func TestHelpListsEverySetting(t *testing.T) {
	page := configPage()
	for _, s := range config.Settings() {
		if !strings.Contains(page, "\n"+s.Key+"\n") || !strings.Contains(page, s.Variable) {
			t.Errorf("%s is missing", s.Key)
		}
	}
}

func TestExitCodes(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
		want int
	}{
		{"nothing", nil, 0},
		{"anything", errors.New("anything"), 1},
		{"the command line", fmt.Errorf("x: %w", errUsage), 2},
		{"the configuration", fmt.Errorf("x: %w", config.Problems{{Setting: "a", Advice: "b"}}), 2},
		{"in part", fmt.Errorf("x: %w", errPartial), 3},
		{"damage", fmt.Errorf("x: %w", errDamage), 4},
		{"not locked", fmt.Errorf("x: %w", errAttention), 4},
		{"wrong key", fmt.Errorf("x: %w", format.ErrWrongKey), 12},
		{"interrupted, whatever else went wrong", errors.Join(errDamage, context.Canceled), 130},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := exitCode(test.err); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}
