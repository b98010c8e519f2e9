package federation

import (
	"context"
	"errors"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"outlast.example/shared/config"
)

// sessionName stands behind the role's in CloudTrail; whom the web identity was is in the event that began the session.
const sessionName = "outlast"

// intoAWS exchanges a token for a role's credentials.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
func intoAWS(ctx context.Context, role config.FederationAWS, client *http.Client) (exchange[aws.Credentials], error) {
	loaded, err := awsconfig.LoadDefaultConfig(ctx,
		awsconfig.WithRegion(role.Region), awsconfig.WithCredentialsProvider(aws.AnonymousCredentials{}))
	if err != nil {
		return nil, err
	}
	if loaded.Region == "" {
		return nil, errors.New("no region: set federation.aws.region, or AWS_REGION, to the one whose STS is asked")
	}
	issuer := sts.NewFromConfig(loaded, over(client))
	return func(ctx context.Context, subject string) (grant[aws.Credentials], error) {
		asking(ctx, "AWS STS AssumeRoleWithWebIdentity")
		out, err := issuer.AssumeRoleWithWebIdentity(ctx, &sts.AssumeRoleWithWebIdentityInput{
			RoleArn: &role.Role, RoleSessionName: aws.String(sessionName), WebIdentityToken: &subject,
		})
		if err != nil {
			return grant[aws.Credentials]{}, err
		}
		return granted(out)
	}, nil
}

func granted(out *sts.AssumeRoleWithWebIdentityOutput) (grant[aws.Credentials], error) {
	c := out.Credentials
	if c == nil || c.Expiration == nil || aws.ToString(c.SecretAccessKey) == "" {
		return grant[aws.Credentials]{}, errors.New("the answer holds no credentials")
	}
	g := grant[aws.Credentials]{expires: *c.Expiration, token: aws.Credentials{
		AccessKeyID:     aws.ToString(c.AccessKeyId),
		SecretAccessKey: *c.SecretAccessKey,
		SessionToken:    aws.ToString(c.SessionToken),
		Source:          "federation",
		CanExpire:       true,
		Expires:         *c.Expiration,
	}}
	if out.AssumedRoleUser != nil {
		g.identity = aws.ToString(out.AssumedRoleUser.Arn)
	}
	return g, nil
}

// AWS gives the credentials for s3:// buckets, and begins to fetch them; nil where they take no federation.
func (f *Federation) AWS(ctx context.Context) aws.CredentialsProvider {
	if f.aws == nil {
		return nil
	}
	f.aws.begin(ctx)
	return aws.CredentialsProviderFunc(f.aws.get)
}
