package config

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	aRole     = "arn:aws:iam::111122223333:role/capture"
	aProvider = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/aws"
)

func TestFederationOfTheFileAndTheEnvironment(t *testing.T) {
	c := load(t, "federation:\n  from: gcp\n  subject: '1048'\n  aws: {role: "+aRole+"}\n", map[string]string{
		"OUTLAST_FEDERATION_AZURE_TENANT": "t", "OUTLAST_FEDERATION_AZURE_CLIENT": "c", "OUTLAST_FEDERATION_AWS_REGION": "eu-central-1",
	})
	want := Federation{From: GCP, Subject: "1048", AWS: FederationAWS{Role: aRole, Region: "eu-central-1"}, Azure: FederationAzure{Tenant: "t", Client: "c"}}
	if diff := cmp.Diff(want, c.Federation); diff != "" {
		t.Error(diff)
	}
}

func TestAudiencesIfLeftOut(t *testing.T) {
	audiences := func(from string) [3]string {
		f := Federation{From: from, GCP: FederationGCP{Provider: aProvider}}
		aws, _ := f.ToAWS()
		gcp, _ := f.ToGCP()
		azure, _ := f.ToAzure()
		return [3]string{aws.Audience, gcp.Audience, azure.Audience}
	}
	for from, want := range map[string][3]string{
		AWS:   {"", "https:" + aProvider, "api://AzureADTokenExchange"},
		GCP:   {"sts.amazonaws.com", "", "api://AzureADTokenExchange"},
		Azure: {"", "", "api://AzureADTokenExchange"},
	} {
		if got := audiences(from); got != want {
			t.Errorf("from %s: %q, want %q", from, got, want)
		}
	}
}

// All three directions stand in one file; which of them are ways depends on where the process runs.
func TestOwnCloudNeedsNoFederation(t *testing.T) {
	f := Federation{AWS: FederationAWS{Role: aRole}, GCP: FederationGCP{Provider: aProvider}, Azure: FederationAzure{Tenant: "t", Client: "c"}}
	for from, want := range map[string][3]bool{
		"": {}, AWS: {false, true, true}, GCP: {true, false, true}, Azure: {true, true, false},
	} {
		f.From = from
		var got [3]bool
		_, got[0] = f.ToAWS()
		_, got[1] = f.ToGCP()
		_, got[2] = f.ToAzure()
		if got != want {
			t.Errorf("from %q: to aws, gcp, azure: %v, want %v", from, got, want)
		}
	}
}

func TestFederationThatCannotWork(t *testing.T) {
	buckets := []string{"s3://b", "gs://b", "azblob://c"}
	for name, c := range map[string]struct {
		federation Federation
		problems   []string
	}{
		"none":                 {Federation{}, nil},
		"not used":             {Federation{AWS: FederationAWS{Role: "?"}}, nil},
		"own cloud":            {Federation{From: AWS, AWS: FederationAWS{Role: "?"}}, nil},
		"from aws":             {Federation{From: AWS, GCP: FederationGCP{Provider: aProvider}, Azure: FederationAzure{Tenant: "t", Client: "c"}}, nil},
		"unknown cloud":        {Federation{From: "google"}, []string{"federation.from"}},
		"a user's ARN":         {Federation{From: GCP, AWS: FederationAWS{Role: "arn:aws:iam::1:user/u"}}, []string{"federation.aws.role"}},
		"audience, no role":    {Federation{From: GCP, AWS: FederationAWS{Audience: "a"}}, []string{"federation.aws.role"}},
		"azure names no other": {Federation{From: Azure, AWS: FederationAWS{Role: aRole}, GCP: FederationGCP{Provider: aProvider}}, []string{"federation.aws.audience", "federation.gcp.audience"}},
		"a pool":               {Federation{From: AWS, GCP: FederationGCP{Provider: "projects/1/locations/global/workloadIdentityPools/p"}}, []string{"federation.gcp.provider"}},
		"tenant without":       {Federation{From: AWS, Azure: FederationAzure{Tenant: "t"}}, []string{"federation.azure.client"}},
		"client without":       {Federation{From: AWS, Azure: FederationAzure{Client: "c"}}, []string{"federation.azure.tenant"}},
	} {
		t.Run(name, func(t *testing.T) {
			err := (&Config{Federation: c.federation, Buckets: buckets}).Look() // which asks for more
			var all Problems
			if !errors.As(err, &all) {
				t.Fatal(err)
			}
			var got []string
			for _, p := range all {
				if strings.HasPrefix(p.Setting, "federation.") {
					got = append(got, p.Setting)
				}
			}
			if diff := cmp.Diff(c.problems, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The clouds are deployed one after the other: what the next one will say may be missing, as long as it has no bucket.
func TestCloudWithoutABucketMayBeUnfinished(t *testing.T) {
	c := &Config{Federation: Federation{From: GCP, AWS: FederationAWS{Region: "eu-central-1"}, Azure: FederationAzure{Tenant: "t"}}, Buckets: []string{"gs://b"}}
	if err := c.Look(); err == nil || strings.Contains(err.Error(), "federation") {
		t.Errorf("got %v", err)
	}
}
