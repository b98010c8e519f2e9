package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/s3"

	"outlast.example/shared/format"
	"outlast.example/shared/store/storetest/servers"
)

// filling is a repository of one full bucket, and a second server on which empty ones are filled.
type filling struct {
	from, to *servers.S3Server
	full     string // bucket
	folder   string
	objects  int
}

// fill measures how fast an empty bucket gets what a full one has: by reconcile, which checks hash and signature of each
// object, and by rclone, with as many transfers as it makes by itself and with as many copies under way as reconcile has.
func fill(ctx context.Context, b *bench, o options) error {
	f := &filling{from: servers.S3(b), to: servers.S3(b), folder: b.TempDir(), objects: o.objects}
	f.full = f.from.Bucket(b)
	if err := f.begin(b); err != nil {
		return err
	}
	c := &comparison{all: []contender{
		{"rclone as it comes", func(ctx context.Context) error { return f.rclone(ctx, f.to.Bucket(b)) }},
		{"rclone with 16 transfers", func(ctx context.Context) error {
			return f.rclone(ctx, f.to.Bucket(b), "--transfers", "16", "--checkers", "16", "--s3-no-head", "--fast-list")
		}},
		{"reconcile", func(ctx context.Context) error { return f.reconcile(ctx, f.to.Bucket(b)) }},
	}}
	for range o.rounds {
		var round []sample
		for _, contender := range c.all {
			began := time.Now()
			if err := contender.do(ctx); err != nil {
				return fmt.Errorf("%s: %w", contender.name, err)
			}
			round = append(round, sample{span: time.Since(began)})
		}
		c.rounds = append(c.rounds, round)
	}
	fmt.Printf("an empty bucket filled with %d objects, %d rounds: reconcile copies\n", o.objects, o.rounds)
	c.print("rate", func(s sample) float64 { return float64(o.objects) / s.span.Seconds() }, "a second")
	return nil
}

const repositoryID = "6f1c2f0e-5b1a-4c62-9d0c-0c2b7a9e4d11"

// begin signs a descriptor, writes the configuration, and fills the bucket with batches of the last twenty hours.
func (f *filling) begin(b *bench) error {
	_, root, err := ed25519.GenerateKey(nil)
	if err != nil {
		return err
	}
	public, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		return err
	}
	recipients, err := newRecipients()
	if err != nil {
		return err
	}
	encoder, err := format.NewEncoder(repositoryID, "bench", key, recipients)
	if err != nil {
		return err
	}
	since := time.Now().Add(-20 * time.Hour)
	descriptor := &format.Descriptor{
		Format: format.Version, Repository: repositoryID, Number: 1, Created: since, Quorum: 1,
		Receivers: []format.Signer{{Name: "bench", Key: public, Since: since.Add(-time.Hour)}},
		Buckets:   []format.Bucket{{URL: f.from.URL(f.full), CompleteSince: since}},
	}
	for _, r := range recipients {
		descriptor.Recipients = append(descriptor.Recipients, fmt.Sprint(r))
	}
	if err := f.describe(b.Context(), descriptor, root); err != nil {
		return err
	}
	return f.capture(b.Context(), encoder, since)
}

func (f *filling) describe(ctx context.Context, d *format.Descriptor, root ed25519.PrivateKey) error {
	name, object, err := format.SignDescriptor(d, root)
	if err != nil {
		return err
	}
	public, _ := root.Public().(ed25519.PublicKey) // always is one
	settings := fmt.Sprintf("repository: %s\nroot_public_key: %s\nquorum: 1\nbuckets: [%q]\n",
		repositoryID, base64.StdEncoding.EncodeToString(public), f.from.URL(f.full))
	return errors.Join(
		os.WriteFile(filepath.Join(f.folder, "outlast.yaml"), []byte(settings), 0o600),
		f.put(ctx, name, object),
		f.put(ctx, format.RecoveryName(d.Number), format.RecoveryPage(d)),
	)
}

// capture puts batches of one delivery each: most of 1 KiB, one in fifty with 48 KiB that do not compress.
func (f *filling) capture(ctx context.Context, encoder *format.Encoder, since time.Time) error {
	const callers = 8
	errs := make(chan error, callers)
	for caller := range callers {
		go func() {
			var err error
			for n := caller; n < f.objects && err == nil; n += callers {
				at := since.Add(time.Duration(n) * time.Since(since) / time.Duration(f.objects))
				err = f.batch(ctx, encoder, n, at)
			}
			errs <- err
		}()
	}
	var all error
	for range callers {
		all = errors.Join(all, <-errs)
	}
	return all
}

func (f *filling) batch(ctx context.Context, encoder *format.Encoder, n int, at time.Time) error {
	body := payload
	if n%50 == 7 {
		body = incompressible(48 << 10)
	}
	d := &format.Delivery{
		ID: fmt.Sprintf("0197f4a1-6a1e-7c2b-9d3f-%012d", n), Kind: "hubspot", Source: "acme", Time: at,
		Method: "POST", Path: "/v1/hooks/acme", Verified: "token", Body: []byte(body),
	}
	made, err := encoder.Encode([]*format.Delivery{d}, at)
	if err != nil {
		return err
	}
	return f.put(ctx, made.Key.String(), made.Object)
}

func (f *filling) put(ctx context.Context, key string, object []byte) error {
	_, err := f.from.Client().PutObject(ctx, &sdk.PutObjectInput{Bucket: &f.full, Key: &key, Body: bytes.NewReader(object)})
	return err
}

// reconcile runs the command. It ends with 3, since no descriptor names the new bucket; its report says what it did.
func (f *filling) reconcile(ctx context.Context, bucket string) error {
	own, err := os.Executable()
	if err != nil {
		return err
	}
	c := exec.CommandContext(ctx, filepath.Join(filepath.Dir(own), "outlast"), //nolint:gosec // built beside this program
		"reconcile", "--json", "--config", filepath.Join(f.folder, "outlast.yaml"), "--to", f.to.URL(bucket))
	c.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID="+servers.Root.ID, "AWS_SECRET_ACCESS_KEY="+servers.Root.Secret)
	said, err := c.Output()
	var report struct {
		Buckets []struct {
			Copied int `json:"copied"`
		} `json:"buckets"`
	}
	if bad := json.Unmarshal(said, &report); bad != nil {
		return errors.Join(bad, err)
	}
	if n := report.Buckets[len(report.Buckets)-1].Copied; n != f.objects+2 { // descriptor and recovery page
		return fmt.Errorf("copied %d objects, want %d: %s", n, f.objects+2, said)
	}
	return nil
}

func (f *filling) rclone(ctx context.Context, bucket string, flags ...string) error {
	program := filepath.Join(os.Getenv("OUTLAST_TOOLS"), "rclone")
	args := slices.Concat([]string{"copy", "from:" + f.full, "to:" + bucket, "--config", "", "--quiet"}, flags)
	c := exec.CommandContext(ctx, program, args...) //nolint:gosec // a tool of the bench's own
	c.Env = slices.Concat(os.Environ(), remote("FROM", f.from), remote("TO", f.to))
	said, err := c.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, said)
	}
	return nil
}

// remote is how rclone is told of a server: https://rclone.org/docs/#config-file
func remote(name string, s *servers.S3Server) (environment []string) {
	for key, value := range map[string]string{
		"TYPE": "s3", "PROVIDER": "Other", "ENDPOINT": s.Endpoint, "REGION": servers.Region,
		"ACCESS_KEY_ID": servers.Root.ID, "SECRET_ACCESS_KEY": servers.Root.Secret,
	} {
		environment = append(environment, "RCLONE_CONFIG_"+name+"_"+key+"="+value)
	}
	return environment
}
