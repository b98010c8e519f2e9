package config

import (
	"cmp"
	"strings"
)

// Clouds, as federation.from and the settings below it name them.
const (
	AWS   = "aws"
	GCP   = "gcp"
	Azure = "azure"
)

// Audiences that the clouds' own documentation recommends.
const (
	awsAudience   = "sts.amazonaws.com"
	azureAudience = "api://AzureADTokenExchange"
)

// ToAWS gives the role to assume; false where s3:// buckets take no federation.
func (f *Federation) ToAWS() (FederationAWS, bool) {
	to := f.AWS
	if f.From == GCP {
		to.Audience = cmp.Or(to.Audience, awsAudience)
	}
	return to, f.crosses(AWS) && f.AWS != (FederationAWS{})
}

// ToGCP gives the provider to ask; false where gs:// buckets take no federation.
func (f *Federation) ToGCP() (FederationGCP, bool) {
	to := f.GCP
	if f.From == AWS {
		to.Audience = cmp.Or(to.Audience, "https:"+to.Provider)
	}
	return to, f.crosses(GCP) && f.GCP != (FederationGCP{})
}

// ToAzure gives the application to become; false where azblob:// containers take no federation.
func (f *Federation) ToAzure() (FederationAzure, bool) {
	to := f.Azure
	to.Audience = cmp.Or(to.Audience, azureAudience)
	return to, f.crosses(Azure) && f.Azure != (FederationAzure{})
}

func (f *Federation) crosses(to string) bool { return f.From != "" && f.From != to }

const providerPrefix, providerPart = "//iam.googleapis.com/projects/", "/providers/"

func (f *Federation) check(p *Problems) {
	const none = "missing; \"outlast help config\" says what it is"
	switch f.From {
	case "", AWS, GCP, Azure:
	default:
		p.add("federation.from", "want aws, gcp or azure: the cloud that this process runs in")
	}
	if aws, ok := f.ToAWS(); ok {
		if !strings.HasPrefix(aws.Role, "arn:") || !strings.Contains(aws.Role, ":role/") {
			p.add("federation.aws.role", "want a role's ARN, arn:aws:iam::ACCOUNT:role/NAME")
		}
		if aws.Audience == "" {
			p.add("federation.aws.audience", none)
		}
	}
	if gcp, ok := f.ToGCP(); ok {
		if !strings.HasPrefix(gcp.Provider, providerPrefix) || !strings.Contains(gcp.Provider, providerPart) {
			p.add("federation.gcp.provider", "want %sNUMBER/locations/global/workloadIdentityPools/POOL%sPROVIDER", providerPrefix, providerPart)
		}
		if gcp.Audience == "" {
			p.add("federation.gcp.audience", none)
		}
	}
	if azure, ok := f.ToAzure(); ok {
		if azure.Tenant == "" {
			p.add("federation.azure.tenant", none)
		}
		if azure.Client == "" {
			p.add("federation.azure.client", none)
		}
	}
}
