package gcs_test

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/transport/transporttest"
	"outlast.example/shared/store/storetest"
	"outlast.example/shared/store/storetest/servers"
)

// The emulator keeps versions in memory only. A page of its begins with a key, and not with a generation of one.
func TestVersions(t *testing.T) {
	server := servers.GCSInMemory(t)
	storetest.RunVersions(t, storetest.VersionHarness{
		Bucket: func(t *testing.T) storetest.VersionBucket {
			name := server.VersionedBucket(t)
			return storetest.VersionBucket{
				Driver: open(t, server.URL(name)),
				Overwrite: func(t *testing.T, key string, content []byte) {
					ask(t, server, http.MethodPost, "upload/storage/v1/b/"+name+"/o?uploadType=media&name="+url.QueryEscape(key), content)
				},
				Delete: func(t *testing.T, key string) {
					ask(t, server, http.MethodDelete, "storage/v1/b/"+name+"/o/"+url.PathEscape(key), nil)
				},
			}
		},
		Plain:     func(t *testing.T) store.Driver { return open(t, server.URL(server.Bucket(t))) },
		NoBucket:  func(t *testing.T) store.Driver { return open(t, server.URL("no-such-bucket")) },
		WholeKeys: true,
	})
}

// The fields are those of https://cloud.google.com/storage/docs/json_api/v1/objects; timeDeleted is that of a generation that
// is not current.
func TestVersionsOnTheWire(t *testing.T) {
	var sent *http.Request
	const answer = `{"items":[
{"name":"a","size":"5","generation":"1","timeCreated":"2026-11-22T08:00:00Z","timeDeleted":"2026-11-22T09:00:00Z"},
{"name":"a","size":"7","generation":"2","timeCreated":"2026-11-22T09:00:00Z"}]}`
	server := transporttest.Record(t, func(r *http.Request, _ []byte) { sent = r },
		transporttest.Answer(200, http.Header{"Content-Type": {"application/json"}}, answer))
	d := open(t, bucketURL(server.Address)).(store.VersionDriver)
	page, err := d.Versions(t.Context(), "a", "before")
	eight := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	if diff := cmp.Diff(store.VersionPage{Versions: []store.Version{
		{Object: store.Object{Key: "a", Size: 5}, ID: "1", Time: eight},
		{Object: store.Object{Key: "a", Size: 7}, ID: "2", Time: eight.Add(time.Hour), Current: true},
	}}, page); err != nil || diff != "" {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
	if query := sent.URL.Query(); query.Get("versions") != "true" || query.Get("prefix") != "a" || query.Get("pageToken") != "before" {
		t.Errorf("%s", sent.URL)
	}
}

func TestReadVersionOnTheWire(t *testing.T) {
	var sent *http.Request
	server := transporttest.Record(t, func(r *http.Request, _ []byte) { sent = r }, transporttest.Answer(200, nil, "bytes"))
	d := open(t, bucketURL(server.Address)).(store.VersionDriver)
	body, err := d.ReadVersion(t.Context(), "a/key", "17", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(body); err != nil || string(b) != "bytes" || sent.URL.Query().Get("generation") != "17" {
		t.Errorf("%s: %q, error %v", sent.URL, b, err)
	}
	_, err = d.ReadVersion(t.Context(), "key", "none", 0, -1)
	transporttest.WantSentinel(t, err, store.ErrNotFound)
}

// ask speaks to the server as an administrator does.
func ask(t *testing.T, server *servers.GCSServer, method, path string, body []byte) {
	t.Helper()
	address := strings.TrimSuffix(server.Endpoint, "storage/v1/") + path
	request, err := http.NewRequestWithContext(t.Context(), method, address, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s, error %v", method, path, response.Status, err)
	}
}
