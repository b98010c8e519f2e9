package format

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
)

var shellBlocks = regexp.MustCompile("(?s)```sh\n(.*?)```")

// page is the recovery page's commands as one script.
func page(d *Descriptor) string {
	var script strings.Builder
	for _, block := range shellBlocks.FindAllStringSubmatch(string(RecoveryPage(d)), -1) {
		script.WriteString(block[1])
	}
	return script.String()
}

// hardBodies are those that a careless tool on the way would change, by the id of their delivery.
func hardBodies() map[string][]byte {
	everyByte := make([]byte, 256)
	for i := range everyByte {
		everyByte[i] = byte(i)
	}
	return map[string][]byte{
		"empty":        {},
		"big-numbers":  []byte(`{"id":9007199254740993,"x":1e400,"y":1.10}`),
		"bom":          []byte("\ufeff{\"a\": 1}\r\n"),
		"separators":   []byte("a\u2028b\u2029c\u0085d\x7fe"),
		"escapes":      []byte(`"\u0000\ud800\/\\n" </script> & '$(id)' %s`),
		"line-ends":    []byte("\n\r\n\tx\n\n"),
		"astral":       []byte("😀\U0010fffd\ufffd\ufffe"),
		"nul":          []byte("a\x00b"),
		"surrogate":    []byte("a\xed\xa0\x80b"),
		"latin1":       []byte("caf\xe9"),
		"every-byte":   everyByte,
		"large-text":   incompressible(3<<20, true),
		"large-binary": incompressible(3<<20, false),
	}
}

// bucketOf writes batches into a folder, as the file driver does.
func bucketOf(t *testing.T, batches map[string][]byte) string {
	t.Helper()
	bucket := t.TempDir()
	for key, object := range batches {
		file := filepath.Join(bucket, filepath.FromSlash(key))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, object, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return bucket
}

func TestRecoveryPageWithStockTools(t *testing.T) {
	mine, other := newIdentity(t), newIdentity(t)
	s := newEncoder(t, "aws", mine, other)
	batches := map[string][]byte{}
	seal := func(deliveries ...*Delivery) Batch {
		b, err := s.Encode(deliveries, testTime)
		if err != nil {
			t.Fatal(err)
		}
		batches[b.Key.String()] = b.Object
		return b
	}
	want := hardBodies()
	var many []*Delivery
	for id, body := range want {
		many = append(many, testDelivery(id, body))
	}
	seal(many[:4]...)
	seal(many[4:]...)

	repaired := seal(testDelivery("repaired", []byte("r")))
	want["repaired"] = []byte("r")
	damaged := repaired.Key.String()
	repaired.Key.Repair = 1
	batches[damaged], batches[repaired.Key.String()] = flip(repaired.Object), repaired.Object

	forged := seal(testDelivery("forged", []byte("f")))
	delete(batches, forged.Key.String())
	forged.Key.Receiver = "gcp"
	batches[forged.Key.String()] = forged.Object

	d := testDescriptor(mine, other)
	d.Buckets = []Bucket{{URL: "file://" + bucketOf(t, batches)}}
	work, out := recoverByHand(t, d, mine)

	if !strings.Contains(out, "damaged: copy/1/"+damaged) || !strings.Contains(out, "forged: intact/") {
		t.Errorf("the page does not name what is damaged and what is forged:\n%s", out)
	}
	compareBodies(t, filepath.Join(work, "bodies"), want)
}

// recoverByHand does what the page says, in an empty folder.
func recoverByHand(t *testing.T, d *Descriptor, identity *age.X25519Identity) (work, out string) {
	t.Helper()
	work = t.TempDir()
	if err := os.WriteFile(filepath.Join(work, "identity.txt"), []byte(identity.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command("sh", "-eu", "-c", page(d))
	command.Dir = work
	b, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	return work, string(b)
}

func compareBodies(t *testing.T, folder string, want map[string][]byte) {
	t.Helper()
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name())
	}
	if expected := slices.Sorted(maps.Keys(want)); !slices.Equal(names, expected) {
		t.Errorf("recovered %v, want %v", names, expected)
	}
	for name, body := range want {
		if got, err := os.ReadFile(filepath.Join(folder, name)); err != nil || !bytes.Equal(got, body) {
			t.Errorf("%s: %d bytes, error %v, want %d bytes", name, len(got), err, len(body))
		}
	}
}

func TestCopyCommands(t *testing.T) {
	for bucket, want := range map[string]string{
		"s3://outlast-a": `aws s3 sync 's3://outlast-a' copy/1`,
		"s3://a/p/?endpoint=https://s3.example&region=eu-1": `aws s3 sync 's3://a/p' copy/1 --endpoint-url 'https://s3.example' --region 'eu-1'`,
		"gs://outlast-b":                      `gcloud storage cp --recursive 'gs://outlast-b/*' copy/1/`,
		"gs://outlast-b/p":                    `gcloud storage cp --recursive 'gs://outlast-b/p/*' copy/1/`,
		"azblob://c?storage_account=acme":     `az storage blob download-batch --auth-mode login --account-name 'acme' --source 'c' --destination copy/1`,
		"azblob://c/p/q?storage_account=acme": `az storage blob download-batch --auth-mode login --account-name 'acme' --source 'c' --destination copy/1 --pattern 'p/q/*'`,
		"file:///srv/it's":                    `cp -R '/srv/it'\''s/.' copy/1`,
		"gopher://x":                          `# copy everything of "gopher://x" into copy/1`,
	} {
		if got := copyCommand(bucket, "copy/1"); got != want {
			t.Errorf("%s:\n got %s\nwant %s", bucket, got, want)
		}
	}
}

func TestRecoveryPageIsComplete(t *testing.T) {
	d := testDescriptor(newIdentity(t), newIdentity(t))
	text := string(RecoveryPage(d))
	if strings.Contains(text, "{{") {
		t.Error("a place was left open")
	}
	for _, want := range []string{
		d.Repository, FormatPublicKey(d.Root), d.Recipients[0], d.Recipients[1], "copy any 2 of the 3",
		"mkdir -p copy/1 copy/2 copy/3", "aws s3 sync", "gcloud storage cp", "az storage blob", "until before 20260601T000000.000000Z",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("says nothing of %q", want)
		}
	}
	if name := RecoveryName(d.Number); name != fmt.Sprintf("RECOVERY-%06d.md", 1) {
		t.Errorf("the page's name is %s", name)
	}
}
