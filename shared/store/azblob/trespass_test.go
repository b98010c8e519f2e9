package azblob_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/store"
	"outlast.example/shared/store/azblob"
	"outlast.example/shared/store/internal/transport/transporttest"
)

// The emulator knows neither versions nor policies. An account with both gives a version's name, lets the blob be deleted, and
// keeps the version: https://learn.microsoft.com/azure/storage/blobs/immutable-version-level-worm-policies
func TestTrespassOnTheWire(t *testing.T) {
	const version = "2026-11-22T09:00:00.1234567Z"
	var asked []string
	server := transporttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		asked = append(asked, r.Method+" "+r.URL.Path+" "+q.Get("comp")+q.Get("versionid"))
		refuse := func(code string) {
			w.Header().Set("X-Ms-Error-Code", code)
			w.WriteHeader(http.StatusConflict)
		}
		switch {
		case r.Method == http.MethodHead:
			w.Header().Set("X-Ms-Version-Id", version)
		case q.Get("comp") == "immutabilityPolicies":
			refuse("ImmutabilityPolicyDeleteOnLockedPolicy")
		case q.Get("versionid") != "":
			refuse("BlobImmutableDueToPolicy")
		default:
			w.WriteHeader(http.StatusAccepted)
		}
	})
	u, err := url.Parse(bucketURL(server.Address))
	if err != nil {
		t.Fatal(err)
	}
	o, err := azblob.FromURL(u)
	if err != nil {
		t.Fatal(err)
	}
	o.SAS = signature.SAS
	d, err := azblob.OpenTrespasser(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if got := store.Answer(d.Lift(t.Context(), "a/key")); got != "409 ImmutabilityPolicyDeleteOnLockedPolicy" {
		t.Errorf("lift: %s", got)
	}
	if got := store.Answer(d.Erase(t.Context(), "a/key")); got != "409 BlobImmutableDueToPolicy" {
		t.Errorf("erase: %s", got)
	}
	if diff := cmp.Diff([]string{
		"DELETE /container/a/key immutabilityPolicies",
		"HEAD /container/a/key ", "DELETE /container/a/key ", "DELETE /container/a/key " + version,
	}, asked); diff != "" {
		t.Error(diff)
	}
}
