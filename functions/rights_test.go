package functions_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"outlast.example/functions/functiontest"
	"outlast.example/shared/config"
	"outlast.example/shared/store"
	"outlast.example/shared/store/storetest/servers"
	"outlast.example/shared/task"
	"outlast.example/shared/verify"
	"outlast.example/shared/wire"
)

// keeper is the environment of a cloud's keep: one bucket, and who may see and extend locks there and nothing else.
func keeper(r *functiontest.Repository, signer, url string) []string {
	return append(r.Environ(signer), "OUTLAST_BUCKETS="+url, "OUTLAST_QUORUM=1",
		"AWS_ACCESS_KEY_ID="+servers.KeepOnly.ID, "AWS_SECRET_ACCESS_KEY="+servers.KeepOnly.Secret)
}

// Every cloud's schedule extends the locks of the day's part, on a server that really locks, and no other.
func keepsLocks(t *testing.T, b binaries, r *functiontest.Repository) {
	for cloud, run := range map[string]func(t *testing.T, environ []string) bool{
		"aws": func(t *testing.T, environ []string) bool {
			return !functiontest.StartLambda(t, b.bootstrap, "keep", environ...).Invoke(t, []byte(scheduled)).Failed
		},
		"gcp": func(t *testing.T, environ []string) bool {
			return send(t, functiontest.StartCloudRun(t, b.service, "Keep", environ...).Await(t).URL, nil, "") == http.StatusNoContent
		},
		"azure": func(t *testing.T, environ []string) bool {
			status, _ := functiontest.StartAzure(t, b.app, environ...).Await(t).Timer(t, "keep")
			return status == http.StatusOK
		},
	} {
		t.Run(cloud, func(t *testing.T) {
			url := r.S3.URL(r.S3.Bucket(t))
			keys := fill(t, url)
			today := verify.PartOn(time.Now(), 7)
			if !run(t, keeper(r, "seal-"+cloud, url)) {
				t.Fatal("failed")
			}
			wanted := slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return !today.Has(key) })
			if diff := cmp.Diff(wanted, lockedBeyond(t, url, keys, 14*24*time.Hour)); diff != "" || len(wanted) == 0 || len(wanted) == len(keys) {
				t.Errorf("locks extended (-want +got), of %d objects:\n%s", len(keys), diff)
			}
		})
	}
}

// fill makes objects of all days of the week.
func fill(t *testing.T, url string) (keys []string) {
	t.Helper()
	driver, err := wire.Driver(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 60 {
		keys = append(keys, fmt.Sprintf("log/2026/11/13/09/%04d", i))
		if err := driver.Create(t.Context(), keys[i], store.NewContent(nil)); err != nil {
			t.Fatal(err)
		}
	}
	return keys
}

func lockedBeyond(t *testing.T, url string, keys []string, ahead time.Duration) (locked []string) {
	t.Helper()
	viewers, err := wire.LockViewers(t.Context(), config.Federation{}, []string{url})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		lock, err := viewers[0].Lock(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if time.Until(lock.Until) > ahead {
			locked = append(locked, key)
		}
	}
	return locked
}

// diagnosis is what a function says of its rights.
func diagnosis(t *testing.T, text []byte) task.Diagnosis {
	t.Helper()
	var d task.Diagnosis
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return d
}

// Whoever may invoke a function has it try its own rights, and nobody from outside. The probe that capture makes is what the others
// are tried on.
func triesItsRights(t *testing.T, b binaries, r *functiontest.Repository) {
	capturing := functiontest.StartLambda(t, b.bootstrap, "capture", r.Environ("aws")...)
	event := []byte(`{"doctor": {"as": "capture"}}`)
	administrator := diagnosis(t, capturing.Invoke(t, event).Payload)
	if administrator.Outcome != task.Wrong || len(administrator.Checks) < 3*8 || administrator.Checks[0].Action != "create under log/" {
		t.Errorf("aws: %+v; want the servers' administrator to be none for capture", administrator)
	}
	capturing.Says(t, `"message":"doctor","outcome":"wrong","as":"capture","probe":"`+administrator.Probe+`"`)
	if status := capturing.Answer(t, lambdaEvent(nil, string(event))).StatusCode; status != http.StatusUnauthorized {
		t.Errorf("aws: the same from outside is answered %d", status)
	}
	url := r.Buckets[0]
	creating := functiontest.StartLambda(t, b.bootstrap, "capture", append(r.Environ("aws"), "OUTLAST_BUCKETS="+url, "OUTLAST_QUORUM=1",
		"AWS_ACCESS_KEY_ID="+servers.PutOnly.ID, "AWS_SECRET_ACCESS_KEY="+servers.PutOnly.Secret)...)
	question := func() string { // about a probe that nobody has deleted or extended
		return fmt.Sprintf(`{"doctor": {"as": "keep", "probe": %q}}`, diagnosis(t, creating.Invoke(t, event).Payload).Probe)
	}
	kept := functiontest.StartLambda(t, b.bootstrap, "keep", keeper(r, "aws", url)...)
	if d := diagnosis(t, kept.Invoke(t, []byte(question())).Payload); d.Outcome != task.Well || len(d.Checks) < 7 {
		t.Errorf("aws: %+v; want a keeper's rights to be right", d)
	}
	if o := kept.Invoke(t, []byte(`{"doctor": {"as": "god"}}`)); !o.Failed || !strings.Contains(string(o.Payload), "want one of capture") {
		t.Errorf("aws: %s", o.Payload)
	}
	asksAzure(t, b, r, question())
	asksGoogle(t, b, r, question())
}

// asksGoogle: capture's own function is open to all and does not listen; one of its identity does, and so do the tasks.
func asksGoogle(t *testing.T, b binaries, r *functiontest.Repository, asked string) {
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	defer issuer.Close()
	doctor := functiontest.StartCloudRun(t, b.service, "Doctor", append(r.Environ("gcp"), "GCE_METADATA_HOST="+strings.TrimPrefix(issuer.URL, "http://"),
		"OUTLAST_FEDERATION_FROM=gcp", "OUTLAST_FEDERATION_AWS_ROLE=arn:aws:iam::1:role/capture", "OUTLAST_FEDERATION_AWS_REGION=eu-central-1")...).Await(t)
	status, body := ask(t, doctor.URL, `{"doctor": {"as": "capture"}}`, nil)
	if d := diagnosis(t, body); status != http.StatusOK || len(d.Passages) != 1 || !strings.Contains(d.Passages[0].Error, "HTTP 403") {
		t.Errorf("gcp: %d, %+v; want the way to Amazon to say who refused", status, d.Passages)
	}
	doctor.Says(t, `"message":"passage","to":"aws"`)
	if status, _ := ask(t, doctor.URL, "", nil); status != http.StatusBadRequest {
		t.Errorf("gcp: nothing asked: %d", status)
	}
	verifying := functiontest.StartCloudRun(t, b.service, "Verify", append(r.Environ("seal-gcp"), "OUTLAST_BUCKETS="+r.Buckets[0])...).Await(t)
	if status, body := ask(t, verifying.URL, asked, nil); status != http.StatusOK || diagnosis(t, body).As != "keep" {
		t.Errorf("gcp: %d %s", status, body)
	}
	if strings.Contains(verifying.Log.String(), `"message":"verify"`) {
		t.Error("gcp: asked for doctor, it verifies")
	}
}

// asksAzure: the host lets nobody through without a key of its own.
func asksAzure(t *testing.T, b binaries, r *functiontest.Repository, asked string) {
	app := functiontest.StartAzure(t, b.app, keeper(r, "seal-azure", r.Buckets[0])...).Await(t)
	if diff := cmp.Diff([]string{"doctor"}, app.Keyed()); diff != "" {
		t.Errorf("azure: functions that want a key: %s", diff)
	}
	if status, _ := ask(t, app.URL+"/doctor", asked, nil); status != http.StatusUnauthorized {
		t.Errorf("azure: without a key: %d", status)
	}
	key := http.Header{"X-Functions-Key": {functiontest.HostKey}}
	status, body := ask(t, app.URL+"/doctor", asked, key)
	if d := diagnosis(t, body); status != http.StatusOK || d.Outcome != task.Well {
		t.Errorf("azure: %d %+v", status, d)
	}
	if status, _ := ask(t, app.URL+"/doctor", "{}", key); status != http.StatusBadRequest {
		t.Errorf("azure: nothing asked: %d", status)
	}
}

func ask(t *testing.T, url, body string, header http.Header) (int, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		request.Header[name] = values
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, answer
}

// Lambda's URL is known after the first deployment. Until it is told, capture starts with a placeholder, and believes no signature
// that covers the URL.
func withoutURL(t *testing.T, b binaries, r *functiontest.Repository) {
	text, err := os.ReadFile("../serverless.yml")
	if err != nil || !strings.Contains(string(text), "${env:OUTLAST_PUBLIC_URL, '"+functiontest.NoURL+"'}") {
		t.Errorf("serverless.yml does not name %s: %v", functiontest.NoURL, err)
	}
	const untold = "OUTLAST_PUBLIC_URL=" + functiontest.NoURL
	all := receivers{
		aws:   functiontest.StartLambda(t, b.bootstrap, "capture", append(r.Environ("aws"), untold)...),
		gcp:   functiontest.StartCloudRun(t, b.service, "Capture", append(r.Environ("gcp"), untold)...).Await(t),
		azure: functiontest.StartAzure(t, b.app, append(r.Environ("azure"), untold)...).Await(t),
	}
	wantAll(t, all.post(t, webhook(t, contact), contact), http.StatusUnauthorized)
}
