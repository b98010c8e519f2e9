package pipedrive

import "outlast.example/shared/crm"

// identity is equal for all attempts at a webhook, and for all webhooks that were asked for the same event: attempt, retry
// and webhook_id are left out. Version 1 tells events apart by their time alone.
func (m meta) identity() string {
	record := m.record()
	parts := []string{m.text("company_id"), record.Type, record.ID, m.action(), m.event()}
	if m.event() == "" {
		parts = append(parts, m.text("timestamp_micro"), m.text("timestamp"))
	}
	var space [256]byte
	return crm.Digest(space[:0]).Add(parts...).Identity()
}
