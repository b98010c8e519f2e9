package infra_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// example gives the answers of the example.
func example(t *testing.T) (answers map[string]any) {
	t.Helper()
	text, err := os.ReadFile("live/answers.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &answers); err != nil {
		t.Fatal(err)
	}
	return answers
}

// TestAnswersAreAllAsked: a folder of live that reads an answer which the example does not give stops a stranger.
func TestAnswersAreAllAsked(t *testing.T) {
	answers := example(t)
	asked := regexp.MustCompile(`(?:local\.own\.|lookup\(local\.own, ")([a-z_]+)`)
	for _, cloud := range []string{"aws", "gcp", "azure"} {
		text, err := os.ReadFile(filepath.Join("live", cloud, "main.tf"))
		if err != nil {
			t.Fatal(err)
		}
		own, _ := answers[cloud].(map[string]any)
		for _, match := range asked.FindAllStringSubmatch(string(text), -1) {
			if _, given := own[match[1]]; !given {
				t.Errorf("live/%s reads %s.%s, which the example does not give", cloud, cloud, match[1])
			}
		}
	}
}

// TestEachCloudIsLockedByItself: Azure begins unlocked, and what Amazon's bucket takes while unlocked stays so for good.
func TestEachCloudIsLockedByItself(t *testing.T) {
	answers := example(t)
	for _, cloud := range []string{"aws", "gcp", "azure"} {
		if own, _ := answers[cloud].(map[string]any); own["lock"] != "unlocked" {
			t.Errorf("%s.lock is %v, want unlocked, as a first apply must be", cloud, own["lock"])
		}
		text, err := os.ReadFile(filepath.Join("live", cloud, "main.tf"))
		if err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(`\n  lock\s+= local\.own\.lock\n`).Match(text) {
			t.Errorf("live/%s is locked by another answer than its own", cloud)
		}
	}
}

// TestEachCloudHasAKeeper: when a function keep stops, somebody must be able to run the command, with credentials that the pages show.
func TestEachCloudHasAKeeper(t *testing.T) {
	answers := example(t)
	for _, cloud := range []string{"aws", "gcp", "azure"} {
		own, _ := answers[cloud].(map[string]any)
		operators, _ := own["operators"].(map[string]any)
		if keeper, _ := operators["keeper"].([]any); len(keeper) == 0 {
			t.Errorf("%s: nobody may run `outlast keep` there", cloud)
		}
	}
	pages := map[string][]string{
		"README.md":  {"profile.outlast-keeper.role_arn ", "CLOUDSDK_CONFIG=$HOME/.config/outlast-keep "},
		"RUNBOOK.md": {"AWS_PROFILE=outlast-keeper\n", "GOOGLE_APPLICATION_CREDENTIALS=$HOME/.config/outlast-keep/", "az login"},
	}
	for page, lines := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range lines {
			if !strings.Contains(string(text), line) {
				t.Errorf("%s does not show the keeper's credentials: %s", page, line)
			}
		}
	}
}

// TestServerlessIsToldAll: what serverless.yml reads from the environment is what "terraform output -raw exports" prints, whose whole
// text live/aws/tests holds.
func TestServerlessIsToldAll(t *testing.T) {
	serverless, err := os.ReadFile("../serverless.yml")
	if err != nil {
		t.Fatal(err)
	}
	exports, err := os.ReadFile("live/aws/tests/aws.tftest.hcl")
	if err != nil {
		t.Fatal(err)
	}
	read := regexp.MustCompile(`\$\{env:(\w+)`).FindAllSubmatch(serverless, -1)
	for _, match := range read {
		if line := "      export " + string(match[1]) + "='"; !strings.Contains(string(exports), line) {
			t.Errorf("serverless.yml reads %s, which nothing prints", match[1])
		}
	}
	if len(read) < 10 {
		t.Errorf("only %d variables seen", len(read))
	}
}
