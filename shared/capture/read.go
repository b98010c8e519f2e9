package capture

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"golang.org/x/sync/semaphore"

	"outlast.example/shared/crm"
)

// read takes in a body, bounded in bytes and time, and gives the request as the CRM made it. On refusal the request is nil.
func (h *Handler) read(v *visit, w http.ResponseWriter, r *http.Request) (*crm.Request, answer) {
	if r.ContentLength > h.MaxBody {
		return nil, tooLarge
	}
	control := http.NewResponseController(w)
	if err := control.SetReadDeadline(v.began.Add(h.ReadTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		v.reason = errors.New("read time-out cannot be set")
		return nil, notStored
	}
	in := intake{budget: h.reading, announced: r.ContentLength, most: h.MaxBody + 1} // one more shows that it is too large
	if r.ContentLength >= 0 {
		in.most = r.ContentLength
	}
	defer in.release()
	body, err := in.read(http.MaxBytesReader(w, r.Body, h.MaxBody))
	v.bytes = len(body)
	if err != nil {
		return nil, refusal(v, err)
	}
	path := requestPath(r)
	return &crm.Request{Method: r.Method, URL: h.PublicURL + path, Path: path, Header: r.Header, Body: body}, answer{}
}

func requestPath(r *http.Request) string {
	if !strings.HasPrefix(r.RequestURI, "/") { // a proxy's absolute form, or a handler called without a server
		return r.URL.RequestURI()
	}
	return r.RequestURI
}

func refusal(v *visit, err error) answer {
	v.reason = errors.New("body not read whole") // the error itself may quote addresses
	if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
		return tooLarge
	}
	if errors.Is(err, errNoRoom) {
		v.reason = err
		return overloaded
	}
	return broken
}

var errNoRoom = errors.New("too many bodies are being read")

// intake reads one body. It takes room in the budget of all bodies as bytes arrive and not as they are announced: who
// has not proven anything yet can hold at most twice what he sends.
type intake struct {
	budget    *semaphore.Weighted
	announced int64 // bytes; negative where they are not
	most      int64 // bytes that it can come to
	taken     int64
}

const freeRoom = 512 // bytes that no budget counts: a connection costs more

func (in *intake) read(from io.Reader) ([]byte, error) {
	body := make([]byte, 0, min(freeRoom, in.most))
	for int64(len(body)) != in.announced {
		if len(body) == cap(body) {
			more := min(int64(cap(body)), in.most-int64(cap(body)))
			if !in.budget.TryAcquire(more) {
				return body, errNoRoom
			}
			in.taken += more
			body = append(make([]byte, 0, int64(cap(body))+more), body...)
		}
		n, err := from.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case errors.Is(err, io.EOF) && in.announced >= 0 && int64(len(body)) < in.announced:
			return body, io.ErrUnexpectedEOF
		case errors.Is(err, io.EOF):
			return body, nil
		case err != nil:
			return body, err
		}
	}
	return body, nil
}

func (in *intake) release() { in.budget.Release(in.taken) }
