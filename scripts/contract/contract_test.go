package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/doctor"
	"outlast.example/shared/store"
	"outlast.example/shared/store/mem"
	"outlast.example/shared/store/storetest/servers"
)

// writeIdentities makes a folder of identities.
func writeIdentities(t *testing.T, all map[doctor.Role]string) string {
	t.Helper()
	folder := t.TempDir()
	for role, text := range all {
		if err := os.WriteFile(filepath.Join(folder, string(role)+".env"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// deviations are the rows that do not hold, by identity and action, and what was seen.
func deviations(t *testing.T, args ...string) map[string]string {
	t.Helper()
	var out, talk strings.Builder
	err := run(t.Context(), append([]string{"-json", "-yes"}, args...), strings.NewReader(""), &out, &talk)
	var report struct{ Rows []Row }
	if err := json.Unmarshal([]byte(out.String()), &report); err != nil {
		t.Fatalf("%v: %s%s", err, &out, &talk)
	}
	got := map[string]string{}
	for _, r := range report.Rows {
		t.Logf("%s: %s: %s: %s; want %q", r.Outcome, r.As, r.Action, r.Seen, r.Want)
		if r.Outcome != holds {
			got[r.As+": "+r.Action] = r.Seen
		}
	}
	if len(got) > 0 != errors.Is(err, errDiffers) {
		t.Errorf("%d rows differ, and the end is %v", len(got), err)
	}
	return got
}

func wantDeviations(t *testing.T, want, got map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what differs (-want +got):\n%s", diff)
	}
}

func awsIdentity(c servers.Credentials) string {
	return fmt.Sprintf("# a user of the S3 server\nAWS_ACCESS_KEY_ID=%s\nAWS_SECRET_ACCESS_KEY=%s\n", c.ID, c.Secret)
}

// The whole contract, on a server that locks and knows users. Where it is not like Amazon, the suite says so.
func TestOnS3(t *testing.T) {
	s := servers.S3(t)
	bucket := s.Bucket(t)
	s.Roles(t, bucket)
	folder := writeIdentities(t, map[doctor.Role]string{
		administrator: awsIdentity(servers.Root), doctor.Capture: awsIdentity(servers.PutOnly), doctor.Reconcile: awsIdentity(servers.ReadAndPut),
		doctor.Keep: awsIdentity(servers.KeepOnly), doctor.Restore: awsIdentity(servers.ReadOnly),
	})
	t.Run("as Outlast wants it", func(t *testing.T) {
		wantDeviations(t, map[string]string{
			// A condition on s3:if-none-match denies even the right put there, and none on a prefix was set: so neither is in the policy.
			"capture: create elsewhere":                      could,
			"capture: overwrite":                             could,
			"reconcile: overwrite":                           could,
			"administrator: overwrite what is locked":        could,
			"administrator: delete without naming a version": could, // infra's policy denies it to everybody; it makes a marker
			// The server's own ways.
			"administrator: see the lock of a new object": "no lock shown", // it enforces it nevertheless
			"administrator: lift a lock":                  "400 InvalidArgument",
			"administrator: create where one was deleted": "412 PreconditionFailed",
		}, deviations(t, "-identities", folder, "-open", s.URL(s.Bucket(t)), s.URL(bucket)))
	})
	t.Run("without versions and locks", func(t *testing.T) {
		silence(t)
		got := deviations(t, "-identities", folder, "-open", s.URL(s.PlainBucket(t)), s.URL(bucket))
		for action, want := range map[string]string{
			"the drivers' suite for locks":      "fails: see above",
			"the drivers' suite for versions":   "fails: see above",
			"list versions of what was deleted": "",
			"read the version below":            "none of 0 versions",
		} {
			if seen, differs := got["administrator: "+action]; !differs || seen != want {
				t.Errorf("%s: %q, want %q", action, seen, want)
			}
		}
		if seen, differs := got["administrator: the drivers' suite"]; differs {
			t.Errorf("the drivers' suite, which needs neither: %s", seen)
		}
	})
}

// silence keeps the failures that a test wants out of its own account.
func silence(t *testing.T) {
	t.Helper()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	stderr := os.Stderr
	os.Stderr = null
	t.Cleanup(func() {
		os.Stderr = stderr
		_ = null.Close()
	})
}

// The emulator lets everybody do everything and enforces no retention; it keeps versions.
func TestOnGCS(t *testing.T) {
	s := servers.GCSInMemory(t)
	folder := writeIdentities(t, map[doctor.Role]string{administrator: "", doctor.Capture: "", doctor.Reconcile: "", doctor.Keep: "", doctor.Restore: ""})
	want := map[string]string{
		"administrator: see the lock of a new object": "no lock shown",
		"administrator: lift a lock":                  could,
	}
	for as, actions := range map[doctor.Role][]string{
		doctor.Capture:   {"create elsewhere", "list", "read", "extend a lock", "overwrite", "delete"},
		doctor.Reconcile: {"extend a lock", "overwrite", "delete"},
		doctor.Keep:      {"create under log/", "overwrite", "delete"},
		doctor.Restore:   {"create under log/", "extend a lock", "overwrite", "delete"},
		administrator:    {"overwrite what is locked", "delete for good what is locked", "delete without naming a version"},
	} {
		for _, action := range actions {
			want[string(as)+": "+action] = could
		}
	}
	for _, as := range []doctor.Role{doctor.Capture, doctor.Reconcile, doctor.Restore} {
		want[string(as)+": shorten a lock"] = "400 invalid" // to everybody, for want of locks
	}
	wantDeviations(t, want, deviations(t, "-brief", "-identities", folder, "-open", s.URL(s.VersionedBucket(t)), s.URL(s.Bucket(t))))
}

// The emulator knows signatures that allow to create only, and neither immutability nor versions.
func TestOnAzure(t *testing.T) {
	s := servers.Azure(t)
	container := s.Container(t)
	signed := func(letters string) string { return "AZURE_STORAGE_SAS_TOKEN=" + s.Signed(t, container, letters) }
	folder := writeIdentities(t, map[doctor.Role]string{
		administrator:    "AZURE_STORAGE_KEY=" + servers.AccountKey,
		doctor.Capture:   signed("c"),
		doctor.Reconcile: signed("crl"),
		doctor.Keep:      signed("rli"),
		doctor.Restore:   signed("rl"),
	})
	got := deviations(t, "-brief", "-identities", folder, "-open", s.URL(s.Container(t)), s.URL(container))
	const atOnce = "capture: create one name 16 times at once" // a mixture of the emulator's two answers
	if !strings.HasPrefix(got[atOnce], "1 created, ") && got[atOnce] != "" {
		t.Errorf("%s: %s", atOnce, got[atOnce])
	}
	delete(got, atOnce)
	const unlike, none = "403 AuthorizationPermissionMismatch", "501 APINotImplemented, but no lock shown"
	wantDeviations(t, map[string]string{
		"capture: create elsewhere": could, // a signature is for all of the container
		// Azure's answer is UnauthorizedBlobOverwrite.
		"capture: create what is there":   unlike,
		"capture: overwrite":              unlike,
		"reconcile: create what is there": unlike,
		"reconcile: overwrite":            unlike,
		// No immutability; who comes with a signature hears 500.
		"capture: shorten a lock":                       "500",
		"reconcile: extend a lock":                      "500",
		"reconcile: shorten a lock":                     "500",
		"keep: extend a lock":                           "500",
		"keep: shorten a lock":                          "500",
		"restore: extend a lock":                        "500",
		"restore: shorten a lock":                       "500",
		"administrator: see the lock of a new object":   "no lock shown",
		"administrator: shorten a lock":                 none,
		"administrator: lift a lock":                    none,
		"administrator: delete for good what is locked": could,
		// No versions.
		"administrator: list versions of what was deleted":           "",
		"administrator: read the version below":                      "none of 0 versions",
		"administrator: read the version below what was overwritten": "none of 1 versions",
	}, got)
}

// What cannot be tried is said, and is no success.
func TestNotRun(t *testing.T) {
	s := servers.GCSInMemory(t)
	folder := writeIdentities(t, map[doctor.Role]string{doctor.Reconcile: ""})
	var out, talk strings.Builder
	err := run(t.Context(), []string{"-yes", "-identities", folder, s.URL(s.Bucket(t))}, strings.NewReader(""), &out, &talk)
	if !errors.Is(err, errDiffers) { // the emulator refuses nobody
		t.Error(err)
	}
	for _, line := range []string{
		`(?m)^\?  +capture +list +403 forbidden +not run: no such identity: capture$`,
		`(?m)^\?  +administrator +the drivers' suite for locks +passes +not run: no second bucket: see -open$`,
		`(?m)^ok +reconcile +create what is there +412 conditionNotMet +412 conditionNotMet$`,
		`(?m)^DIFFERS +reconcile +overwrite +403 forbidden +could$`,
	} {
		if !regexp.MustCompile(line).MatchString(out.String()) {
			t.Errorf("no line %s in\n%s", line, &out)
		}
	}
	if err := verdict([]Row{{Outcome: holds}, {Outcome: notRun}}); !errors.Is(err, errPartial) {
		t.Errorf("a row that was not run: %v", err)
	}
	if err := verdict([]Row{{Outcome: holds}}); err != nil {
		t.Error(err)
	}
}

// Nothing is created before somebody has agreed.
func TestAsksFirst(t *testing.T) {
	s := servers.GCSInMemory(t)
	bucket := s.URL(s.Bucket(t))
	folder := writeIdentities(t, map[doctor.Role]string{doctor.Reconcile: ""})
	for _, answer := range []string{"", "no\n", "y\n"} {
		var out, talk strings.Builder
		err := run(t.Context(), []string{"-identities", folder, bucket}, strings.NewReader(answer), &out, &talk)
		if err == nil || !strings.Contains(talk.String(), "nobody can delete them") || out.Len() > 0 {
			t.Errorf("%q: %v, %s%s", answer, err, &talk, &out)
		}
	}
	u, err := url.Parse(bucket)
	if err != nil {
		t.Fatal(err)
	}
	d, err := kinds["gs"].driver(t.Context(), u, 0)
	if err != nil {
		t.Fatal(err)
	}
	if page, err := d.List(t.Context(), "", ""); err != nil || len(page.Objects) > 0 {
		t.Errorf("%v, %v", page, err)
	}
}

func TestUsage(t *testing.T) {
	folder := writeIdentities(t, map[doctor.Role]string{doctor.Capture: "A=b"})
	for _, args := range [][]string{
		{}, {"s3://b"}, {"-identities", folder}, {"-identities", folder, "file:///b"}, {"-identities", folder, "s3://b/prefix"},
		{"-identities", folder, "-open", "gs://b", "s3://b"}, {"-federation", "outlast.yaml", "s3://b"}, {"-unknown"},
	} {
		if err := run(t.Context(), args, strings.NewReader(""), io.Discard, io.Discard); !errors.Is(err, errUsage) {
			t.Errorf("%q: %v", args, err)
		}
	}
}

// A row for everything that doctor tries, as every role: so a trial that is added there is pinned here.
func TestEveryTrialOfDoctorIsPinned(t *testing.T) {
	d := mem.New().Open(mem.Options{})
	b := doctor.Bucket{Creator: store.NewCreator("b", d), Reader: store.NewReader("b", d), Locker: store.NewLocker("b", d, time.Now)}
	for _, role := range doctor.Roles() {
		for _, check := range doctor.Examine(t.Context(), role, b, doctor.Probe{Key: "log/a"}, time.Now()) {
			action := check.Action
			if action == "hear that a name is taken" {
				action = "create what is there" // which tells the answer
			}
			if !slices.ContainsFunc(contract, func(c clause) bool { return c.as == role && c.action == action }) {
				t.Errorf("%s: %s", role, action)
			}
		}
	}
}

// One identity's variables are not another's, nor the process's own where an identity has them, and none stay.
func TestIdentities(t *testing.T) {
	t.Setenv("OUTLAST_TEST_A", "mine")
	t.Setenv("OUTLAST_TEST_B", "too")
	who, err := readIdentities(writeIdentities(t, map[doctor.Role]string{
		doctor.Capture: "OUTLAST_TEST_A=capture=1\n\n# none\nOUTLAST_TEST_B=b\nOUTLAST_TEST_C=c", doctor.Keep: "OUTLAST_TEST_A=keep",
	}))
	if err != nil {
		t.Fatal(err)
	}
	see := func() string {
		return os.Getenv("OUTLAST_TEST_A") + "," + os.Getenv("OUTLAST_TEST_B") + "," + os.Getenv("OUTLAST_TEST_C")
	}
	for role, want := range map[doctor.Role]string{doctor.Capture: "capture=1,b,c", doctor.Keep: "keep,,"} {
		if err := who.as(role, func() error { return errors.New(see()) }); err.Error() != want {
			t.Errorf("%s sees %v, want %s", role, err, want)
		}
	}
	if _, set := os.LookupEnv("OUTLAST_TEST_C"); see() != "mine,too," || set {
		t.Errorf("afterwards %s, set %t", see(), set)
	}
	if err := who.as(doctor.Restore, nil); !errors.Is(err, errNobody) {
		t.Error(err)
	}
}
