package servers

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// GCSServer is a running fake-gcs-server. It has no credentials.
type GCSServer struct {
	*Server
	Endpoint string // http://127.0.0.1:PORT/storage/v1/
}

// GCS starts a Google Cloud Storage server that ends with the test.
func GCS(t TB) *GCSServer {
	t.Helper()
	port := freePort(t)
	address := "127.0.0.1:" + port
	process := start(t, "http://"+address+"/_internal/healthcheck", tool(t, "fake-gcs-server"),
		"-scheme", "http", "-host", "127.0.0.1", "-port", port,
		"-backend", "filesystem", "-filesystem-root", folder(t, "data"),
		"-public-host", address, "-external-url", "http://"+address, "-log-level", "error")
	return &GCSServer{process, "http://" + address + "/storage/v1/"}
}

// Bucket makes a bucket and gives its name.
func (s *GCSServer) Bucket(t TB) string {
	t.Helper()
	name := freshName()
	if err := s.create(t, name); err != nil {
		t.Fatalf("create GCS bucket %s: %v", name, err)
	}
	return name
}

func (s *GCSServer) create(t TB, bucket string) error {
	body := strings.NewReader(fmt.Sprintf(`{"name":%q}`, bucket))
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.Endpoint+"b?project=outlast", body)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }() // read whole
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", response.Status, answer)
	}
	return err
}

// URL is the bucket's Outlast URL.
func (s *GCSServer) URL(bucket string) string {
	return "gs://" + bucket + "?" + url.Values{"endpoint": {s.Endpoint}}.Encode()
}
