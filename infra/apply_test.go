//go:build terraform

package infra_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"    //nolint:depguard // the administrator's, who may ask for what no driver can
	sdk "github.com/aws/aws-sdk-go-v2/service/s3" //nolint:depguard // the same
	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/config"
	"outlast.example/shared/doctor"
	"outlast.example/shared/store"
	"outlast.example/shared/store/s3"
	"outlast.example/shared/store/storetest/servers"
	"outlast.example/shared/wire"
)

// stack is a deployment of the bucket alone, at a store that speaks S3. What the server does not know is left out here, and
// asserted in modules/aws/bucket/tests.
const stack = `
terraform {
  required_providers {
    aws = { source = "registry.terraform.io/hashicorp/aws" }
  }
}

provider "aws" {
  region                      = %q
  access_key                  = %q
  secret_key                  = %q
  s3_use_path_style           = true
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  endpoints { s3 = %q }
}

module "bucket" {
  source = "./bucket"
  name   = %q
  region = %q
  lock   = %q
  lacks  = ["access-logs", "condition-keys", "encryption", "lifecycle", "ownership", "public-access-block", "tls"]
}
`

// terraform is a folder with a configuration, and the tool on it.
type terraform struct {
	*testing.T
	folder string
}

func newTerraform(t *testing.T, server *servers.S3Server, name, lock string) terraform {
	t.Helper()
	tf := terraform{t, t.TempDir()}
	if err := os.CopyFS(filepath.Join(tf.folder, "bucket"), os.DirFS("modules/aws/bucket")); err != nil {
		t.Fatal(err)
	}
	tf.write(server, name, lock)
	init := []string{"init", "-input=false"}
	if mirror := os.Getenv("OUTLAST_TERRAFORM_MIRROR"); mirror != "" {
		init = append(init, "-plugin-dir="+mirror)
	}
	tf.run(init...)
	return tf
}

// write answers what the bucket is called, and whether it is locked.
func (tf terraform) write(server *servers.S3Server, name, lock string) {
	tf.Helper()
	text := fmt.Sprintf(stack, servers.Region, servers.Root.ID, servers.Root.Secret, server.Endpoint, name, servers.Region, lock)
	if err := os.WriteFile(filepath.Join(tf.folder, "main.tf"), []byte(text), 0o600); err != nil {
		tf.Fatal(err)
	}
}

func (tf terraform) run(args ...string) {
	tf.Helper()
	if output, err := tf.command(args...).CombinedOutput(); err != nil {
		tf.Fatalf("terraform %s: %v\n%s", strings.Join(args, " "), err, output)
	}
}

// refuse wants a plan to fail since it would end what is locked.
func (tf terraform) refuse(what string, args ...string) {
	tf.Helper()
	output, err := tf.command(args...).CombinedOutput()
	if err == nil || !strings.Contains(string(output), "Instance cannot be destroyed") {
		tf.Errorf("%s: %v\n%s", what, err, output)
	}
}

func (tf terraform) command(args ...string) *exec.Cmd {
	command := exec.CommandContext(tf.Context(), "terraform", args...)
	command.Dir = tf.folder
	return command
}

// TestApply makes the bucket on a real S3 server, finds that a second plan wants nothing, and that what Outlast does works
// in it and what nobody may do is refused, to the server's own administrator.
func TestApply(t *testing.T) {
	server := servers.S3(t)
	tf := newTerraform(t, server, "applied", "locked")
	tf.run("apply", "-auto-approve", "-input=false")
	tf.run("plan", "-detailed-exitcode", "-input=false") // 2 where something would change
	tf.refuse("a locked bucket is taken away", "plan", "-destroy", "-input=false")
	tf.write(server, "applied", "unlocked")
	tf.refuse("a locked bucket is unlocked", "plan", "-input=false")
	tf.write(server, "another", "locked")
	tf.refuse("another bucket takes a locked one's place", "plan", "-input=false")

	driver := open(t, server, "applied")
	createTwice(t, driver)
	refuseRemoval(t, server.Client(), "applied") // by the bucket's default lock
	extend(t, driver)
	examine(t, server.URL("applied"))
	server.Admit(t, "applied")
	newCommand(t, server.URL("applied")).examine()
}

// examine has doctor try the bucket as the server's own administrator, who stands above every role and policy, and not above
// locks: so it says of him what he may and nobody should.
func examine(t *testing.T, address string) {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", servers.Root.ID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", servers.Root.Secret)
	probe := doctor.Probe{Key: object + "-of-doctor", Content: store.NewContent([]byte("probe"))}
	bucket, err := wire.Doctored(t.Context(), config.Federation{}, address, probe.Key)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]doctor.Got{}
	for _, check := range doctor.Examine(t.Context(), doctor.Reconcile, bucket, probe, time.Now()) {
		got[check.Action] = check.Got
	}
	want := map[string]doctor.Got{
		"create under log/": doctor.Could, "hear that a name is taken": doctor.Could, "list": doctor.Could, "read": doctor.Could,
		"extend a lock": doctor.Could, "overwrite": doctor.Could, "delete": doctor.Could, // a newer version, and a marker: he is the administrator
		"shorten a lock": doctor.Refused,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("doctor (-want +got):\n%s", diff)
	}
}

const object = "log/2026/11/22/09/object"

func open(t *testing.T, server *servers.S3Server, bucket string) store.Driver {
	t.Helper()
	driver, err := s3.Open(t.Context(), s3.Options{
		Bucket: bucket, Region: servers.Region, Endpoint: server.Endpoint, PathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(servers.Root.ID, servers.Root.Secret, ""),
	})
	if err != nil {
		t.Fatal(err)
	}
	return driver
}

func createTwice(t *testing.T, driver store.Driver) {
	t.Helper()
	if err := driver.Create(t.Context(), object, store.NewContent([]byte("once"))); err != nil {
		t.Fatal(err)
	}
	if err := driver.Create(t.Context(), object, store.NewContent([]byte("twice"))); !errors.Is(err, store.ErrExists) {
		t.Errorf("second create: %v, want %v", err, store.ErrExists)
	}
}

// extend lets the lock grow to as far ahead as the keeper ever asks for, and wants it firm.
func extend(t *testing.T, driver store.Driver) {
	t.Helper()
	locker := store.NewLocker("applied", driver, time.Now)
	until := time.Now().UTC().Add(store.MaxAhead).Truncate(24 * time.Hour)
	if _, err := locker.Extend(t.Context(), object, until); err != nil {
		t.Fatal(err)
	}
	lock, err := locker.Lock(t.Context(), object)
	if err != nil || !lock.Until.Equal(until) || lock.Removable {
		t.Errorf("lock %+v, error %v, want until %s, and not removable", lock, err, until)
	}
}

func refuseRemoval(t *testing.T, client *sdk.Client, bucket string) {
	t.Helper()
	key := object
	versions, err := client.ListObjectVersions(t.Context(), &sdk.ListObjectVersionsInput{Bucket: &bucket})
	if err != nil || len(versions.Versions) != 1 {
		t.Fatalf("versions %v, error %v, want one: a second create made a second version", versions, err)
	}
	yes := true // the server's own administrator stands above bucket policies, and not above locks
	for name, bypass := range map[string]*bool{"plainly": nil, "bypassing governance": &yes} {
		_, err := client.DeleteObject(t.Context(), &sdk.DeleteObjectInput{
			Bucket: &bucket, Key: &key, VersionId: versions.Versions[0].VersionId, BypassGovernanceRetention: bypass,
		})
		if err == nil {
			t.Errorf("the administrator deletes a locked version, %s", name)
		}
	}
}

// TestUnlocked takes a bucket for trying out away again, with what is in it.
func TestUnlocked(t *testing.T) {
	server := servers.S3(t)
	tf := newTerraform(t, server, "tried", "unlocked")
	tf.run("apply", "-auto-approve", "-input=false")
	createTwice(t, open(t, server, "tried"))
	tf.run("destroy", "-auto-approve", "-input=false")
}
