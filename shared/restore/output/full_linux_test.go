package output

import (
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"outlast.example/shared/history"
)

// TestAFullDiskLeavesNothing lets the kernel refuse what goes beyond 64 KiB a file, as a full disk refuses it.
func TestAFullDiskLeavesNothing(t *testing.T) {
	var records []history.State
	for i := range 100 {
		records = append(records, state("acme", "contact", strconv.Itoa(i), "a", `"`+strings.Repeat("x", 4<<10)+`"`))
	}
	for format := range formats {
		t.Run(format, func(t *testing.T) {
			dir := t.TempDir()
			limitFiles(t, 64<<10)
			err := write(t, format, filepath.Join(dir, "out"), records, false)
			if err == nil || format != "sqlite" && !errors.Is(err, unix.EFBIG) {
				t.Errorf("error %v", err)
			}
			if entries, _ := os.ReadDir(dir); len(entries) > 0 {
				t.Errorf("left over: %v", entries)
			}
		})
	}
}

// limitFiles bounds the files that this process can write, until the test ends.
func limitFiles(t *testing.T, size uint64) {
	t.Helper()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, unix.SIGXFSZ) // which otherwise ends the process
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: size, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &before); err != nil {
			t.Fatal(err)
		}
		signal.Stop(signals)
	})
}
