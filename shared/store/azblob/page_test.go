package azblob_test

import (
	"net/http"
	"testing"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/transport/transporttest"
)

// A page that says less than Azure's is no listing, and no reason to panic: whoever asks looks after other buckets too.
func TestAPageThatBreaksOff(t *testing.T) {
	for name, body := range map[string]string{
		"nothing":          "",
		"another document": "<html></html>",
		"no blobs":         "<EnumerationResults></EnumerationResults>",
		"no name":          "<EnumerationResults><Blobs><Blob><Properties><Content-Length>5</Content-Length></Properties></Blob></Blobs></EnumerationResults>",
		"no properties":    "<EnumerationResults><Blobs><Blob><Name>a</Name></Blob></Blobs></EnumerationResults>",
		"no size":          "<EnumerationResults><Blobs><Blob><Name>a</Name><Properties></Properties></Blob></Blobs></EnumerationResults>",
	} {
		t.Run(name, func(t *testing.T) {
			server := transporttest.Serve(t, transporttest.Answer(200, http.Header{"Content-Type": {"application/xml"}}, body))
			d := open(t, bucketURL(server.Address), signature)
			_, err := d.List(t.Context(), "", "")
			transporttest.WantSentinel(t, err, store.ErrNoAnswer)
			_, err = d.(store.VersionDriver).Versions(t.Context(), "", "")
			transporttest.WantSentinel(t, err, store.ErrNoAnswer)
		})
	}
}
