package cloudevents

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"outlast.example/shared/crm"
)

var (
	originForm = regexp.MustCompile(`^[0-9A-Za-z]([0-9A-Za-z.-]*[0-9A-Za-z])?$`)
	rateForm   = regexp.MustCompile(`^[1-9][0-9]{0,8}$`) // requests a minute
)

// isOrigin tells a DNS name. Its length is no part of the expression: compiled, {0,251} takes a tenth of a function's
// initialisation.
func isOrigin(name string) bool { return len(name) <= 253 && originForm.MatchString(name) }

// anyone in the option allowed_origins.
const anyone = "*"

// openGreeting returns what answers the handshake of http-webhook.md, section 4; nil, to refuse it, where nobody is allowed.
func openGreeting(s crm.Settings) (func(*crm.Request) (crm.Reply, bool), error) {
	text, set := s.Options["allowed_origins"]
	if !set {
		return nil, nil
	}
	origins := strings.Fields(text)
	for _, origin := range origins {
		if origin != anyone && !isOrigin(origin) {
			return nil, fmt.Errorf("source %s: option allowed_origins holds %.60q: write the names of senders, such as "+
				"eventgrid.azure.net, with spaces between, or * for all", s.Name, origin)
		}
	}
	if len(origins) == 0 {
		return nil, fmt.Errorf("source %s: option allowed_origins is empty: name who may ask to send, or remove it", s.Name)
	}
	return consent(origins).greet, nil
}

// consent lists who may send. It protects nobody's events, which prove themselves, but others from being flooded with
// requests that they did not ask for.
type consent []string

// greet agrees with a sender in its own words. Its WebHook-Request-Callback is never called: whoever asks has proven
// nothing, and could let this receiver call addresses that only this receiver can reach.
func (c consent) greet(r *crm.Request) (crm.Reply, bool) {
	origin, named := crm.Single(r.Header, "WebHook-Request-Origin")
	if !named || !isOrigin(origin) || !c.includes(origin) {
		return crm.Reply{}, false
	}
	rate, asked := crm.Single(r.Header, "WebHook-Request-Rate")
	switch {
	case len(r.Header.Values("WebHook-Request-Rate")) == 0:
		rate = "*"
	case !asked || !rateForm.MatchString(rate):
		return crm.Reply{}, false
	}
	h := http.Header{}
	h.Set("Allow", http.MethodPost)
	h.Set("WebHook-Allowed-Origin", origin)
	h.Set("WebHook-Allowed-Rate", rate)
	return crm.Reply{Status: http.StatusOK, Header: h}, true
}

func (c consent) includes(origin string) bool {
	return slices.ContainsFunc(c, func(allowed string) bool {
		return allowed == anyone || strings.EqualFold(allowed, origin)
	})
}
