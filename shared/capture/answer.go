package capture

import (
	"maps"
	"net/http"
	"strconv"

	"outlast.example/shared/crm"
)

// answer is a status and one line of JSON that leaks nothing. There is no 410: several CRMs delete a hook that answers so.
type answer struct {
	status int
	line   string
	reply  *crm.Reply // in place of the line, where the CRM has terms of its own
}

var (
	broken           = answer{status: http.StatusBadRequest, line: `{"error":"the body did not arrive whole"}`}
	unverified       = answer{status: http.StatusUnauthorized, line: `{"error":"not verified"}`}
	notFound         = answer{status: http.StatusNotFound, line: `{"error":"no such source"}`}
	methodNotAllowed = answer{status: http.StatusMethodNotAllowed, line: `{"error":"only POST"}`}
	tooLarge         = answer{status: http.StatusRequestEntityTooLarge, line: `{"error":"the body is too large"}`}
	encodedBody      = answer{status: http.StatusUnsupportedMediaType, line: `{"error":"no Content-Encoding but identity"}`}
	overloaded       = answer{status: http.StatusServiceUnavailable, line: `{"error":"overloaded, try again"}`}
	notStored        = answer{status: http.StatusServiceUnavailable, line: `{"error":"not stored in enough places, try again"}`}
)

func stored(id string, reply *crm.Reply) answer {
	if reply != nil {
		return answer{status: reply.Status, reply: reply}
	}
	return answer{status: http.StatusOK, line: `{"stored":` + strconv.Quote(id) + `}`}
}

// inTermsOf changes a status that would make the CRM give up what it tried to deliver.
func (a answer) inTermsOf(answers crm.Answers) answer {
	if status, mapped := answers.Instead[a.status]; mapped {
		a.status = status
	}
	return a
}

// retryAfter is when a CRM that reads it may try again: long enough for a throttled store to recover, short enough that
// a record is not behind for long.
const retryAfter = "10" // seconds

// send gives the answer at once: a log that blocks afterwards must not keep it from the CRM.
func (a answer) send(w http.ResponseWriter) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	switch a.status {
	case http.StatusMethodNotAllowed:
		h.Set("Allow", http.MethodPost)
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", retryAfter)
	}
	switch a.line {
	case tooLarge.line, broken.line:
		h.Set("Connection", "close") // the rest of the body is not read
	}
	body := a.body(h)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(body)                      //nolint:gosec // never HTML; and a caller that is gone is not told
	_ = http.NewResponseController(w).Flush() // not every runtime can
}

func (a answer) body(h http.Header) []byte {
	if a.reply != nil {
		maps.Copy(h, a.reply.Header)
		return a.reply.Body
	}
	h.Set("Content-Type", "application/json")
	return []byte(a.line + "\n")
}
