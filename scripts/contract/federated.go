package main

import (
	"context"
	"fmt"
	"strings"

	"outlast.example/shared/config"
	"outlast.example/shared/wire/federation"
)

// vouchers are who vouches for a process in each cloud, as the other clouds pin it; * stands for the account, or the tenant.
var vouchers = map[string]string{
	config.AWS:   "https://*.tokens.sts.global.api.aws",
	config.GCP:   "https://accounts.google.com",
	config.Azure: "https://sts.windows.net/*/",
}

// federated goes every way of a federation once, as "outlast doctor --token" does, and holds the claims of the own cloud's token
// against what is pinned.
func federated(ctx context.Context, path string) ([]Row, error) {
	c, err := config.Load(config.Layers{Path: path, Environ: config.Environ()})
	if err != nil {
		return nil, err
	}
	if err := c.Look(); err != nil {
		return nil, err
	}
	if c.Federation.From == "" {
		return nil, fmt.Errorf("%w: %s configures no federation", errUsage, path)
	}
	f, err := federation.New(ctx, c.Federation)
	if err != nil {
		return nil, err
	}
	var rows []Row
	for _, p := range f.Try(ctx) {
		way := func(what, want, seen string) {
			rows = append(rows, newRow("from "+c.Federation.From, "to "+p.To+": "+what, want, seen))
		}
		token := "a token"
		if p.Err != nil {
			token = p.Err.Error()
		}
		way("issuer", vouchers[c.Federation.From], starred(p.Shown.Issuer, vouchers[c.Federation.From]))
		subject := p.Shown.Subject
		if c.Federation.Subject == "" {
			subject = fmt.Sprintf("%s: pin federation.subject, which was %s", notRun, subject)
		}
		way("subject", c.Federation.Subject, subject)
		way("audience", audience(c.Federation, p.To), strings.Join(p.Shown.Audience, ", "))
		way("exchange", "a token", token)
	}
	return rows, nil
}

// starred shows an issuer as its pattern where it matches.
func starred(issuer, pattern string) string {
	before, after, has := strings.Cut(pattern, "*")
	if has && len(issuer) >= len(before)+len(after) && strings.HasPrefix(issuer, before) && strings.HasSuffix(issuer, after) {
		return pattern
	}
	return issuer
}

func audience(f config.Federation, to string) string {
	aws, _ := f.ToAWS()
	gcp, _ := f.ToGCP()
	azure, _ := f.ToAzure()
	return map[string]string{config.AWS: aws.Audience, config.GCP: gcp.Audience, config.Azure: azure.Audience}[to]
}
