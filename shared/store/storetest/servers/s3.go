package servers

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// Region is what the S3 server and its clients call the place they are in.
const Region = "us-east-1"

// Credentials are an S3 access key.
type Credentials struct{ ID, Secret string }

// The S3 server's users.
var (
	Root = Credentials{"testroot", "testsecret"} // may do everything
	// PutOnly may create objects in every bucket that S3Server.Bucket made, and nothing else.
	PutOnly = Credentials{"putonly", "putsecret"}
	// KeepOnly may list those buckets, see locks and extend them, and nothing else.
	KeepOnly = Credentials{"keeponly", "keepsecret"}
	// ReadAndPut may list, read and create, and ReadOnly list and read, in the buckets of S3Server.Roles.
	ReadAndPut = Credentials{"readandput", "readandputsecret"}
	ReadOnly   = Credentials{"readonly", "readsecret"}
)

// S3Server is a running versitygw.
type S3Server struct {
	*Server
	Endpoint string // http://127.0.0.1:PORT; buckets are in the path
	client   *s3.Client
	addUser  func(t TB, user Credentials)
}

// S3 starts an S3 server that ends with the test.
func S3(t TB) *S3Server {
	t.Helper()
	program := tool(t, "versitygw")
	address, admin := "127.0.0.1:"+FreePort(t), "127.0.0.1:"+FreePort(t)
	endpoint := "http://" + address
	process := start(t, endpoint+"/health", program,
		"--port", address, "--admin-port", admin, "--access", Root.ID, "--secret", Root.Secret, "--region", Region,
		"--iam-dir", folder(t, "iam"), "--health", "/health", "--quiet", "--keep-alive",
		"posix", "--versioning-dir", folder(t, "versions"), folder(t, "data"))
	s := &S3Server{process, endpoint, s3.New(s3.Options{
		BaseEndpoint: &endpoint,
		Region:       Region,
		UsePathStyle: true,
		Credentials:  credentials.NewStaticCredentialsProvider(Root.ID, Root.Secret, ""),
	}), func(t TB, user Credentials) { addUser(t, program, "http://"+admin, user) }}
	s.addUser(t, PutOnly)
	s.addUser(t, KeepOnly)
	return s
}

func addUser(t TB, program, admin string, user Credentials) {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), program, //nolint:gosec // a test's own tool
		"admin", "--access", Root.ID, "--secret", Root.Secret, "--endpoint-url", admin,
		"create-user", "--access", user.ID, "--secret", user.Secret, "--role", "user").CombinedOutput()
	if err != nil {
		t.Fatalf("create S3 user %s: %v: %s", user.ID, err, output)
	}
}

// Client speaks to the server with every right: it plays the administrator.
func (s *S3Server) Client() *s3.Client { return s.client }

// PlainBucket makes a bucket without versions and locks. It gives the name.
func (s *S3Server) PlainBucket(t TB) string {
	t.Helper()
	name := freshName()
	if _, err := s.client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name}); err != nil {
		t.Fatalf("create S3 bucket %s: %v", name, err)
	}
	return name
}

// Bucket makes a bucket as Outlast's are: versioned, with object lock. It gives the name.
func (s *S3Server) Bucket(t TB) string {
	t.Helper()
	name := freshName()
	_, err := s.client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name, ObjectLockEnabledForBucket: aws.Bool(true)})
	if err != nil {
		t.Fatalf("create S3 bucket %s: %v", name, err)
	}
	_, err = s.client.PutObjectLockConfiguration(t.Context(), &s3.PutObjectLockConfigurationInput{
		Bucket: &name,
		ObjectLockConfiguration: &types.ObjectLockConfiguration{
			ObjectLockEnabled: types.ObjectLockEnabledEnabled,
			Rule: &types.ObjectLockRule{DefaultRetention: &types.DefaultRetention{
				Mode: types.ObjectLockRetentionModeCompliance, Days: aws.Int32(14),
			}},
		},
	})
	if err != nil {
		t.Fatalf("lock S3 bucket %s: %v", name, err)
	}
	s.allow(t, name)
	return name
}

// Roles gives two more users their rights in a bucket that Bucket made, so that there is one for each role.
func (s *S3Server) Roles(t TB, bucket string) {
	t.Helper()
	s.addUser(t, ReadAndPut)
	s.addUser(t, ReadOnly)
	s.allow(t, bucket,
		may(ReadAndPut, `"s3:GetObject","s3:GetObjectVersion","s3:PutObject"`, bucket+"/*"),
		may(ReadAndPut, `"s3:ListBucket","s3:ListBucketVersions"`, bucket),
		may(ReadOnly, `"s3:GetObject","s3:GetObjectVersion"`, bucket+"/*"),
		may(ReadOnly, `"s3:ListBucket","s3:ListBucketVersions"`, bucket))
}

// may is a statement of a bucket's policy.
func may(user Credentials, actions, resource string) string {
	return fmt.Sprintf(`{"Effect":"Allow","Principal":{"AWS":[%q]},"Action":[%s],"Resource":"arn:aws:s3:::%s"}`, user.ID, actions, resource)
}

// Admit gives the two users their rights in a bucket that somebody else made, whose policy stays beside them.
func (s *S3Server) Admit(t TB, bucket string) {
	t.Helper()
	found, err := s.client.GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: &bucket})
	if err != nil {
		t.Fatalf("get policy of S3 bucket %s: %v", bucket, err)
	}
	var policy struct{ Statement []json.RawMessage }
	if err := json.Unmarshal([]byte(aws.ToString(found.Policy)), &policy); err != nil {
		t.Fatalf("policy of S3 bucket %s: %v", bucket, err)
	}
	var statements []string
	for _, statement := range policy.Statement {
		statements = append(statements, string(statement))
	}
	s.allow(t, bucket, statements...)
}

// allow gives the two users their rights, beside other statements.
func (s *S3Server) allow(t TB, bucket string, others ...string) {
	t.Helper()
	policy := `{"Version":"2012-10-17","Statement":[` + strings.Join(append(others,
		may(PutOnly, `"s3:PutObject"`, bucket+"/*"),
		may(KeepOnly, `"s3:GetObjectRetention","s3:PutObjectRetention"`, bucket+"/*"),
		may(KeepOnly, `"s3:ListBucket"`, bucket),
	), ",") + `]}`
	_, err := s.client.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: &bucket, Policy: &policy})
	if err != nil {
		t.Fatalf("set policy of S3 bucket %s: %v", bucket, err)
	}
}

// URL is the bucket's Outlast URL, credentials left out.
func (s *S3Server) URL(bucket string) string {
	return "s3://" + bucket + "?" + url.Values{
		"endpoint": {s.Endpoint}, "region": {Region}, "use_path_style": {"true"},
	}.Encode()
}

// folder makes a folder that goes with the test.
func folder(t TB, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatalf("make a folder for a server: %v", err)
	}
	return path
}
