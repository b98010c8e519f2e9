package format

import (
	"cmp"
	"crypto/x509"
	_ "embed"
	"encoding/pem"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

//go:embed recovery.md
var recoveryPage string

// RecoveryName is the key of the page that belongs to the descriptor of that number.
func RecoveryName(number int) string { return fmt.Sprintf("%s%06d.md", RecoveryPrefix, number) }

// RecoveryPrefix starts the key of every such page.
const RecoveryPrefix = "RECOVERY-"

// RecoveryPage says how to recover the repository with stock tools. A test runs the commands of the page.
func RecoveryPage(d *Descriptor) []byte {
	replacer := strings.NewReplacer(
		"{{repository}}", d.Repository,
		"{{number}}", strconv.Itoa(d.Number),
		"{{created}}", d.Created.UTC().Format(time.DateOnly),
		"{{root}}", FormatPublicKey(d.Root),
		"{{recipients}}", "- `"+strings.Join(d.Recipients, "`\n- `")+"`",
		"{{needed}}", strconv.Itoa(d.Needed()),
		"{{buckets}}", strconv.Itoa(len(d.Buckets)),
		"{{folders}}", folders(len(d.Buckets)),
		"{{copy}}", copyCommands(d.Buckets),
		"{{keys}}", receiverKeys(d.Receivers),
		"{{receivers}}", receiverTimes(d.Receivers),
	)
	return []byte(replacer.Replace(recoveryPage))
}

func folders(n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = folder(i)
	}
	return strings.Join(names, " ")
}

func folder(i int) string { return fmt.Sprintf("copy/%d", i+1) }

func copyCommands(buckets []Bucket) string {
	blocks := make([]string, len(buckets))
	for i, b := range buckets {
		blocks[i] = "```sh\n" + copyCommand(b.URL, folder(i)) + "\n```"
	}
	return strings.Join(blocks, "\n\n")
}

// copyCommand copies a whole bucket into a folder, by its provider's own tool.
func copyCommand(bucket, to string) string {
	u, err := url.Parse(bucket)
	if err != nil {
		return "# copy everything of " + strconv.Quote(bucket) + " into " + to
	}
	prefix := strings.Trim(u.Path, "/")
	switch u.Scheme {
	case "s3":
		return "aws s3 sync " + quote(strings.TrimSuffix("s3://"+u.Host+"/"+prefix, "/")) + " " + to +
			option("--endpoint-url", u, "endpoint") + option("--region", u, "region")
	case "gs":
		return "gcloud storage cp --recursive " + quote(strings.TrimSuffix("gs://"+u.Host+"/"+prefix, "/")+"/*") + " " + to + "/"
	case "azblob":
		command := "az storage blob download-batch --auth-mode login" + option("--account-name", u, "storage_account") +
			option("--blob-endpoint", u, "endpoint") + " --source " + quote(u.Host) + " --destination " + to
		if prefix != "" {
			command += " --pattern " + quote(prefix+"/*")
		}
		return command
	case "file":
		return "cp -R " + quote(strings.TrimSuffix(cmp.Or(u.Path, u.Opaque), "/")+"/.") + " " + to
	}
	return "# copy everything of " + strconv.Quote(bucket) + " into " + to
}

// option is a flag with the value of a bucket URL's parameter, where there is one.
func option(flag string, u *url.URL, parameter string) string {
	if v := u.Query().Get(parameter); v != "" {
		return " " + flag + " " + quote(v)
	}
	return ""
}

// quote makes s one word of a POSIX shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

func receiverKeys(receivers []Signer) string {
	files := make([]string, len(receivers))
	for i, r := range receivers {
		files[i] = fmt.Sprintf("cat > receivers/%s.pem <<'END'\n%sEND", r.Name, publicPEM(r))
	}
	return strings.Join(files, "\n")
}

// publicPEM is a key as openssl reads it.
func publicPEM(s Signer) []byte {
	der, err := x509.MarshalPKIXPublicKey(s.Key)
	if err != nil {
		panic(err) // an Ed25519 key has one
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

func receiverTimes(receivers []Signer) string {
	lines := make([]string, len(receivers))
	for i, r := range receivers {
		lines[i] = fmt.Sprintf("- `%s`: from %s", r.Name, r.Since.UTC().Format(stamp))
		if !r.Until.IsZero() {
			lines[i] += " until before " + r.Until.UTC().Format(stamp)
		}
	}
	return strings.Join(lines, "\n")
}
