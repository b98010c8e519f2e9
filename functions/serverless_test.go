package functions_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"outlast.example/shared/store/storetest/servers"
)

// ownedByServerless are the kinds of resources that serverless.yml may make. Buckets of data, roles, log groups and secrets
// are infra/'s; the one bucket is osls' own, for archives.
var ownedByServerless = []string{
	"AWS::Lambda::Function", "AWS::Lambda::Version", "AWS::Lambda::Url", "AWS::Lambda::Permission", "AWS::Lambda::EventInvokeConfig",
	"AWS::Events::Rule", "AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "AWS::S3::Bucket", "AWS::S3::BucketPolicy",
}

type template struct {
	Resources map[string]struct {
		Type       string
		Properties map[string]json.RawMessage
	}
}

// packaged runs "osls package" offline on a serverless.yml, and gives the template that it would deploy.
func packaged(t *testing.T, text string) template {
	t.Helper()
	folder := t.TempDir()
	for name, content := range map[string]string{"serverless.yml": text, "dist/aws.zip": "an archive"} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"print", "package"} {
		c := exec.CommandContext(t.Context(), filepath.Join(os.Getenv(servers.Tools), "osls"), name)
		c.Dir = folder
		c.Env = append(os.Environ(), "OUTLAST_PUBLIC_URL=https://hooks.example.com", "SLS_TELEMETRY_DISABLED=1", "SLS_NOTIFICATIONS_MODE=off",
			"OUTLAST_KEEP_BUCKET=s3://outlast-example?region=eu-central-1")
		for _, function := range []string{"CAPTURE", "RECONCILE", "VERIFY", "KEEP"} {
			c.Env = append(c.Env, "OUTLAST_"+function+"_ROLE=arn:aws:iam::123456789012:role/"+function)
		}
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("osls %s: %v\n%s\nrun scripts/test, or scripts/install deploy", name, err, out)
		}
	}
	object, err := os.ReadFile(filepath.Join(folder, ".serverless", "cloudformation-template-update-stack.json"))
	if err != nil {
		t.Fatal(err)
	}
	var result template
	if err := json.Unmarshal(object, &result); err != nil {
		t.Fatal(err)
	}
	return result
}

func TestServerless(t *testing.T) {
	text, err := os.ReadFile("../serverless.yml")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("makes nothing of infra's", func(t *testing.T) {
		for name, r := range packaged(t, string(text)).Resources {
			if !slices.Contains(ownedByServerless, r.Type) {
				t.Errorf("%s is a %s", name, r.Type)
			}
			if r.Type == "AWS::Lambda::Function" && !strings.Contains(string(r.Properties["Role"]), "role/"+strings.ToUpper(handler(r.Properties))) {
				t.Errorf("%s runs as %s, want a role of its own", name, r.Properties["Role"])
			}
			own := strings.Contains(string(r.Properties["Environment"]), `"s3://outlast-example?region=eu-central-1"`)
			if r.Type == "AWS::Lambda::Function" && own != (handler(r.Properties) == "keep") {
				t.Errorf("%s has %s: keep is told of its own cloud's bucket only, and the others of all", name, r.Properties["Environment"])
			}
		}
	})
	t.Run("puts aside what a bus could not hand over", func(t *testing.T) {
		for _, r := range packaged(t, withBus(t, string(text))).Resources {
			if r.Type == "AWS::Events::Rule" && r.Properties["EventPattern"] != nil {
				if targets := string(r.Properties["Targets"]); !strings.Contains(targets, "Undelivered") || !strings.Contains(targets, "185") {
					t.Errorf("the rule's targets are %s", targets)
				}
				return
			}
		}
		t.Error("no rule for the bus")
	})
}

func handler(properties map[string]json.RawMessage) string {
	return strings.Trim(string(properties["Handler"]), `"`)
}

// withBus takes the lines in that serverless.yml shows for a bus.
func withBus(t *testing.T, text string) string {
	t.Helper()
	_, example, found := strings.Cut(text, "    # events:\n")
	if !found {
		t.Fatal("serverless.yml shows no events of a bus")
	}
	lines := strings.SplitAfter(example, "\n")
	var shown strings.Builder
	for _, line := range lines {
		rest, commented := strings.CutPrefix(line, "    # ")
		if !commented {
			break
		}
		shown.WriteString("    " + rest)
	}
	return strings.Replace(text, "    # events:\n", "    events:\n"+shown.String(), 1)
}
