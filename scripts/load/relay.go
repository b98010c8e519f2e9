package main

import (
	"context"
	"errors"
	"net"
	"sync"
)

// relay stands before a server and can hang: then connections stay, requests vanish, and new connections are taken.
type relay struct {
	listener net.Listener
	server   string // HOST:PORT

	mu     sync.Mutex
	hung   chan struct{} // closed while it hangs
	resume chan struct{} // closed when it no longer does
}

func newRelay(b *bench, server string) (*relay, error) {
	listener, err := new(net.ListenConfig).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	b.Cleanup(func() { _ = listener.Close() })
	r := &relay{listener: listener, server: server, hung: make(chan struct{}), resume: make(chan struct{})}
	go r.serve(b.Context())
	return r, nil
}

func (r *relay) address() string { return r.listener.Addr().String() }

// hang lasts until end is called. What was under way then gets no answer.
func (r *relay) hang() (end func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.hung)
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		close(r.resume)
		r.hung, r.resume = make(chan struct{}), make(chan struct{})
	}
}

func (r *relay) state() (hung, resume <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.hung, r.resume
}

func (r *relay) serve(ctx context.Context) {
	for {
		client, err := r.listener.Accept()
		if err != nil {
			return // closed
		}
		go r.carry(ctx, client)
	}
}

// carry copies in both directions until one side ends, or the relay hangs: then the client waits, and at the end of it the
// connection is gone.
func (r *relay) carry(ctx context.Context, client net.Conn) {
	defer func() { _ = client.Close() }()
	hung, resume := r.state()
	select {
	case <-hung:
		<-resume
		return
	default:
	}
	server, err := new(net.Dialer).DialContext(ctx, "tcp", r.server)
	if err != nil {
		return
	}
	ended := make(chan struct{}, 2)
	go r.copy(server, client, hung, ended)
	go r.copy(client, server, hung, ended)
	select {
	case <-ended:
	case <-hung:
		<-resume
	}
	_ = server.Close()
}

func (r *relay) copy(to, from net.Conn, hung <-chan struct{}, ended chan<- struct{}) {
	chunk := make([]byte, 32<<10)
	for {
		n, err := from.Read(chunk)
		select {
		case <-hung:
			return
		default:
		}
		if n > 0 {
			_, errTo := to.Write(chunk[:n])
			err = errors.Join(err, errTo)
		}
		if err != nil {
			ended <- struct{}{}
			return
		}
	}
}
