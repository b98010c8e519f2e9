package azblob_test

import (
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/store"
	"outlast.example/shared/store/azblob"
	"outlast.example/shared/store/internal/transport/transporttest"
	"outlast.example/shared/store/storetest/servers"
)

// The answer has the elements of https://learn.microsoft.com/rest/api/storageservices/list-blobs: a blob that was
// overwritten, one that was deleted, one that was soft-deleted, and one from before versions were switched on.
func TestVersionsOnTheWire(t *testing.T) {
	var sent *http.Request
	const answer = `<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Blobs>
<Blob><Name>a</Name><VersionId>2026-11-22T08:00:00.1234567Z</VersionId><Properties><Content-Length>5</Content-Length></Properties></Blob>
<Blob><Name>a</Name><VersionId>2026-11-22T09:00:00.0000000Z</VersionId><IsCurrentVersion>true</IsCurrentVersion><Properties><Content-Length>7</Content-Length></Properties></Blob>
<Blob><Name>b</Name><VersionId>2026-11-22T08:00:00.0000000Z</VersionId><Properties><Content-Length>1</Content-Length></Properties></Blob>
<Blob><Name>c</Name><Deleted>true</Deleted><Properties><Last-Modified>Sun, 22 Nov 2026 08:00:00 GMT</Last-Modified><Content-Length>2</Content-Length></Properties></Blob>
<Blob><Name>d</Name><Properties><Content-Length>3</Content-Length></Properties></Blob>
</Blobs><NextMarker>t</NextMarker></EnumerationResults>`
	server := transporttest.Record(t, func(r *http.Request, _ []byte) { sent = r },
		transporttest.Answer(200, http.Header{"Content-Type": {"application/xml"}}, answer))
	page, err := open(t, bucketURL(server.Address), signature).(store.VersionDriver).Versions(t.Context(), "", "before")
	eight := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	if diff := cmp.Diff(store.VersionPage{Next: "t", Versions: []store.Version{
		{Object: store.Object{Key: "a", Size: 5}, ID: "2026-11-22T08:00:00.1234567Z", Time: eight.Add(123456700)},
		{Object: store.Object{Key: "a", Size: 7}, ID: "2026-11-22T09:00:00.0000000Z", Time: eight.Add(time.Hour), Current: true},
		{Object: store.Object{Key: "b", Size: 1}, ID: "2026-11-22T08:00:00.0000000Z", Time: eight},
		{Object: store.Object{Key: "c", Size: 2}, Time: eight, Deleted: true},
		{Object: store.Object{Key: "d", Size: 3}, Current: true},
	}}, page); err != nil || diff != "" {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
	if query := sent.URL.Query(); query.Get("include") != "deleted,versions" || query.Get("marker") != "before" {
		t.Errorf("%s", sent.URL)
	}
}

func TestReadVersionOnTheWire(t *testing.T) {
	const id = "2026-11-22T08:00:00.1234567Z"
	var sent *http.Request
	server := transporttest.Record(t, func(r *http.Request, _ []byte) { sent = r }, transporttest.Answer(200, nil, "bytes"))
	body, err := open(t, bucketURL(server.Address), signature).(store.VersionDriver).ReadVersion(t.Context(), "a/key", id, 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(body); err != nil || string(b) != "bytes" || sent.URL.Path != "/container/a/key" || sent.URL.Query().Get("versionid") != id {
		t.Errorf("%s: %q, error %v", sent.URL, b, err)
	}
}

// The emulator keeps no versions, as a container does in which they are switched off: each blob is a current one, by no ID.
func TestVersionsSwitchedOff(t *testing.T) {
	server := servers.Azure(t)
	d := open(t, server.URL(server.Container(t)), azblob.Options{Key: servers.AccountKey})
	if err := d.Create(t.Context(), "key", content); err != nil {
		t.Fatal(err)
	}
	page, err := d.(store.VersionDriver).Versions(t.Context(), "", "")
	if err != nil || len(page.Versions) != 1 || !page.Versions[0].Current || page.Versions[0].ID != "" {
		t.Fatalf("%+v, error %v", page, err)
	}
	body, err := d.(store.VersionDriver).ReadVersion(t.Context(), "key", "", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(body); err != nil || string(b) != string(content.Bytes) {
		t.Errorf("%q, error %v", b, err)
	}
}
