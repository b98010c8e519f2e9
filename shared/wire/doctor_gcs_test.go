package wire

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/config"
	"outlast.example/shared/doctor"
)

// Google Cloud Storage says 403 both to who may not delete and to who may but for a lock; the reason tells them apart:
// https://cloud.google.com/storage/docs/json_api/v1/status-codes. The second one deletes on the day on which the lock ends.
func TestDoctorTellsALockFromARight(t *testing.T) {
	for _, test := range []struct {
		name, removal string // the reason that removal is refused for
		want          map[string]doctor.Got
	}{
		{"no right", "forbidden", map[string]doctor.Got{}},
		{"a right, and a lock", "retentionPolicyNotMet", map[string]doctor.Got{"overwrite": doctor.Held, "delete": doctor.Held}},
	} {
		t.Run(test.name, func(t *testing.T) {
			probe := newProbe(t)
			server := httptest.NewServer(asGoogle(test.removal))
			t.Cleanup(server.Close)
			b, err := Doctored(t.Context(), config.Federation{}, "gs://bucket?endpoint="+server.URL, probe.Key)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = b.Close() }()
			wrong := map[string]doctor.Got{}
			for _, c := range doctor.Examine(t.Context(), doctor.Capture, b, probe, time.Now()) {
				if c.Wrong() {
					wrong[c.Action] = c.Got
				}
			}
			if diff := cmp.Diff(test.want, wrong); diff != "" {
				t.Errorf("wrong (-want +got):\n%s", diff)
			}
		})
	}
}

// asGoogle is a bucket of which the caller may create below log/, under a condition, and nothing else.
func asGoogle(removal string) http.HandlerFunc {
	taken := false
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		creates := r.Method == http.MethodPost && r.URL.Query().Get("ifGenerationMatch") == "0"
		status, reason := http.StatusForbidden, "forbidden"
		switch {
		case creates && !elsewhere(body) && taken:
			status, reason = http.StatusPreconditionFailed, "conditionNotMet"
		case creates && !elsewhere(body):
			status, taken = http.StatusOK, true
		case r.Method == http.MethodPost && !creates, r.Method == http.MethodDelete:
			reason = removal
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		if status == http.StatusOK {
			_, _ = io.WriteString(w, "{}")
			return
		}
		_, _ = fmt.Fprintf(w, `{"error":{"code":%d,"message":%q,"errors":[{"domain":"global","reason":%q,"message":%[2]q}]}}`, status, reason, reason)
	}
}

// elsewhere reports whether an upload's metadata name another place than log/.
func elsewhere(upload []byte) bool { return !bytes.Contains(upload, []byte(`"name":"log/`)) }
