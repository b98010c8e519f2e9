package federation

import (
	"context"
	"net/http"
	"net/url"
	"os"

	"cloud.google.com/go/compute/metadata"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"outlast.example/shared/config"
)

// vouch asks the own cloud for a token that says who this process is, made out to an audience.
type vouch func(ctx context.Context, audience string) (token string, err error)

// tokenLife is how long AWS's tokens live: each is used once, at once. The role's policy may pin it (sts:DurationSeconds).
const tokenLife = 300 // seconds

// awsVouches asks STS. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html
func awsVouches(ctx context.Context, client *http.Client) (vouch, error) {
	loaded, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, err
	}
	issuer := sts.NewFromConfig(loaded, over(client))
	return func(ctx context.Context, audience string) (string, error) {
		asking(ctx, "AWS STS GetWebIdentityToken")
		out, err := issuer.GetWebIdentityToken(ctx, &sts.GetWebIdentityTokenInput{
			Audience:         []string{audience},
			DurationSeconds:  aws.Int32(tokenLife),
			SigningAlgorithm: aws.String("RS256"), // the only one that Google and Microsoft both accept
		})
		if err != nil {
			return "", err
		}
		return aws.ToString(out.WebIdentityToken), nil
	}, nil
}

// gcpVouches asks the metadata server, which GCE_METADATA_HOST moves.
// https://cloud.google.com/compute/docs/instances/verifying-instance-identity
func gcpVouches(client *http.Client) vouch {
	issuer := metadata.NewClient(client)
	return func(ctx context.Context, audience string) (string, error) {
		asking(ctx, "Google's metadata server")
		query := url.Values{"audience": {audience}, "format": {"full"}}
		return issuer.GetWithContext(ctx, "instance/service-accounts/default/identity?"+query.Encode())
	}
}

// azureVouches asks the managed identity's endpoint, which functions know by IDENTITY_ENDPOINT. AZURE_CLIENT_ID names a
// user-assigned identity, as it does for Azure's own libraries.
// https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
func azureVouches(client *http.Client) (vouch, error) {
	options := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: azureOver(client)}
	if id := os.Getenv("AZURE_CLIENT_ID"); id != "" {
		options.ID = azidentity.ClientID(id)
	}
	issuer, err := azidentity.NewManagedIdentityCredential(options)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, audience string) (string, error) {
		asking(ctx, "Azure's managed identity endpoint")
		token, err := issuer.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{audience}})
		return token.Token, err
	}, nil
}

func newVouch(ctx context.Context, from string, client *http.Client) (vouch, error) {
	switch from {
	case config.AWS:
		return awsVouches(ctx, client)
	case config.GCP:
		return gcpVouches(client), nil
	default:
		return azureVouches(client)
	}
}

// over makes STS speak through a client, without retries of its own.
func over(client *http.Client) func(*sts.Options) {
	return func(o *sts.Options) { o.HTTPClient, o.Retryer = client, aws.NopRetryer{} }
}

// azureOver makes azidentity speak through a client, without retries of its own.
func azureOver(client *http.Client) azcore.ClientOptions {
	return azcore.ClientOptions{Transport: client, Retry: policy.RetryOptions{MaxRetries: -1}}
}
