package infra_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// read gives a file of a module.
func read(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{"modules"}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestGoogleHearsSilence: a condition on absence begins with the first line that was ever written, and watches each revision by
// itself. The provider that would run modules/gcp/tests is not always at hand.
func TestGoogleHearsSilence(t *testing.T) {
	alarms := read(t, "gcp", "alarms.tf")
	if strings.Contains(alarms, "condition_absent {") {
		t.Error("an alarm waits for the first line, or rings when a revision is replaced")
	}
	query := regexp.MustCompile(`query\s*=\s*"\(sum\(increase\(.*\[\$\{each\.value\.hours\}h\]\)\) or vector\(0\)\) < 0\.5"`)
	if !query.MatchString(alarms) {
		t.Error("no sum over all revisions, with zero for what was never written")
	}
}

// TestKeepIsWatched: in each cloud keep runs four times a day, under an identity of its own, on its own cloud's bucket, and a
// day without a good run is an alarm.
func TestKeepIsWatched(t *testing.T) {
	kept := regexp.MustCompile(`(?s)kept = \{.*?hours\s*= 24`)
	for cloud, want := range map[string][]string{
		"aws":   {"lambda.tf", `keep = "keeper"`},
		"gcp":   {"functions.tf", `"50 */6 * * *"`, `each.key == "keep" ? { OUTLAST_BUCKETS = "gs://${google_storage_bucket.this.name}"`},
		"azure": {"functions.tf", `keep = ["keep"]`, `each.key == "keep" ? { OUTLAST_BUCKETS = local.bucket`},
	} {
		if !kept.MatchString(read(t, cloud, "alarms.tf")) {
			t.Errorf("%s: nothing tells that locks are no longer extended", cloud)
		}
		text := read(t, cloud, want[0])
		for _, line := range want[1:] {
			if !strings.Contains(text, line) {
				t.Errorf("%s/%s: %s is missing", cloud, want[0], line)
			}
		}
	}
	serverless, err := os.ReadFile("../serverless.yml")
	if err != nil {
		t.Fatal(err)
	}
	timer, err := os.ReadFile("../functions/azure/keep/function.json")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(serverless), "cron(50 0/6 * * ? *)") || !strings.Contains(string(timer), "0 50 */6 * * *") {
		t.Error("keep runs at other times")
	}
}

// TestAzureAppsAreApart: what shares an account for its code can change the other's.
func TestAzureAppsAreApart(t *testing.T) {
	functions := read(t, "azure", "functions.tf")
	account := regexp.MustCompile(`(?s)resource "azurerm_storage_account" "functions" \{\s+for_each\s+= local\.apps\b`)
	if !account.MatchString(functions) || strings.Contains(functions, "functions[0]") {
		t.Error("apps share an account")
	}
	if !strings.Contains(read(t, "azure", "secrets.tf"), "each.value.identity[0].principal_id") {
		t.Error("references to Key Vault are resolved by the system-assigned identity, which may not read the vault")
	}
}

// TestGoogleTakesTheAlarms: the API refuses a metric's condition that names no type of resource, and a line's that has no limit to
// its messages. What went wrong is told of by its line, whatever kind of resource wrote it.
func TestGoogleTakesTheAlarms(t *testing.T) {
	alarms := read(t, "gcp", "alarms.tf")
	for _, condition := range regexp.MustCompile(`filter\s*=\s*"metric\.type=.*`).FindAllString(alarms, -1) {
		if !strings.Contains(condition, "resource.type=") {
			t.Errorf("must specify a restriction on resource.type: %s", condition)
		}
	}
	bad := regexp.MustCompile(`(?s)"google_monitoring_alert_policy" "bad" \{.*?\n\}`).FindString(alarms)
	for _, block := range []string{"condition_matched_log {", "notification_rate_limit {"} {
		if !strings.Contains(bad, block) {
			t.Errorf("bad news: %s is missing", block)
		}
	}
	if !strings.Contains(alarms, `(protoPayload.resourceName=\"${local.itself}\" OR protoPayload.resourceName:\"${local.itself}/\")`) {
		t.Error("a name without the slash behind it is the beginning of the bucket of code, too, in which each release deletes")
	}
	if !strings.Contains(read(t, "gcp", "alarms.tf"), "monitoring_notification_channels = [google_monitoring_notification_channel.email.id]") {
		t.Error("the budget tells the account's administrators alone")
	}
}

// TestGoogleBuildsAsSomebody: without an account of its own a build runs as the project's default one.
func TestGoogleBuildsAsSomebody(t *testing.T) {
	if !strings.Contains(read(t, "gcp", "functions.tf"), "service_account = google_service_account.build[0].id") {
		t.Error("the functions are built as whoever Google takes")
	}
	roles := regexp.MustCompile(`"roles/[a-zA-Z.]+"`).FindAllString(read(t, "gcp", "build.tf"), -1)
	if want := []string{`"roles/logging.logWriter"`, `"roles/artifactregistry.writer"`}; !slices.Equal(roles, want) {
		t.Errorf("what builds has %v, want %v", roles, want)
	}
}
