package format

import (
	"net/http"
	"time"
)

// Delivery is one HTTP request that a CRM made, as it is kept: verified, byte for byte, without the source's
// credentials. A batch holds one line for each.
type Delivery struct {
	ID       string      // UUIDv7, made on receipt
	Kind     string      // the CRM's kind, such as "hubspot"
	Source   string      // the configured source's name, such as "acme"
	Time     time.Time   // of receipt, UTC, by the receiver's clock
	Method   string      // as received
	Path     string      // path and query as received, escaped as it was, credentials cut
	Header   http.Header // as received, less what belongs to the connection; credentials cut
	Body     []byte      // as received, credentials cut
	Cuts     []string    // where something was cut: "header:Authorization", "query:code", "path:4", "path", "body:token"
	Verified string      // how the sender was verified, such as "hubspot-v3"; "token" binds no signature to the body
}
