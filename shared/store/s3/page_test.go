package s3_test

import (
	"testing"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/transport/transporttest"
	"outlast.example/shared/store/storetest/servers"
)

// What does not say that a listing ends, or how it goes on, is not taken for its end: all that follows would count as gone.
func TestAPageThatBreaksOff(t *testing.T) {
	for name, body := range map[string]string{
		"nothing":          "",
		"another document": "<html></html>",
		"an error":         "<Error><Code>InternalError</Code></Error>",
		"no next page":     "<Result><IsTruncated>true</IsTruncated></Result>",
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, bucketURL(xml(t, 200, body).Address), servers.Root)
			_, err := d.List(t.Context(), "", "")
			transporttest.WantSentinel(t, err, store.ErrNoAnswer)
			_, err = d.(store.VersionDriver).Versions(t.Context(), "", "")
			transporttest.WantSentinel(t, err, store.ErrNoAnswer)
		})
	}
}
