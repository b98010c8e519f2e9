package transport

import (
	"context"
	"net"
	"net/http"
)

// StallTimeout is how long a test of a stall takes, by its clock.
const StallTimeout = stallTimeout

// Dial lets a test be the network of a client from NewClient.
func Dial(client *http.Client, dial func(ctx context.Context, network, address string) (net.Conn, error)) {
	client.Transport.(watched).DialContext = dial
}

// What tests of long answers hold against what is read.
const (
	MaxTalk = maxTalk
	MaxPage = maxPage
)
