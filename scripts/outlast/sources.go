package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"outlast.example/scripts/outlast/recent"
	"outlast.example/shared/config"
	"outlast.example/shared/crm"
)

type sourcesFlags struct {
	since string
	json  bool
}

func (a *app) sources() *cobra.Command {
	var f sourcesFlags
	c := &cobra.Command{
		Use:   "sources",
		Short: "List the configured sources: their URLs, what came last, what is not told",
		Long: "Sources lists what the configuration names: the URL to give to the CRM, the last delivery, whether\n" +
			"anything binds a delivery's body to its sender, and what the CRM cannot announce. It needs no bucket; what\n" +
			"came last is then not known, and it says why and exits with 3.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.runSources(c.Context(), f) },
	}
	c.Flags().StringVar(&f.since, "since", "720h", "how far back to look for the last deliveries, as in \"outlast log\"")
	c.Flags().BoolVar(&f.json, "json", false, "one JSON object a line")
	return c
}

// sourceLine is a source in --json. Its names are a promise.
type sourceLine struct {
	Name    string       `json:"name"`
	Kind    string       `json:"kind"`
	URL     string       `json:"url"`
	Signed  bool         `json:"signed"` // false: nothing binds a delivery's body to its sender
	Expires *time.Time   `json:"expires,omitempty"`
	Last    lastDelivery `json:"last"`
	Untold  []string     `json:"untold"`
}

// lastDelivery is known, even where there is none; or it is not known, and why.
type lastDelivery struct {
	Known    bool       `json:"known"`
	Time     *time.Time `json:"time,omitempty"`
	Verified string     `json:"verified,omitempty"`
	Why      string     `json:"why,omitempty"`
}

func (a *app) runSources(ctx context.Context, f sourcesFlags) error {
	since, err := moment(f.since)
	if err != nil {
		return err
	}
	c, sources, err := a.configuredSources()
	if err != nil {
		return err
	}
	last, unknown := a.lastDeliveries(ctx, sources, since)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for _, s := range c.Sources {
		l := describe(c, sources[s.Name])
		if l.Last = last[s.Name]; !l.Last.Known {
			l.Last.Why = oneLine(unknown)
		}
		if err := a.printSource(l, since, f.json); err != nil {
			return err
		}
	}
	return unknown
}

// lastDeliveries finds the newest delivery of each source since a moment. The error says why something is not known: then
// a source of which none was found may have sent some.
func (a *app) lastDeliveries(ctx context.Context, sources map[string]*crm.Source, since time.Time) (map[string]lastDelivery, error) {
	last := map[string]lastDelivery{}
	unknown := a.captured(ctx, since, func(e recent.Entry) bool {
		if _, found := last[e.Source]; !found && sources[e.Source] != nil {
			at := e.Time.UTC()
			last[e.Source] = lastDelivery{Known: true, Time: &at, Verified: e.Verified}
		}
		return len(last) < len(sources)
	})
	for name := range sources {
		if _, found := last[name]; !found {
			last[name] = lastDelivery{Known: unknown == nil}
		}
	}
	return last, unknown
}

// describe is what the configuration alone knows of a source.
func describe(c *config.Config, s *crm.Source) sourceLine {
	l := sourceLine{Name: s.Name, Kind: s.Kind, URL: address(c, s), Signed: !s.Unsigned, Untold: s.Untold}
	if l.Untold == nil {
		l.Untold = []string{}
	}
	if !s.Expires.IsZero() {
		l.Expires = &s.Expires
	}
	return l
}

// address is what the CRM is told to call, with a placeholder for a secret that travels in it.
func address(c *config.Config, s *crm.Source) string {
	url := strings.TrimSuffix(cmp.Or(c.PublicURL, "http://"+c.Listen), "/") + "/v1/hooks/" + s.Name
	separator := "?"
	var query string
	for _, p := range s.Credentials {
		switch {
		case p == crm.Place{In: crm.InPath, Name: "4"}:
			url += "/<token>"
		case p.In == crm.InQuery:
			query += separator + p.Name + "=<token>"
			separator = "&"
		}
	}
	return url + query
}

func (a *app) printSource(l sourceLine, since time.Time, asJSON bool) error {
	if asJSON {
		encoder := json.NewEncoder(a.out)
		encoder.SetEscapeHTML(false) // <token>
		return encoder.Encode(l)
	}
	rows := [][2]string{{"URL", l.URL}, {"last delivery", l.Last.text(since)}, {"body", "signed by the CRM"}}
	if !l.Signed {
		rows[2][1] = "not signed: who knows the token can send anything"
	}
	if l.Expires != nil {
		rows = append(rows, l.expiry(time.Now()))
	}
	for i, sentence := range l.Untold {
		label := ""
		if i == 0 {
			label = "not told"
		}
		rows = append(rows, [2]string{label, sentence})
	}
	return a.printBlock(l.Name, l.Kind, rows)
}

// expiry says when the CRM stops to call, or that it has.
func (l sourceLine) expiry(now time.Time) [2]string {
	if l.Expires.After(now) {
		return [2]string{"expires", utc(*l.Expires)}
	}
	return [2]string{"expired", utc(*l.Expires) + ": the CRM has stopped calling: renew its subscription"}
}

// printBlock prints a name, what it is the name of, and what there is to say about it.
func (a *app) printBlock(name, kind string, rows [][2]string) error {
	lines := []string{fmt.Sprintf("%s (%s)", name, kind)}
	for _, row := range rows {
		lines = append(lines, fmt.Sprintf("  %-14s %s", row[0], row[1]))
	}
	return a.print("%s\n", ownLines(lines))
}

func (l lastDelivery) text(since time.Time) string {
	switch {
	case !l.Known:
		return "not known: " + l.Why
	case l.Time == nil:
		return "none since " + utc(since)
	}
	return utc(*l.Time) + ", verified by " + l.Verified
}
