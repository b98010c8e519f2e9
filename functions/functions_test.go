// Package functions_test runs the functions of all three clouds together, on real servers.
package functions_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"outlast.example/functions/functiontest"
	"outlast.example/shared/crm"
	"outlast.example/shared/crm/hubspot"
)

// binaries are what is deployed to the three clouds, built once.
type binaries struct{ bootstrap, service, app string }

func build(t *testing.T) binaries {
	return binaries{functiontest.Bootstrap(t), functiontest.Service(t), functiontest.App(t)}
}

// receivers are the capturing functions of the three clouds.
type receivers struct {
	aws   *functiontest.Lambda
	gcp   *functiontest.CloudRun
	azure *functiontest.AzureHost
}

// startAll starts them. Google's and Azure's find the configuration in their archives.
func startAll(t *testing.T, b binaries, r *functiontest.Repository) receivers {
	r.Configure(t, filepath.Join(b.service, functiontest.SourceFolder))
	r.Configure(t, b.app)
	const archived = "OUTLAST_CONFIG=outlast.yaml" // the last one of a name counts
	all := receivers{
		aws:   functiontest.StartLambda(t, b.bootstrap, "capture", r.Environ("aws")...),
		gcp:   functiontest.StartCloudRun(t, b.service, "Capture", append(r.Environ("gcp"), archived)...),
		azure: functiontest.StartAzure(t, b.app, append(r.Environ("azure"), archived)...),
	}
	all.gcp.Await(t)
	all.azure.Await(t)
	return all
}

const (
	hook    = "/v1/hooks/acme?b=%2f%41&a=+&b"
	contact = "\ufeff" + `[{"eventId":1,"subscriptionId":1,"portalId":62515,"occurredAt":1786998000000,"subscriptionType":"contact.propertyChange",` +
		`"attemptNumber":0,"objectId":7,"propertyName":"name","propertyValue":"Zoë"}]` + "\r\n"
)

// webhook is a request as HubSpot signs it: with the public address, whatever the one that a runtime calls.
func webhook(t testing.TB, body string) http.Header {
	t.Helper()
	source, err := crm.Open(hubspot.Kind, crm.Settings{Name: "acme", Secrets: []string{functiontest.HubSpotSecret}})
	if err != nil {
		t.Fatal(err)
	}
	r := &crm.Request{Method: http.MethodPost, URL: functiontest.PublicURL + hook, Path: hook, Body: []byte(body)}
	if err := source.Sign(r, time.Now()); err != nil {
		t.Fatal(err)
	}
	return r.Header
}

// post gives the status of each cloud's answer to the same request.
func (all receivers) post(t *testing.T, header http.Header, body string) map[string]int {
	var answers sync.Map
	var posting sync.WaitGroup
	for cloud, send := range map[string]func() int{
		"aws":   func() int { return all.aws.Answer(t, lambdaEvent(header, body)).StatusCode },
		"gcp":   func() int { return send(t, all.gcp.URL, header, body) },
		"azure": func() int { return send(t, all.azure.URL, header, body) },
	} {
		posting.Go(func() { answers.Store(cloud, send()) })
	}
	posting.Wait()
	statuses := map[string]int{}
	answers.Range(func(cloud, status any) bool {
		statuses[cloud.(string)] = status.(int)
		return true
	})
	return statuses
}

func send(t testing.TB, url string, header http.Header, body string) int {
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+hook, strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return 0
	}
	r.Header = header.Clone()
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

func lambdaEvent(header http.Header, body string) events.LambdaFunctionURLRequest {
	path, query, _ := strings.Cut(hook, "?")
	e := events.LambdaFunctionURLRequest{Version: "2.0", RawPath: path, RawQueryString: query, Headers: map[string]string{}, Body: body}
	e.RequestContext.HTTP.Method = http.MethodPost
	for name, values := range header {
		e.Headers[strings.ToLower(name)] = values[0]
	}
	return e
}

// relayed is an event as Salesforce's relay puts it on a bus.
func relayed(source, account string) []byte {
	return []byte(`{"version":"0","id":"8c4f0a4e-3a55-4f8c-9f7e-3b1d3c1f6a10","detail-type":"AccountChangeEvent","source":"` + source + `",
  "account":"123456789012","time":"2026-11-22T09:00:00Z","region":"eu-central-1","resources":["` + source + `"],
  "detail":{"payload":{"ChangeEventHeader":{"entityName":"Account","recordIds":["001Hs00002aCmEaIAK"],"changeType":"UPDATE",
  "transactionKey":"k","sequenceNumber":1,"commitTimestamp":1795341600000,"commitNumber":1795341600363508201,"changedFields":["Name"]},
  "Name":"` + account + `"},"schemaId":"x","id":"e"}}`)
}

// scheduled is the event of a rule (Amazon EventBridge User Guide, "Creating a rule that runs on a schedule").
const scheduled = `{"version":"0","id":"53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa","detail-type":"Scheduled Event","source":"aws.events",
  "account":"123456789012","time":"2026-11-22T16:53:06Z","region":"eu-central-1",
  "resources":["arn:aws:events:eu-central-1:123456789012:rule/my-scheduled-rule"],"detail":{}}`

func TestThreeClouds(t *testing.T) {
	b, r := build(t), functiontest.NewRepository(t)
	all := startAll(t, b, r)
	t.Run("one delivery, heard by all, is restored once", func(t *testing.T) { heardByAll(t, all, r) })
	t.Run("an event of the bus is a delivery", func(t *testing.T) { heardByBus(t, all, r) })
	t.Run("schedules", func(t *testing.T) { schedules(t, b, r) })
	t.Run("locks", func(t *testing.T) { keepsLocks(t, b, r) })
	t.Run("doctor", func(t *testing.T) { triesItsRights(t, b, r) })
	t.Run("before its URL is known", func(t *testing.T) { withoutURL(t, b, r) })
	t.Run("over the cap", func(t *testing.T) { overTheCap(t, all) })
	t.Run("no token for one bucket", func(t *testing.T) { withoutToken(t, b.service, r) })
	t.Run("time that is left", func(t *testing.T) { timeLeft(t, b, r.Hanging(t)) })
	r.GCS.Stop()
	t.Run("one provider down is not noticed", func(t *testing.T) { wantAll(t, all.post(t, webhook(t, contact), contact), http.StatusOK) })
	r.Azure.Stop()
	t.Run("below quorum", func(t *testing.T) { belowQuorum(t, all) })
}

func wantAll(t *testing.T, statuses map[string]int, want int) {
	t.Helper()
	for _, cloud := range functiontest.Clouds {
		if statuses[cloud] != want {
			t.Errorf("%s answers %d, want %d", cloud, statuses[cloud], want)
		}
	}
}

func heardByAll(t *testing.T, all receivers, r *functiontest.Repository) {
	wantAll(t, all.post(t, webhook(t, contact), contact), http.StatusOK)
	result := r.Restore(t)
	records := slices.Collect(result.Records())
	if len(records) != 1 || string(records[0].Fields["name"]) != `"Zoë"` || len(records[0].Gaps) > 0 {
		t.Errorf("restored %+v, want one contact without gaps", records)
	}
	if result.Report.Deliveries != len(functiontest.Clouds) || result.Report.Faults > 0 {
		t.Errorf("%d deliveries and %d faults, want one of each cloud", result.Report.Deliveries, result.Report.Faults)
	}
	for _, bucket := range result.Report.Buckets {
		if bucket.Objects != len(functiontest.Clouds) {
			t.Errorf("%s has %d batches", bucket.Name, bucket.Objects)
		}
	}
}

func heardByBus(t *testing.T, all receivers, r *functiontest.Repository) {
	if o := all.aws.Invoke(t, relayed(functiontest.RelaySource, "Acme")); o.Failed {
		t.Fatalf("failed: %s", o.Payload)
	}
	if o := all.aws.Invoke(t, relayed("aws.partner/salesforce.com/00DHs0000010aBcMAI/another", "Evil")); !o.Failed || !bytes.Contains(o.Payload, []byte("event_source")) {
		t.Errorf("an event of another source: %s, want an error", o.Payload)
	}
	for record := range r.Restore(t).Records() {
		if record.Record.Source == "crm" && string(record.Fields["Name"]) == `"Acme"` {
			return
		}
	}
	t.Error("the account of the event is not restored")
}

// Every cloud's schedules run both tasks.
func schedules(t *testing.T, b binaries, r *functiontest.Repository) {
	for _, name := range []string{"reconcile", "verify"} {
		if o := functiontest.StartLambda(t, b.bootstrap, name, r.Environ("seal-aws")...).Invoke(t, []byte(scheduled)); o.Failed {
			t.Errorf("aws: %s: %s", name, o.Payload)
		}
		gcp := functiontest.StartCloudRun(t, b.service, strings.ToUpper(name[:1])+name[1:], r.Environ("seal-gcp")...)
		if status := send(t, gcp.Await(t).URL, nil, ""); status != http.StatusNoContent {
			t.Errorf("gcp: %s: %d", name, status)
		}
	}
	azure := functiontest.StartAzure(t, b.app, r.Environ("seal-azure")...).Await(t)
	for _, name := range []string{"reconcile", "verify"} {
		status, outcome := azure.Timer(t, name)
		for _, field := range []string{"Outputs", "Logs", "ReturnValue"} {
			if _, has := outcome[field]; !has || status != http.StatusOK {
				t.Errorf("azure: %s: %d %v", name, status, outcome)
			}
		}
		if status := send(t, azure.URL+"/"+name, nil, "{}"); status != http.StatusNotFound {
			t.Errorf("azure: %s from outside: %d", name, status)
		}
	}
	if status, _ := azure.Post(t, "verify", []byte(`[]`)); status != http.StatusBadRequest {
		t.Errorf("azure: no envelope: %d", status)
	}
	if status := send(t, azure.URL, webhook(t, contact), contact); status != http.StatusServiceUnavailable {
		t.Errorf("azure: an app without a receiver's key answers %d", status)
	}
}

// The receivers' own cap is below each runtime's. On Lambda, what is over the event's size never arrives.
func overTheCap(t *testing.T, all receivers) {
	const most = 6 << 20
	for cloud, url := range map[string]string{"gcp": all.gcp.URL, "azure": all.azure.URL} {
		for body, want := range map[string]int{strings.Repeat("x", most): http.StatusOK, strings.Repeat("x", most+1): http.StatusRequestEntityTooLarge} {
			if status := send(t, url, webhook(t, body), body); status != want {
				t.Errorf("%s: %d bytes: %d, want %d", cloud, len(body), status, want)
			}
		}
	}
}

// Whoever would vouch for the process in another cloud refuses: its own bucket and the third one take the delivery.
func withoutToken(t *testing.T, service string, r *functiontest.Repository) {
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	defer issuer.Close()
	f := functiontest.StartCloudRun(t, service, "Capture", append(r.Environ("gcp"), "GCE_METADATA_HOST="+strings.TrimPrefix(issuer.URL, "http://"),
		"OUTLAST_FEDERATION_FROM=gcp", "OUTLAST_FEDERATION_AWS_ROLE=arn:aws:iam::1:role/capture", "OUTLAST_FEDERATION_AWS_REGION=eu-central-1")...).Await(t)
	if status := send(t, f.URL, webhook(t, contact), contact); status != http.StatusOK {
		t.Errorf("answers %d", status)
	}
	f.Says(t, "token from Google's metadata server: access denied: HTTP 403")
}

// Two buckets hang, and limits.deadline is 15 s: the answer comes before the runtime would end the invocation. Azure does not
// tell how long that is.
func timeLeft(t *testing.T, b binaries, r *functiontest.Repository) {
	const timeout = 4 * time.Second
	aws := functiontest.StartLambda(t, b.bootstrap, "capture", r.Environ("aws")...).Within(timeout)
	gcp := functiontest.StartCloudRun(t, b.service, "Capture", append(r.Environ("gcp"), "CLOUD_RUN_TIMEOUT_SECONDS=4")...).Await(t)
	header := webhook(t, contact)
	for cloud, post := range map[string]func() int{
		"aws": func() int { return aws.Answer(t, lambdaEvent(header, contact)).StatusCode },
		"gcp": func() int { return send(t, gcp.URL, header, contact) },
	} {
		began := time.Now()
		if status, took := post(), time.Since(began); status != http.StatusServiceUnavailable || took >= timeout || took < timeout/2 {
			t.Errorf("%s answers %d after %s, want 503 before %s", cloud, status, took, timeout)
		}
	}
}

// A CRM hears 503 and tries again; a bus hears an error, which makes it try again.
func belowQuorum(t *testing.T, all receivers) {
	wantAll(t, all.post(t, webhook(t, contact), contact), http.StatusServiceUnavailable)
	o := all.aws.Invoke(t, relayed(functiontest.RelaySource, "Later"))
	var failure struct{ ErrorMessage string }
	if err := json.Unmarshal(o.Payload, &failure); err != nil || !o.Failed || !strings.Contains(failure.ErrorMessage, "not stored in enough places") {
		t.Errorf("%s, want an error", o.Payload)
	}
}
