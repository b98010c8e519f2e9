package config

import (
	"cmp"
	"slices"
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

// checkFederation asks for what the configured buckets need. What is there for a cloud without a bucket may be unfinished:
// three clouds are deployed one after the other.
func (c *Config) checkFederation(p *Problems) {
	f := &c.Federation
	switch f.From {
	case "", AWS, GCP, Azure:
	default:
		p.add("federation.from", "want aws, gcp or azure: the cloud that this process runs in")
	}
	if to, ok := f.ToAWS(); ok && c.hasBucket("s3") {
		to.check(p)
	}
	if to, ok := f.ToGCP(); ok && c.hasBucket("gs") {
		to.check(p)
	}
	if to, ok := f.ToAzure(); ok && c.hasBucket("azblob") {
		required(p, "federation.azure.tenant", to.Tenant)
		required(p, "federation.azure.client", to.Client)
	}
}

func (c *Config) hasBucket(scheme string) bool {
	return slices.ContainsFunc(c.Buckets, func(b string) bool { return strings.HasPrefix(b, scheme+"://") })
}

func (to FederationAWS) check(p *Problems) {
	if !strings.HasPrefix(to.Role, "arn:") || !strings.Contains(to.Role, ":role/") {
		p.add("federation.aws.role", "want a role's ARN, arn:aws:iam::ACCOUNT:role/NAME")
	}
	required(p, "federation.aws.audience", to.Audience)
}

func (to FederationGCP) check(p *Problems) {
	const prefix, part = "//iam.googleapis.com/projects/", "/providers/"
	if !strings.HasPrefix(to.Provider, prefix) || !strings.Contains(to.Provider, part) {
		p.add("federation.gcp.provider", "want %sNUMBER/locations/global/workloadIdentityPools/POOL%sPROVIDER", prefix, part)
	}
	required(p, "federation.gcp.audience", to.Audience)
}

func required(p *Problems, setting, value string) {
	if value == "" {
		p.add(setting, "missing; \"outlast help config\" says what it is")
	}
}
