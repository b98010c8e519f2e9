package s3_test

import (
	"bytes"
	"fmt"
	"net/http"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/transport/transporttest"
	"outlast.example/shared/store/storetest"
	"outlast.example/shared/store/storetest/servers"
)

func TestVersions(t *testing.T) {
	server := servers.S3(t)
	storetest.RunVersions(t, storetest.VersionHarness{
		Bucket: func(t *testing.T) storetest.VersionBucket {
			name := server.Bucket(t)
			return storetest.VersionBucket{
				Driver: open(t, server.URL(name), servers.Root),
				Overwrite: func(t *testing.T, key string, content []byte) {
					in := &sdk.PutObjectInput{Bucket: &name, Key: &key, Body: bytes.NewReader(content)}
					if _, err := server.Client().PutObject(t.Context(), in); err != nil {
						t.Fatal(err)
					}
				},
				Delete: func(t *testing.T, key string) {
					if _, err := server.Client().DeleteObject(t.Context(), &sdk.DeleteObjectInput{Bucket: &name, Key: &key}); err != nil {
						t.Fatal(err)
					}
				},
			}
		},
		Plain:    func(t *testing.T) store.Driver { return open(t, server.URL(server.PlainBucket(t)), servers.Root) },
		NoBucket: func(t *testing.T) store.Driver { return open(t, server.URL("no-such-bucket"), servers.Root) },
		CreateOnly: func(t *testing.T) store.Driver {
			return open(t, server.URL(server.Bucket(t)), servers.PutOnly)
		},
	})
}

// The answer is the documentation's, in its order: versions and delete markers of one key mixed, the latest first.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
func TestVersionsOnTheWire(t *testing.T) {
	var sent *http.Request
	const answer = `<ListVersionsResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>
<NextKeyMarker>a%26b</NextKeyMarker><NextVersionIdMarker>v&amp;2</NextVersionIdMarker>
<DeleteMarker><Key>a</Key><VersionId>m</VersionId><IsLatest>true</IsLatest><LastModified>2026-11-22T09:00:00.5Z</LastModified></DeleteMarker>
<Version><Key>a</Key><VersionId>v1</VersionId><IsLatest>false</IsLatest><LastModified>2026-11-22T08:00:00Z</LastModified><Size>5</Size></Version>
<Version><Key>a%26b</Key><VersionId>v&amp;2</VersionId><IsLatest>true</IsLatest><LastModified>2026-11-22T10:00:00Z</LastModified><Size>7</Size></Version>
</ListVersionsResult>`
	server := transporttest.Record(t, func(r *http.Request, _ []byte) { sent = r },
		transporttest.Answer(200, http.Header{"Content-Type": {"application/xml"}}, answer))
	d := open(t, bucketURL(server.Address), servers.Root).(store.VersionDriver)
	page, err := d.Versions(t.Context(), "a", "")
	if err != nil {
		t.Fatal(err)
	}
	nine := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	if diff := cmp.Diff([]store.Version{
		{Object: store.Object{Key: "a", Size: 5}, ID: "v1", Time: nine.Add(-time.Hour)},
		{Object: store.Object{Key: "a"}, ID: "m", Time: nine.Add(time.Second / 2), Current: true, Marker: true},
		{Object: store.Object{Key: "a&b", Size: 7}, ID: "v&2", Time: nine.Add(time.Hour), Current: true},
	}, page.Versions); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	query := sent.URL.Query()
	if !query.Has("versions") || query.Get("prefix") != "a" || query.Get("encoding-type") != "url" || query.Has("key-marker") {
		t.Errorf("%s", sent.URL)
	}

	again, err := d.Versions(t.Context(), "a", page.Next)
	if query := sent.URL.Query(); err != nil || query.Get("key-marker") != "a&b" || query.Get("version-id-marker") != "v&2" {
		t.Errorf("%s, error %v", sent.URL, err)
	}
	if n := len(again.Versions); n != 2 {
		t.Errorf("%d versions, want all but the one that ended the page before", n)
	}
}

func TestVersionAnswers(t *testing.T) {
	for _, c := range []struct {
		status int
		code   string
		want   error
	}{
		{404, "NoSuchVersion", store.ErrNotFound},
		{404, "NoSuchKey", store.ErrNotFound},
		{405, "MethodNotAllowed", store.ErrNotFound}, // a delete marker
		{403, "AccessDenied", store.ErrDenied},
		{404, "NoSuchBucket", store.ErrNoBucket},
		{501, "NotImplemented", store.ErrNoAnswer},
	} {
		t.Run(fmt.Sprint(c.status, c.code), func(t *testing.T) {
			server := xml(t, c.status, "<Error><Code>"+c.code+"</Code></Error>")
			_, err := open(t, bucketURL(server.Address), servers.Root).(store.VersionDriver).ReadVersion(t.Context(), "key", "v", 0, -1)
			transporttest.WantSentinel(t, err, c.want)
		})
	}
}
