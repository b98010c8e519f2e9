package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"

	"outlast.example/shared/format"
	"outlast.example/shared/replica"
	"outlast.example/shared/store"
	"outlast.example/shared/store/s3"
	"outlast.example/shared/store/storetest/servers"
)

const clouds = 3

// fixture is capture over three S3 servers, and two sets of bare clients of the same servers.
type fixture struct {
	*receiver
	bare    *httptest.Server // a handler that does nothing but the tuned floor's creates
	counted [clouds]*counter

	plain   [clouds]*sdk.Client
	tuned   [clouds]*sdk.Client
	buckets [clouds]string
	batch   format.Batch // what the floor creates, each time under a name of its own: a batch of one delivery
	last    atomic.Int64
}

// counter counts the objects that a bucket was asked to create.
type counter struct {
	*store.Creator
	n atomic.Int64
}

func (c *counter) Create(ctx context.Context, key string, content store.Content) error {
	c.n.Add(1)
	return c.Creator.Create(ctx, key, content)
}

func newFixture(b *bench) (*fixture, error) {
	f := &fixture{}
	var creators []replica.Bucket
	for i := range clouds {
		server := servers.S3(b)
		f.buckets[i] = server.Bucket(b)
		f.plain[i] = bareClient(server.Endpoint, nil)
		f.tuned[i] = bareClient(server.Endpoint, keepingConnections())
		creator, err := open(b.Context(), server.URL(f.buckets[i]), i)
		if err != nil {
			return nil, err
		}
		f.counted[i] = &counter{Creator: creator}
		creators = append(creators, f.counted[i])
	}
	var err error
	if f.receiver, err = newReceiver(b, creators); err != nil {
		return nil, err
	}
	f.bare = httptest.NewServer(http.HandlerFunc(f.createBare))
	b.Cleanup(f.bare.Close)
	f.batch, err = f.encodeOne()
	return f, err
}

// bareClient is the SDK with the HTTP client given; nil: as it comes, which is what the floor stands for. The SDK's own
// keeps 10 idle connections to a host, so that more callers than that dial anew, again and again.
func bareClient(endpoint string, over sdk.HTTPClient) *sdk.Client {
	return sdk.New(sdk.Options{
		BaseEndpoint: &endpoint, Region: servers.Region, UsePathStyle: true, Credentials: rootKey(), HTTPClient: over,
	})
}

// keepingConnections is the one thing that a careful program would change of the SDK: it keeps as many as there are callers.
func keepingConnections() *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}
}

func rootKey() aws.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider(servers.Root.ID, servers.Root.Secret, "")
}

func open(ctx context.Context, address string, i int) (*store.Creator, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	options, err := s3.FromURL(u)
	if err != nil {
		return nil, err
	}
	options.Credentials = rootKey()
	driver, err := s3.Open(ctx, options)
	if err != nil {
		return nil, err
	}
	return store.NewCreator(fmt.Sprintf("cloud-%d", i+1), driver), nil
}

// contenders are the two floors, the tuned one behind HTTP, and capture, which comes last.
func (f *fixture) contenders() []contender {
	return []contender{
		{"the floor", f.floor(f.plain)}, {"the tuned floor", f.floor(f.tuned)}, {"a bare handler", f.post(f.bare)},
		{"capture", f.post(f.server)},
	}
}

// createBare answers a webhook once three creates are done: what any receiver takes that stores before it answers.
func (f *fixture) createBare(w http.ResponseWriter, r *http.Request) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := f.createAll(r.Context(), f.tuned); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	}
}

// floor is an operation that creates one object in three buckets at once with bare clients, and waits for the slowest.
func (f *fixture) floor(clients [clouds]*sdk.Client) operation {
	return func(ctx context.Context) error { return f.createAll(ctx, clients) }
}

func (f *fixture) createAll(ctx context.Context, clients [clouds]*sdk.Client) error {
	name := f.batch.Key
	binary.BigEndian.PutUint64(name.Nonce[:], uint64(f.last.Add(1))) //nolint:gosec // counts up from zero
	key := name.String()
	done := make(chan error, clouds)
	for i := range clouds {
		go func() {
			_, err := clients[i].PutObject(ctx, &sdk.PutObjectInput{
				Bucket: &f.buckets[i], Key: &key, Body: bytes.NewReader(f.batch.Object), IfNoneMatch: aws.String("*"),
			})
			done <- err
		}()
	}
	var all error
	for range clouds {
		all = errors.Join(all, <-done)
	}
	return all
}

// objects counts the creates at one bucket so far.
func (f *fixture) objects() int64 { return f.counted[0].n.Load() }
