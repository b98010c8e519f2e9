//go:build terraform

package infra_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/store/storetest/servers"
	"outlast.example/shared/task"
)

// command is outlast, built, in a folder with a configuration of one bucket.
type command struct {
	*testing.T
	folder string
}

func newCommand(t *testing.T, bucket string) command {
	t.Helper()
	c := command{t, t.TempDir()}
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", "disable_grpc_modules,grpcnotrace",
		"-o", filepath.Join(c.folder, "outlast"), "outlast.example/scripts/outlast")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	made, code := c.run(servers.Root, "keygen", "--receiver", "aws")
	if code != 0 {
		t.Fatal("no keys")
	}
	made = append(made, "buckets: ['"+bucket+"']\n"...)
	if err := os.WriteFile(filepath.Join(c.folder, "outlast.yaml"), made, 0o600); err != nil {
		t.Fatal(err)
	}
	return c
}

// run gives what it prints, and its exit code.
func (c command) run(as servers.Credentials, args ...string) (output []byte, code int) {
	c.Helper()
	run := exec.CommandContext(c.Context(), filepath.Join(c.folder, "outlast"), args...)
	run.Dir, run.Stderr = c.folder, os.Stderr
	run.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID="+as.ID, "AWS_SECRET_ACCESS_KEY="+as.Secret)
	output, _ = run.Output() // the code says it
	return output, run.ProcessState.ExitCode()
}

// examine runs doctor as who may only create there, and as who may only extend locks, and wants the exit code that alarms go by.
// The server can neither deny a put without a condition, nor below one prefix only: so doctor must say so, and nothing else.
func (c command) examine() {
	c.Helper()
	capture := c.doctor(servers.PutOnly, 1, []string{"create elsewhere", "overwrite"}, "--as", "capture")
	c.doctor(servers.KeepOnly, 0, nil, "--as", "keep", "--probe", capture.Probe)
	c.doctor(servers.PutOnly, 1, []string{"create under log/", "list", "see a lock", "extend a lock", "overwrite"},
		"--as", "keep", "--probe", capture.Probe)
}

func (c command) doctor(as servers.Credentials, want int, wants []string, args ...string) (found task.Examined) {
	c.Helper()
	output, code := c.run(as, append([]string{"doctor", "--json"}, args...)...)
	if err := json.Unmarshal(output, &found); err != nil || code != want {
		c.Fatalf("doctor %v as %s: exit code %d, want %d: %v: %s", args, as.ID, code, want, err, output)
	}
	var wrong []string
	for _, check := range found.Checks {
		if check.Wrong() {
			wrong = append(wrong, check.Action)
		}
	}
	if diff := cmp.Diff(wants, wrong); diff != "" {
		c.Errorf("doctor %v as %s calls wrong (-want +got):\n%s", args, as.ID, diff)
	}
	return found
}
