package wire

import (
	"crypto/ed25519"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"outlast.example/shared/config"
	"outlast.example/shared/doctor"
	"outlast.example/shared/format"
	"outlast.example/shared/store/storetest/servers"
)

// What real servers refuse to which identity is found out, and what they should not allow is called wrong.
func TestDoctor(t *testing.T) {
	s3, azure := servers.S3(t), servers.Azure(t)
	lawful := s3.URL(s3.Bucket(t))
	container := azure.Container(t)
	other := newProbe(t)
	for _, test := range []struct {
		name  string
		role  doctor.Role
		url   string
		as    servers.Credentials
		probe doctor.Probe
		want  []string
	}{
		// The first run creates what the third one, of another identity, tries on. This server cannot deny a put without a condition, nor
		// below one prefix only.
		{"capture on S3", doctor.Capture, lawful, servers.PutOnly, other, []string{"create elsewhere", "overwrite"}},
		{"capture in a bucket that is not there", doctor.Capture, s3.URL("no-such-bucket"), servers.PutOnly, other, nil},
		{"keeper on S3", doctor.Keep, lawful, servers.KeepOnly, doctor.Probe{Key: other.Key}, nil},
		{"keeper who is capture", doctor.Keep, lawful, servers.PutOnly, doctor.Probe{Key: other.Key}, []string{
			"create under log/", "list", "see a lock", "extend a lock", "overwrite",
		}},
		{"administrator as capture", doctor.Capture, s3.URL(s3.PlainBucket(t)), servers.Root, newProbe(t), []string{
			"create elsewhere", "list", "read", "overwrite", "delete",
		}},
		// What this signature allows is not bound to log/, and the server does not say "taken" as Azure does to who may create only.
		{"capture on Azure", doctor.Capture, azure.URL(container), servers.Credentials{}, newProbe(t), []string{
			"hear that a name is taken", "create elsewhere",
		}},
		{"a folder", doctor.Capture, "file://" + t.TempDir(), servers.Credentials{}, newProbe(t), []string{
			"create elsewhere", "list", "read", "shorten a lock", "overwrite", "delete",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("AWS_ACCESS_KEY_ID", test.as.ID)
			t.Setenv("AWS_SECRET_ACCESS_KEY", test.as.Secret)
			t.Setenv("AZURE_STORAGE_SAS_TOKEN", azure.CreateOnly(t, container))
			b, err := Doctored(t.Context(), config.Federation{}, test.url, test.probe.Key)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = b.Close() }()
			var wrong []string
			for _, c := range doctor.Examine(t.Context(), test.role, b, test.probe, time.Now()) {
				t.Logf("%s %s: %s %s", c.Want, c.Action, c.Got, c.Detail)
				if c.Wrong() {
					wrong = append(wrong, c.Action)
				}
			}
			if diff := cmp.Diff(test.want, wrong); diff != "" {
				t.Errorf("wrong (-want +got):\n%s", diff)
			}
		})
	}
}

func newProbe(t *testing.T) doctor.Probe {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	encoder, err := format.NewEncoder("6f1c2f0e-5b1a-4c62-9d0c-0c2b7a9e4d11", "aws-eu", key, []age.Recipient{identity.Recipient()})
	if err != nil {
		t.Fatal(err)
	}
	probe, err := doctor.NewProbe(encoder, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return probe
}
