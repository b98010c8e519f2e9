package federation

import (
	"context"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"outlast.example/shared/config"
)

// azureScope is all storage accounts that the application has a role on.
const azureScope = "https://storage.azure.com/.default"

// intoAzure exchanges a token, as the application's assertion of who it is, for an access token of the application.
// AZURE_AUTHORITY_HOST moves Entra to where a sovereign cloud has it.
// https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow (third case)
func (i issuers) intoAzure(a config.FederationAzure, client *http.Client) exchange[azcore.AccessToken] {
	options := &azidentity.ClientAssertionCredentialOptions{
		ClientOptions:            azureOver(client),
		DisableInstanceDiscovery: true, // one request less; nobody but the operator names the authority
	}
	options.Cloud = i.azure
	return func(ctx context.Context, subject string) (grant[azcore.AccessToken], error) {
		asking(ctx, "Microsoft Entra")
		assertion := func(context.Context) (string, error) { return subject, nil }
		credential, err := azidentity.NewClientAssertionCredential(a.Tenant, a.Client, assertion, options) // each time anew: it would keep the token to its end
		if err != nil {
			return grant[azcore.AccessToken]{}, err
		}
		begun := wallClock()
		token, err := credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{azureScope}})
		if err != nil {
			return grant[azcore.AccessToken]{}, err
		}
		token.RefreshOn = begun.Add(token.ExpiresOn.Sub(begun) / 2)
		return grant[azcore.AccessToken]{token: token, expires: token.ExpiresOn, identity: a.Client}, nil
	}
}

// Azure gives the credential for azblob:// containers, and begins to fetch its token; nil where they take no federation.
func (f *Federation) Azure(ctx context.Context) azcore.TokenCredential {
	if f.azure == nil {
		return nil
	}
	f.azure.begin(ctx)
	return azureTokens{f.azure}
}

type azureTokens struct{ *direction[azcore.AccessToken] }

// GetToken gives the one token that there is. Azure's library keeps it, and asks again from RefreshOn on.
func (t azureTokens) GetToken(ctx context.Context, _ policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return t.get(ctx)
}
