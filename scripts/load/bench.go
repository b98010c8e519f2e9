package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
)

// bench is what servers.TB asks for, outside a test.
type bench struct {
	ctx  context.Context
	once sync.Once
	undo []func()
}

func newBench(ctx context.Context) *bench { return &bench{ctx: ctx} }

func (b *bench) Helper() {}

func (b *bench) Context() context.Context { return b.ctx }

func (b *bench) Cleanup(f func()) { b.undo = append(b.undo, f) }

func (b *bench) TempDir() string {
	folder, err := os.MkdirTemp("", "outlast-load-")
	if err != nil {
		b.Fatalf("make a temporary folder: %v", err)
	}
	b.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

func (b *bench) Fatalf(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "load: "+format+"\n", args...)
	b.close()
	os.Exit(1)
}

func (b *bench) close() {
	b.once.Do(func() {
		for i := len(b.undo) - 1; i >= 0; i-- {
			b.undo[i]()
		}
	})
}

// incompressible is JSON that holds random bytes in base64, the worst that a CRM sends: an attachment.
func incompressible(size int) string {
	const envelope = len(`{"a":""}`)
	random := make([]byte, (size-envelope)/4*3)
	source := rand.NewChaCha8([32]byte{})
	_, _ = source.Read(random) // never fails
	return `{"a":"` + base64.StdEncoding.EncodeToString(random) + `"}`
}
