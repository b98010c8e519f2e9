package main

import (
	"context"
	"os"

	"github.com/rogpeppe/go-internal/testscript"

	"outlast.example/shared/store/storetest/servers"
)

// s3 starts an S3 server whose bucket locks what is put there, and puts its URL into $S3. The script's programs may do
// everything there.
func s3(ts *testscript.TestScript, _ bool, _ []string) {
	t := scriptTB{ts}
	server := servers.S3(t)
	ts.Setenv("S3", server.URL(server.Bucket(t)))
	ts.Setenv("AWS_ACCESS_KEY_ID", servers.Root.ID)
	ts.Setenv("AWS_SECRET_ACCESS_KEY", servers.Root.Secret)
}

// scriptTB is a script as servers know a test.
type scriptTB struct{ ts *testscript.TestScript }

func (scriptTB) Helper() {}

func (scriptTB) Context() context.Context { return context.Background() }

func (t scriptTB) Cleanup(end func()) { t.ts.Defer(end) }

func (t scriptTB) Fatalf(format string, args ...any) { t.ts.Fatalf(format, args...) }

func (t scriptTB) TempDir() string {
	folder, err := os.MkdirTemp("", "outlast-script-*")
	t.ts.Check(err)
	t.ts.Defer(func() { _ = os.RemoveAll(folder) }) // what a server still holds open is the system's to remove
	return folder
}
