package capture

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"outlast.example/shared/crm"
)

// read takes in a body, bounded in bytes and time, and gives the request as the CRM made it. On refusal the request is nil.
func (h *Handler) read(v *visit, w http.ResponseWriter, r *http.Request) (*crm.Request, answer) {
	room := h.MaxBody // what a body without a length may take
	if r.ContentLength >= 0 {
		room = r.ContentLength
	}
	if room > h.MaxBody {
		return nil, tooLarge
	}
	if !h.reading.TryAcquire(room) {
		return nil, overloaded
	}
	defer h.reading.Release(room)

	body, err := h.body(w, r)
	v.bytes = len(body)
	if err != nil {
		v.reason = errors.New("body not read whole") // the error itself may quote addresses
		if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
			return nil, tooLarge
		}
		return nil, broken
	}
	path := r.RequestURI
	if !strings.HasPrefix(path, "/") { // a proxy's absolute form, or a handler called without a server
		path = r.URL.RequestURI()
	}
	return &crm.Request{Method: r.Method, URL: h.PublicURL + path, Path: path, Header: r.Header, Body: body}, answer{}
}

// body reads the raw bytes within the read time-out, into one allocation where their number is announced.
func (h *Handler) body(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	control := http.NewResponseController(w)
	if err := control.SetReadDeadline(time.Now().Add(h.ReadTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return nil, fmt.Errorf("set read time-out: %w", err)
	}
	limited := http.MaxBytesReader(w, r.Body, h.MaxBody)
	if r.ContentLength >= 0 {
		body := make([]byte, r.ContentLength)
		_, err := io.ReadFull(limited, body)
		return body, err
	}
	var body bytes.Buffer
	_, err := body.ReadFrom(limited)
	return body.Bytes(), err
}
