package file_test

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// asNobody takes root's rights from a test that runs as root. Linux checks a thread's access to files by its own file
// system user, so that only this test's thread is changed.
func asNobody(t *testing.T) {
	t.Helper()
	runtime.LockOSThread()
	const nobody = 65534
	before, err := unix.SetfsuidRetUid(nobody)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = unix.SetfsuidRetUid(before)
		runtime.UnlockOSThread()
	})
}
