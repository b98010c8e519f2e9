package main

import (
	"encoding/json"
	"testing"
	"time"

	"outlast.example/shared/status"
	"outlast.example/shared/watch"
)

// TestNames is the promise of --json.
func TestNames(t *testing.T) {
	got, err := json.Marshal([]any{
		statusReport{Unread: "u", Buckets: make([]status.Bucket, 1), Sources: []sourceStatus{{
			Unknown: []string{""}, Last: new(time.Time), Rhythm: new(rhythmStatus),
			Warnings: []watch.Warning{{Type: "t", Until: time.Unix(0, 0).UTC(), Records: 1, Share: 1}},
		}}},
		line{},
		sourceLine{Expires: new(time.Time), Last: lastDelivery{Time: new(time.Time), Verified: "v", Why: "w"}},
		descriptorReport{Buckets: []bucketReport{{Error: "e"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"status":"","since":"0001-01-01T00:00:00Z","until":"0001-01-01T00:00:00Z","unread":"u","repository":{"status":""},` +
		`"buckets":[{"name":"","status":""}],"sources":[{"name":"","kind":"","status":"","unknown":[""],"last":"0001-01-01T00:00:00Z",` +
		`"deliveries":0,"uninterpreted":0,"rhythm":{"usual_hours":0,"longest_silence_hours":0},"warnings":[{"source":"","what":"",` +
		`"type":"t","since":"0001-01-01T00:00:00Z","until":"1970-01-01T00:00:00Z","records":1,"share":1,"advice":""}]}]},` +
		`{"time":"0001-01-01T00:00:00Z","id":"","source":"","kind":"","method":"","bytes":0,"verified":"","receiver":"","batch":""},` +
		`{"name":"","kind":"","url":"","signed":false,"expires":"0001-01-01T00:00:00Z","last":{"known":false,` +
		`"time":"0001-01-01T00:00:00Z","verified":"v","why":"w"},"untold":null},{"descriptor":null,"sha256":"","buckets":[{"url":"",` +
		`"listed":false,"configured":false,"number":0,"error":"e"}]}]`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
