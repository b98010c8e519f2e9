package servers_test

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"outlast.example/shared/store/storetest/servers"
)

func TestServersStartMakeBucketsAndStop(t *testing.T) {
	for _, c := range []struct {
		name  string
		start func(t *testing.T) (endpoint string, urls []string, stop func())
		want  string
	}{
		{"S3", func(t *testing.T) (string, []string, func()) {
			s := servers.S3(t)
			return s.Endpoint, []string{s.URL(s.Bucket(t)), s.URL(s.Bucket(t))}, s.Stop
		}, "s3://"},
		{"GCS", func(t *testing.T) (string, []string, func()) {
			s := servers.GCS(t)
			return s.Endpoint, []string{s.URL(s.Bucket(t)), s.URL(s.Bucket(t))}, s.Stop
		}, "gs://"},
		{"Azure", func(t *testing.T) (string, []string, func()) {
			s := servers.Azure(t)
			name := s.Container(t)
			if token := s.CreateOnly(t, name); !strings.Contains(token, "sp=c&") {
				t.Errorf("signature %q gives other rights than to create", token)
			}
			return s.Endpoint, []string{s.URL(name), s.URL(s.Container(t))}, s.Stop
		}, "azblob://"},
	} {
		t.Run(c.name, func(t *testing.T) {
			endpoint, urls, stop := c.start(t)
			if urls[0] == urls[1] || !strings.HasPrefix(urls[0], c.want) {
				t.Errorf("URLs %q, want two of %s", urls, c.want)
			}
			stop()
			if response, err := http.Get(endpoint); err == nil {
				t.Errorf("answers after its end: %s, close: %v", response.Status, response.Body.Close())
			}
		})
	}
}

func TestMissingProgramsSayWhatToDo(t *testing.T) {
	for name, c := range map[string]struct{ folder, want string }{
		"no folder":     {"", "run scripts/test"},
		"not installed": {t.TempDir(), "scripts/install servers"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(servers.Tools, c.folder)
			r := &recorder{TB: t, ended: make(chan struct{})}
			go func() {
				defer close(r.ended)
				servers.GCS(r)
			}()
			<-r.ended
			if !strings.Contains(r.message, c.want) {
				t.Errorf("ends with %q, want it to say %q", r.message, c.want)
			}
		})
	}
}

// recorder is a test that may fail.
type recorder struct {
	servers.TB
	message string
	ended   chan struct{}
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.message = fmt.Sprintf(format, args...)
	runtime.Goexit()
}
