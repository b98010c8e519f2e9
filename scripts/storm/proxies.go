package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"time"
)

// proxies is toxiproxy, which stands before every server, spoken to over its HTTP interface:
// https://github.com/Shopify/toxiproxy#http-api
type proxies struct {
	process
	api  string
	busy *httptest.Server // answers 503 to everything, in a server's place
}

// toxic is a fault of toxiproxy's. Times are in milliseconds, rates in KB/s.
type toxic struct {
	Type       string         `json:"type"`
	Stream     string         `json:"stream"`
	Attributes map[string]int `json:"attributes"`
}

func newProxies(ctx context.Context, folder string) (*proxies, error) {
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	p := &proxies{api: "http://127.0.0.1:" + port}
	p.process = process{
		name: "toxiproxy", program: tool("toxiproxy-server"), args: []string{"-host", "127.0.0.1", "-port", port}, folder: folder,
		ready: p.api + "/version", env: []string{"LOG_LEVEL=error"},
	}
	p.busy = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	return p, p.start(ctx)
}

// add makes a proxy before a server, and gives its address.
func (p *proxies) add(ctx context.Context, name, upstream string) (address string, err error) {
	port, err := freePort(ctx)
	if err != nil {
		return "", err
	}
	address = net.JoinHostPort("127.0.0.1", port)
	return address, p.call(ctx, "/proxies", map[string]any{"name": name, "listen": address, "upstream": upstream})
}

// poison adds a fault to a proxy, for connections that are open already too.
func (p *proxies) poison(ctx context.Context, name string, t toxic) error {
	return p.call(ctx, "/proxies/"+name+"/toxics", t)
}

// replace lets a proxy lead to another server than its own.
func (p *proxies) replace(ctx context.Context, name, upstream string) error {
	return p.call(ctx, "/proxies/"+name, map[string]any{"upstream": upstream, "enabled": true})
}

// refuse lets a proxy refuse connections.
func (p *proxies) refuse(ctx context.Context, name string) error {
	return p.call(ctx, "/proxies/"+name, map[string]any{"enabled": false})
}

// calm ends all faults of the servers' proxies.
func (p *proxies) calm(ctx context.Context, all []*server) error {
	errs := []error{p.call(ctx, "/reset", nil)}
	for _, s := range all {
		errs = append(errs, p.replace(ctx, s.name, s.address))
	}
	return errors.Join(errs...)
}

// call posts to toxiproxy.
func (p *proxies) call(ctx context.Context, path string, content any) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	text, err := json.Marshal(content)
	if err != nil {
		return fmt.Errorf("toxiproxy %s: %w", path, err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.api+path, bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("toxiproxy %s: %w", path, err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("toxiproxy %s: %w", path, err)
	}
	defer func() { _ = response.Body.Close() }() // read whole
	said, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= http.StatusMultipleChoices {
		err = fmt.Errorf("%s: %s", response.Status, said)
	}
	if err != nil {
		return fmt.Errorf("toxiproxy %s: %w", path, err)
	}
	return nil
}
