package capture

import (
	"net/http"
	"strconv"
)

// answer is a status and one line of JSON that leaks nothing. There is no 410: several CRMs delete a hook that answers so.
type answer struct {
	status int
	body   string
}

var (
	broken           = answer{http.StatusBadRequest, `{"error":"the body did not arrive whole"}`}
	unverified       = answer{http.StatusUnauthorized, `{"error":"not verified"}`}
	notFound         = answer{http.StatusNotFound, `{"error":"no such source"}`}
	methodNotAllowed = answer{http.StatusMethodNotAllowed, `{"error":"only POST"}`}
	tooLarge         = answer{http.StatusRequestEntityTooLarge, `{"error":"the body is too large"}`}
	encodedBody      = answer{http.StatusUnsupportedMediaType, `{"error":"no Content-Encoding but identity"}`}
	overloaded       = answer{http.StatusServiceUnavailable, `{"error":"overloaded, try again"}`}
	notStored        = answer{http.StatusServiceUnavailable, `{"error":"not stored in enough places, try again"}`}
)

func stored(id string) answer {
	return answer{http.StatusOK, `{"stored":` + strconv.Quote(id) + `}`}
}

// retryAfter is when a CRM that reads it may try again: long enough for a throttled store to recover, short enough that
// a record is not behind for long.
const retryAfter = "10" // seconds

// send gives the answer at once: a log that blocks afterwards must not keep it from the CRM.
func (a answer) send(w http.ResponseWriter) {
	line := a.body + "\n"
	h := w.Header()
	h.Set("Content-Length", strconv.Itoa(len(line)))
	h.Set("Content-Type", "application/json")
	h.Set("X-Content-Type-Options", "nosniff")
	switch a.status {
	case http.StatusMethodNotAllowed:
		h.Set("Allow", http.MethodPost)
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", retryAfter)
	case http.StatusRequestEntityTooLarge, http.StatusBadRequest:
		h.Set("Connection", "close") // the rest of the body is not read
	}
	w.WriteHeader(a.status)
	_, _ = w.Write([]byte(line))              // a caller that is gone is not told
	_ = http.NewResponseController(w).Flush() // not every runtime can
}
