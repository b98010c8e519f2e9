// Package infra_test holds what every line of the Terraform modules keeps to, whatever provider is at hand: rights are
// written out, and the words for removing and for everything do not occur among them.
package infra_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// forbidden are what must not be given, by the module that could give it. A line that denies or watches says so where it
// stands: aws/bucket/policy.tf, */alarms.tf and aws/trail.tf are read by their own tests instead.
var forbidden = map[string]*regexp.Regexp{
	"aws":   regexp.MustCompile(`s3:(Delete|Bypass|PutObjectLegalHold|PutBucket|PutLifecycle)|Action\s*=\s*\[?"\*"|iam:PassRole|arn:aws:iam::aws:policy`),
	"gcp":   regexp.MustCompile(`storage\.(objects\.(delete|overrideUnlockedRetention|move|restore|setIamPolicy)|buckets\.)|roles/(owner|editor|storage\.)|force_destroy\s*=\s*true|default_kms_key_name`),
	"azure": regexp.MustCompile(`blobs}?/(delete|write|permanentDelete|move|manageOwnership|\*)|"\*"|"(Owner|Contributor|User Access Administrator|Storage Blob Data Contributor|Storage Account Contributor)"|shared_access_key_enabled\s*=\s*true|customer_managed_key\s*\{`),
}

// exceptions are lines that are right all the same, each for its reason.
var exceptions = []string{
	`Resource = "*" # the action knows no resource`, // aws/lambda.tf
	`= true # code, and no backup`,                  // gcp/functions.tf
}

func TestNothingForbidden(t *testing.T) {
	for module, words := range forbidden {
		t.Run(module, func(t *testing.T) {
			lines := 0
			for path, text := range sources(t, filepath.Join("modules", module)) {
				for number, line := range strings.Split(text, "\n") {
					lines++
					if words.MatchString(line) && !excepted(line) {
						t.Errorf("%s:%d: %s", path, number+1, strings.TrimSpace(line))
					}
				}
			}
			if lines < 300 {
				t.Errorf("only %d lines seen", lines)
			}
		})
	}
}

func excepted(line string) bool {
	if strings.HasPrefix(strings.TrimSpace(line), "#") {
		return true
	}
	for _, exception := range exceptions {
		if strings.Contains(line, exception) {
			return true
		}
	}
	return false
}

// TestNoSecrets: values of secrets never pass through Terraform, whose state would keep them.
func TestNoSecrets(t *testing.T) {
	values := regexp.MustCompile(`resource "(aws_secretsmanager_secret_version|google_secret_manager_secret_version|azurerm_key_vault_secret|aws_iam_access_key|google_service_account_key|google_storage_hmac_key|azuread_application_password)"`)
	for path, text := range sources(t, "modules") {
		if found := values.FindString(text); found != "" {
			t.Errorf("%s: %s", path, found)
		}
	}
}

// TestRightsAreKeptByName: what is kept by its place in a list ends and begins at once when somebody comes before it, and may be
// lost. Google's provider, which would run modules/gcp/tests, is not always at hand.
func TestRightsAreKeptByName(t *testing.T) {
	place := regexp.MustCompile(`for i, \w+ in`)
	for path, text := range sources(t, "modules") {
		if found := place.FindString(text); found != "" {
			t.Errorf("%s: %s", path, found)
		}
	}
}

// TestLockedStays: once locked, every plan fails that would take the bucket away, put another in its place, or unlock it.
func TestLockedStays(t *testing.T) {
	for path, bucket := range map[string]string{
		"aws/bucket/bucket.tf": "aws_s3_bucket.this.id", "gcp/buckets.tf": "google_storage_bucket.this.id", "azure/buckets.tf": "azurerm_storage_container.this.id",
	} {
		guard := `resource "terraform_data" "locked" {
  count            = var.lock == "locked" ? 1 : 0
  triggers_replace = ` + bucket
		_, after, found := strings.Cut(read(t, path), guard)
		if lifecycle, _, _ := strings.Cut(after, "\n}\n"); !found || !strings.Contains(lifecycle, "prevent_destroy = true") {
			t.Errorf("modules/%s: nothing keeps what is locked from going with an answer", path)
		}
	}
}

// TestProvidersAreNamedInFull: Terraform and OpenTofu look for a short name in different registries.
func TestProvidersAreNamedInFull(t *testing.T) {
	short := regexp.MustCompile(`source\s*=\s*"hashicorp/`)
	for path, text := range sources(t, ".") {
		if short.MatchString(text) {
			t.Errorf("%s: a provider's source lacks its registry", path)
		}
	}
}

// sources are the .tf files below a folder, but those that only deny, watch or ask.
func sources(t *testing.T, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == ".terraform":
			return fs.SkipDir
		case filepath.Ext(path) != ".tf", slices.Contains([]string{"alarms.tf", "trail.tf", "policy.tf", "variables.tf"}, entry.Name()):
			return nil
		}
		text, err := os.ReadFile(path)
		all[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
