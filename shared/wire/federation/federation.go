// Package federation fetches the tokens by which a process in one cloud reaches buckets in the others, without a stored
// key. The own cloud vouches for the process with a signed token that is made out to one audience; the other cloud
// verifies it by the own cloud's public keys, compares issuer, subject and audience with what its operator pinned, and
// gives a token of its own in exchange.
//
//	from   asks                                           to     exchanges it at
//	aws    STS GetWebIdentityToken                        gcp    Google STS, IAM generateAccessToken
//	                                                      azure  Entra, as an application's assertion
//	gcp    metadata server, instance/…/identity           aws    STS AssumeRoleWithWebIdentity
//	                                                      azure  Entra
//	azure  managed identity endpoint                      aws    STS AssumeRoleWithWebIdentity
//	                                                      gcp    Google STS, IAM generateAccessToken
//
// What the other cloud has to pin:
//
//	from   iss                                            sub                               aud
//	aws    https://ID.tokens.sts.global.api.aws,          the role's ARN,                   to gcp: https: and the provider's name
//	       one for each account                           arn:aws:iam::ACCOUNT:role/NAME    to azure: api://AzureADTokenExchange
//	gcp    https://accounts.google.com                    the service account's number      to aws: sts.amazonaws.com
//	                                                                                        to azure: api://AzureADTokenExchange
//	azure  https://sts.windows.net/TENANT/                the managed identity's object id  the application's id URI or client id
//
// AWS names a Google token's claims in its own way: accounts.google.com:sub is sub, accounts.google.com:oaud is aud, and
// accounts.google.com:aud is azp, which is the service account's number once more.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
//
// A token is kept for half its life, then renewed while the old one serves on. What an issuer refuses, or does not answer,
// fails requests to the buckets of one cloud, with a store.TokenError that names it; no error and no log shows a token.
package federation

import (
	"context"
	"fmt"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/aws/aws-sdk-go-v2/aws"

	"outlast.example/shared/config"
)

// Federation has the tokens for the buckets of other clouds.
type Federation struct {
	aws   *direction[aws.Credentials]
	gcp   *direction[string]
	azure *direction[azcore.AccessToken]
}

// issuers are where the other clouds' issuers are. STS has AWS_ENDPOINT_URL_STS for that.
type issuers struct {
	googleToken, googleIAM string
	azure                  cloud.Configuration // empty: AZURE_AUTHORITY_HOST, or the public cloud
}

// New opens a federation, which must have passed the configuration's check. It makes no request. Without federation.from
// there is nothing in it.
func New(ctx context.Context, c config.Federation) (*Federation, error) {
	public := issuers{googleToken: googleTokenURL, googleIAM: googleIAM}
	return public.open(ctx, c, newConnections())
}

func (i issuers) open(ctx context.Context, c config.Federation, connections http.RoundTripper) (*Federation, error) {
	f := &Federation{}
	if c.From == "" {
		return f, nil
	}
	client := newClient(connections)
	vouch, err := newVouch(ctx, c.From, client)
	if err != nil {
		return nil, fmt.Errorf("federation from %s: %w", c.From, err)
	}
	if to, ok := c.ToAWS(); ok {
		exchange, err := intoAWS(ctx, to, client)
		if err != nil {
			return nil, fmt.Errorf("federation to aws: %w", err)
		}
		f.aws = newDirection(vouch, to.Audience, c.Subject, exchange)
	}
	if to, ok := c.ToGCP(); ok {
		f.gcp = newDirection(vouch, to.Audience, c.Subject, i.intoGCP(to, client))
	}
	if to, ok := c.ToAzure(); ok {
		f.azure = newDirection(vouch, to.Audience, c.Subject, i.intoAzure(to, client))
	}
	return f, nil
}
