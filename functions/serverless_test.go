package functions_test

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"outlast.example/shared/store/storetest/servers"
)

// ownedByServerless are the kinds of resources that serverless.yml may make. Buckets of data, roles, log groups and secrets
// are infra/'s; the one bucket is osls' own, for archives. No versions: each would keep the keys of its day in its environment.
var ownedByServerless = []string{
	"AWS::Lambda::Function", "AWS::Lambda::Url", "AWS::Lambda::Permission", "AWS::Lambda::EventInvokeConfig",
	"AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Stage", "AWS::ApiGatewayV2::Integration", "AWS::ApiGatewayV2::Route",
	"AWS::Events::Rule", "AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "AWS::S3::Bucket", "AWS::S3::BucketPolicy",
}

type template struct{ Resources map[string]resource }

type resource struct {
	Type       string
	Properties map[string]json.RawMessage
}

// packaged runs "osls package" offline on a serverless.yml, with more variables than the least, and gives the template that it
// would deploy.
func packaged(t *testing.T, text string, more ...string) template {
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
		c.Env = append(os.Environ(), "SLS_TELEMETRY_DISABLED=1", "SLS_NOTIFICATIONS_MODE=off",
			"OUTLAST_KEEP_BUCKET=s3://outlast-example?region=eu-central-1")
		for _, function := range []string{"CAPTURE", "RECONCILE", "VERIFY", "KEEP"} {
			c.Env = append(c.Env, "OUTLAST_"+function+"_ROLE=arn:aws:iam::123456789012:role/"+function)
		}
		c.Env = append(c.Env, more...)
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
			travels := strings.Contains(string(r.Properties["Environment"]), `"OUTLAST_FEDERATION_FROM": "aws"`)
			if r.Type == "AWS::Lambda::Function" && travels != (handler(r.Properties) != "keep") {
				t.Errorf("%s has %s: keep's role makes no tokens, so that it must know no way to another cloud", name, r.Properties["Environment"])
			}
		}
	})
	t.Run("is named as infra is", func(t *testing.T) { named(t, string(text)) })
	t.Run("an HTTP API, and what a bus could not hand over", func(t *testing.T) {
		resources := packaged(t, withShown(t, string(text))).Resources
		if !slices.ContainsFunc(slices.Collect(maps.Values(resources)), func(r resource) bool {
			return r.Type == "AWS::ApiGatewayV2::Integration" && string(r.Properties["PayloadFormatVersion"]) == `"2.0"`
		}) {
			t.Error("no HTTP API whose events are those of payload format 2.0")
		}
		for _, r := range resources {
			if !slices.Contains(ownedByServerless, r.Type) {
				t.Errorf("makes a %s", r.Type)
			}
		}
		for _, r := range resources {
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

// named wants another deployment's functions, logs, secrets and queue to be called as infra calls them, its signers by their
// answers, and each of the example's sources to have its secret.
func named(t *testing.T, text string) {
	t.Helper()
	answers, err := os.ReadFile("../infra/live/answers.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var asked struct{ Sources map[string]any }
	if err := yaml.Unmarshal(answers, &asked); err != nil || len(asked.Sources) == 0 {
		t.Fatalf("sources of answers.example.yaml: %v", err)
	}
	resources := packaged(t, text, "OUTLAST_NAME=shop", "OUTLAST_RECEIVER_NAME=aws-2", "OUTLAST_SEALER_NAME=aws-3").Resources
	capture, queue := resources["CaptureLambdaFunction"].Properties, resources["Undelivered"].Properties
	want := []string{`{{resolve:secretsmanager:shop/receiver-key}}`, `"OUTLAST_RECEIVER_NAME":"aws-2"`, `"OUTLAST_SEALER_NAME":"aws-3"`}
	for source := range asked.Sources {
		variable := strings.ReplaceAll(strings.ToUpper(source), "-", "_")
		want = append(want, `"OUTLAST_SOURCE_`+variable+`_SECRETS":"{{resolve:secretsmanager:shop/source-`+source+`}}"`)
	}
	for _, function := range []string{"Reconcile", "Verify", "Keep"} {
		is := resources[function+"LambdaFunction"].Properties
		if text := string(is["Environment"]); !strings.Contains(text, `{{resolve:secretsmanager:shop/sealer-key}}`) || strings.Contains(text, "outlast/") {
			t.Errorf("%s has %s", function, text)
		}
		if name := string(is["FunctionName"]); name != `"shop-live-`+strings.ToLower(function)+`"` {
			t.Errorf("%s is called %s", function, name)
		}
	}
	environment := strings.Join(strings.Fields(string(capture["Environment"])), "")
	for _, text := range want {
		if !strings.Contains(environment, text) {
			t.Errorf("capture has %s; want %s in it", environment, text)
		}
	}
	if string(capture["FunctionName"]) != `"shop-live-capture"` || string(queue["QueueName"]) != `"shop-live-undelivered"` {
		t.Errorf("function %s, queue %s", capture["FunctionName"], queue["QueueName"])
	}
}

// withShown takes the lines in that serverless.yml shows for further events.
func withShown(t *testing.T, text string) string {
	t.Helper()
	_, example, found := strings.Cut(text, "    # events:\n")
	if !found {
		t.Fatal("serverless.yml shows no further events")
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
