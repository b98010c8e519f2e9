package task_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"outlast.example/shared/store"
	"outlast.example/shared/store/storetest/servers"
	"outlast.example/shared/task"
	"outlast.example/shared/wire"
)

// On a server that really locks, with a keeper's rights: the day's part is locked for 14 days more, and nothing else is
// touched. Which objects a day's part holds is for TestLockedThroughAMissedDay.
func TestSliceOfKeepExtends(t *testing.T) {
	server := servers.S3(t)
	url := server.URL(server.Bucket(t))
	t.Setenv("AWS_ACCESS_KEY_ID", servers.PutOnly.ID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", servers.PutOnly.Secret)
	creator, err := wire.Driver(t.Context(), url)
	fatal(t, err)
	const objects = 70
	for i := range objects {
		fatal(t, creator.Create(t.Context(), name(i), store.NewContent(nil)))
	}
	t.Setenv("AWS_ACCESS_KEY_ID", servers.KeepOnly.ID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", servers.KeepOnly.Secret)
	r := newRepository(t)
	r.config.Buckets = []string{url}
	var log bytes.Buffer
	for range 2 { // the second run of a day finds everything done
		if level, outcome, err := r.slice(t, "keep"); level != "INFO" || outcome != "ok" || err != nil {
			t.Errorf("%s, %q, %v", level, outcome, err)
		}
	}
	fatal(t, task.Schedules["keep"](t.Context(), r.config, slog.New(slog.NewJSONHandler(&log, nil))))
	keeper, err := wire.LockViewers(t.Context(), r.config.Federation, r.config.Buckets)
	fatal(t, err)
	extended := 0
	for i := range objects {
		lock, err := keeper[0].Lock(t.Context(), name(i))
		fatal(t, err)
		if left := time.Until(lock.Until); left > 14*24*time.Hour {
			extended++
		} else if !lock.Until.IsZero() {
			t.Errorf("%s is locked for %s", name(i), left)
		}
	}
	if extended == 0 || extended > objects/2 || !bytes.Contains(log.Bytes(), fmt.Appendf(nil, `"enough":%d`, extended)) {
		t.Errorf("%d of %d locks extended: %s", extended, objects, &log)
	}
}

func name(i int) string { return fmt.Sprintf("log/2026/11/13/09/%04d", i) }
