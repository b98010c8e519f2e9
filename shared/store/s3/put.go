package s3

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/auth"
	"github.com/aws/smithy-go/encoding/httpbinding"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/transport"
)

// putter sends the one request that every delivery waits for: PutObject, conditional, with its checksum, as the SDK sends it.
// Address, credentials and signature are the SDK's; the way through its some thirty steps of middleware is left out, which
// takes several times as long as all else that a small create costs its sender.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
type putter struct {
	client          *http.Client
	credentials     aws.CredentialsProvider
	signer          *v4.Signer
	bucket          url.URL // without a key
	service, region string  // that the signature is for
}

// newPutter asks the SDK once what it would find out for each request.
func newPutter(ctx context.Context, bucket string, o sdk.Options, client *http.Client) (*putter, error) {
	endpoint, err := o.EndpointResolverV2.ResolveEndpoint(ctx, sdk.EndpointParameters{
		Bucket: &bucket, Region: &o.Region, Endpoint: o.BaseEndpoint, ForcePathStyle: &o.UsePathStyle, Accelerate: &o.UseAccelerate,
		UseFIPS:      aws.Bool(o.EndpointOptions.UseFIPSEndpoint == aws.FIPSEndpointStateEnabled),
		UseDualStack: aws.Bool(o.EndpointOptions.UseDualStackEndpoint == aws.DualStackEndpointStateEnabled),
	})
	if err != nil {
		return nil, fmt.Errorf("address of bucket %q: %w", bucket, err)
	}
	p := &putter{client: client, credentials: o.Credentials, signer: v4.NewSigner(), bucket: endpoint.URI}
	schemes, _ := auth.GetAuthOptions(&endpoint.Properties)
	for _, scheme := range schemes {
		if scheme.SchemeID == "sigv4" { // as the rules of S3's addresses call it
			p.service, _ = smithyhttp.GetSigV4SigningName(&scheme.SignerProperties)
			p.region, _ = smithyhttp.GetSigV4SigningRegion(&scheme.SignerProperties)
			return p, nil
		}
	}
	return nil, fmt.Errorf("bucket %q is of a kind that wants other signatures than SigV4, which is not supported", bucket)
}

// put gives no error where S3 confirms that it has stored the object; what it refuses is a *transport.Answer.
func (p *putter) put(ctx context.Context, key string, content store.Content) error {
	request, err := p.request(ctx, key, content)
	if err != nil {
		return err
	}
	response, err := p.client.Do(request)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if closing := response.Body.Close(); err == nil {
		err = closing
	}
	switch {
	case err != nil:
		return err
	case confirms(response, body):
		return nil
	}
	return answerOf(response, body)
}

// confirms: S3 names the ETag of what it stored, and may begin a success and end it with an error.
func confirms(response *http.Response, body []byte) bool {
	return response.StatusCode == http.StatusOK && response.Header.Get("ETag") != "" && !bytes.Contains(body, []byte("<Error"))
}

func (p *putter) request(ctx context.Context, key string, content store.Content) (*http.Request, error) {
	credentials, err := p.credentials.Retrieve(ctx)
	if err != nil {
		return nil, fmt.Errorf("credentials: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, p.address(key), bytes.NewReader(content.Bytes))
	if err != nil {
		return nil, fmt.Errorf("address of %q: %w", key, err)
	}
	hash := hex.EncodeToString(content.SHA256[:])
	request.Header = http.Header{
		"Content-Type":          {"application/octet-stream"},
		"If-None-Match":         {"*"},
		"User-Agent":            {"outlast"},
		"X-Amz-Checksum-Sha256": {base64.StdEncoding.EncodeToString(content.SHA256[:])},
		"X-Amz-Content-Sha256":  {hash},
	}
	err = p.signer.SignHTTP(ctx, credentials, request, hash, p.service, p.region, time.Now(), escapedAlready)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return request, nil
}

// escapedAlready: S3 alone signs paths as they are sent.
func escapedAlready(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }

func (p *putter) address(key string) string {
	address := p.bucket
	address.Path, address.RawPath = "", ""
	return address.String() + p.bucket.EscapedPath() + "/" + httpbinding.EscapePath(key, false)
}

// maxAnswer is more than S3 has to say of a create.
const maxAnswer = 64 << 10 // bytes

// answerOf reads a refusal.
func answerOf(response *http.Response, body []byte) *transport.Answer {
	var refusal struct {
		Code, Message string
		RequestID     string `xml:"RequestId"`
	}
	_ = xml.Unmarshal(body, &refusal) // of a gateway's own answer the status is left
	return &transport.Answer{
		Status: response.StatusCode, Code: refusal.Code, Message: refusal.Message,
		Request: cmp.Or(response.Header.Get("X-Amz-Request-Id"), refusal.RequestID),
	}
}
