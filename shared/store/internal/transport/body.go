package transport

import (
	"fmt"
	"io"

	"outlast.example/shared/store"
)

// Body gives the errors of reading an object to its end a sentinel: a connection that broke is worth another try.
func Body(body io.ReadCloser) io.ReadCloser { return checked{body} }

type checked struct{ io.ReadCloser }

func (c checked) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if err != nil && err != io.EOF { //nolint:errorlint // io.Reader's contract is io.EOF itself
		err = fmt.Errorf("%w: %w", store.ErrNoAnswer, withoutURL(err))
	}
	return n, err
}
