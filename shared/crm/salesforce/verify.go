package salesforce

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/rawjson"
	"outlast.example/shared/crm/token"
)

// verifier demands, besides the token, that the body states an org that may send: whoever learns the URL must know the org
// too, and a sandbox that was copied with its Outbound Messages does not write into its origin's history.
type verifier struct {
	token         *token.Verifier
	organizations []string // ids of 18 characters
}

func organizations(s crm.Settings) ([]string, error) {
	var allowed []string
	for i, id := range strings.Fields(s.Options[organizationOption]) {
		long, valid := longID(id)
		if !valid || check(long[:15]) != long[15:] {
			return nil, fmt.Errorf("source %s: %s: id %d is no id of 15 or 18 characters: copy it from Setup, Company Information",
				s.Name, organizationOption, i+1)
		}
		allowed = append(allowed, long)
	}
	if _, set := s.Options[organizationOption]; set && len(allowed) == 0 {
		return nil, fmt.Errorf("source %s: %s is empty: set the org's id, or remove it", s.Name, organizationOption)
	}
	return allowed, nil
}

// Verify implements crm.Verifier. The body is not read before the token has matched.
func (v *verifier) Verify(r *crm.Request, now time.Time) (string, error) {
	how, err := v.token.Verify(r, now)
	if err != nil {
		return "", err
	}
	stated := statedOrganizations(r.Body)
	for _, id := range stated {
		if !v.allows(id) {
			return "", fmt.Errorf("%w: a message of an org that %s does not name", crm.ErrUnverified, organizationOption)
		}
	}
	if len(stated) == 0 {
		return "", fmt.Errorf("%w: no message that states its org, as %s demands", crm.ErrUnverified, organizationOption)
	}
	return how, nil
}

// allows compares with every org, whichever matches.
func (v *verifier) allows(id string) bool {
	long, allowed := longID(id)
	matched := false
	for _, organization := range v.organizations {
		matched = crm.Same(long, organization) || matched
	}
	return matched && allowed
}

// statedOrganizations are the orgs that the messages in a body state, an empty one for a message that states none.
func statedOrganizations(body []byte) []string {
	if isXML(body) {
		m, err := readMessage(body)
		if err != nil {
			return nil
		}
		return []string{m.organization}
	}
	var stated []string
	for raw, err := range rawjson.Each[json.RawMessage](body) {
		if err != nil {
			return nil
		}
		stated = append(stated, relayed(*raw))
	}
	return stated
}

// relayed is the org in the source that the event relay gives an EventBridge event:
// aws.partner/salesforce.com/<org>/<channel>.
func relayed(raw json.RawMessage) string {
	var event struct {
		Source string `json:"source"`
	}
	if err := json.Unmarshal(raw, &event); err != nil {
		return ""
	}
	path, found := strings.CutPrefix(event.Source, "aws.partner/salesforce.com/")
	if !found {
		return ""
	}
	organization, _, _ := strings.Cut(path, "/")
	return organization
}
