package gcs_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/store/gcs"
	"outlast.example/shared/store/internal/transport/transporttest"
)

// A lock is lifted by no retention, and a version deleted by its generation:
// https://cloud.google.com/storage/docs/using-object-lock, https://cloud.google.com/storage/docs/deleting-objects
func TestTrespassOnTheWire(t *testing.T) {
	var asked []string
	server := transporttest.Record(t, func(r *http.Request, body []byte) {
		q := r.URL.Query()
		asked = append(asked, fmt.Sprintf("%s %s %s%s %s", r.Method, r.URL.EscapedPath(), q.Get("overrideUnlockedRetention"), q.Get("generation"), body))
	}, transporttest.Answer(http.StatusOK, http.Header{"Content-Type": {"application/json"}}, `{"generation":"17"}`))
	u, err := url.Parse(bucketURL(server.Address))
	if err != nil {
		t.Fatal(err)
	}
	o, err := gcs.FromURL(u)
	if err != nil {
		t.Fatal(err)
	}
	d, err := gcs.OpenTrespasser(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Lift(t.Context(), "a/key"); err != nil {
		t.Error(err)
	}
	if err := d.Erase(t.Context(), "a/key"); err != nil {
		t.Error(err)
	}
	const object = " /storage/v1/b/bucket/o/a%2Fkey "
	if diff := cmp.Diff([]string{"PATCH" + object + "true {\"bucket\":\"bucket\",\"retention\":null}\n", "GET" + object + " ", "DELETE" + object + "17 "}, asked); diff != "" {
		t.Error(diff)
	}
}
