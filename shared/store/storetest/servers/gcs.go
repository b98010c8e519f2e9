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
	return startGCS(t, "-backend", "filesystem", "-filesystem-root", folder(t, "data"))
}

// GCSInMemory starts one that keeps versions. It looks through the whole bucket at each write: for a few objects only.
func GCSInMemory(t TB) *GCSServer {
	t.Helper()
	return startGCS(t, "-backend", "memory")
}

func startGCS(t TB, backend ...string) *GCSServer {
	t.Helper()
	port := FreePort(t)
	address := "127.0.0.1:" + port
	process := start(t, "http://"+address+"/_internal/healthcheck", tool(t, "fake-gcs-server"), append(backend,
		"-scheme", "http", "-host", "127.0.0.1", "-port", port,
		"-public-host", address, "-external-url", "http://"+address, "-log-level", "error")...)
	return &GCSServer{process, "http://" + address + "/storage/v1/"}
}

// Bucket makes a bucket and gives its name.
func (s *GCSServer) Bucket(t TB) string {
	t.Helper()
	return s.bucket(t, false)
}

// VersionedBucket makes a bucket that keeps versions, on a server that can. It gives the name.
func (s *GCSServer) VersionedBucket(t TB) string {
	t.Helper()
	return s.bucket(t, true)
}

func (s *GCSServer) bucket(t TB, versioned bool) string {
	t.Helper()
	name := freshName()
	if err := s.create(t, name, versioned); err != nil {
		t.Fatalf("create GCS bucket %s: %v", name, err)
	}
	return name
}

func (s *GCSServer) create(t TB, bucket string, versioned bool) error {
	body := strings.NewReader(fmt.Sprintf(`{"name":%q,"versioning":{"enabled":%v}}`, bucket, versioned))
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
