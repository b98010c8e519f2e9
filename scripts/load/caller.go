package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"time"
)

// caller is one connection of a CRM that posts the same signed webhook again and again. The request is made and signed
// once: what the caller itself costs would otherwise be counted against capture, since both share the machine.
type caller struct {
	connection net.Conn
	answers    *bufio.Reader
	request    []byte
}

func (r *receiver) newCaller(ctx context.Context, server *httptest.Server) (*caller, error) {
	signed := r.request(payload)
	if err := r.source.Sign(signed, time.Now()); err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, signed.URL, bytes.NewReader(signed.Body))
	if err != nil {
		return nil, err
	}
	request.Header = signed.Header
	var raw bytes.Buffer
	if err := request.Write(&raw); err != nil {
		return nil, err
	}
	connection, err := new(net.Dialer).DialContext(ctx, "tcp", server.Listener.Addr().String())
	if err != nil {
		return nil, err
	}
	return &caller{connection, bufio.NewReader(connection), raw.Bytes()}, nil
}

func (c *caller) call() error {
	if _, err := c.connection.Write(c.request); err != nil {
		return err
	}
	status, body, err := c.answer()
	if err == nil && status != http.StatusOK {
		return fmt.Errorf("status %d: %s", status, body)
	}
	return err
}

// answer reads what capture's answers are made of, cheaply for the same reason: a status line, headers, and a body as long
// as they say.
func (c *caller) answer() (status int, body []byte, err error) {
	for {
		line, err := c.answers.ReadSlice('\n')
		if err != nil {
			return 0, nil, err
		}
		name, value, _ := bytes.Cut(bytes.TrimSpace(line), []byte(" "))
		switch string(name) {
		case "HTTP/1.1":
			code, _, _ := bytes.Cut(value, []byte(" "))
			status, err = strconv.Atoi(string(code))
		case "Content-Length:":
			var length int
			length, err = strconv.Atoi(string(value))
			body = make([]byte, length)
		case "": // the end of the headers
			_, err = io.ReadFull(c.answers, body)
			return status, body, err
		}
		if err != nil {
			return 0, nil, err
		}
	}
}

// post is an operation that posts a signed webhook over a free connection to the server and waits for its answer.
func (r *receiver) post(server *httptest.Server) operation {
	var free sync.Pool // of *caller
	return func(ctx context.Context) error {
		c, ok := free.Get().(*caller)
		if !ok {
			var err error
			if c, err = r.newCaller(ctx, server); err != nil {
				return err
			}
		}
		if err := c.call(); err != nil {
			return errors.Join(err, c.connection.Close())
		}
		free.Put(c)
		return nil
	}
}
