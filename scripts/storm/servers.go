package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"

	"outlast.example/shared/store/storetest/servers"
)

// bucket is what the bucket is called in every cloud.
const bucket = "acme"

// server is one cloud: a real server, whose clients know it by the proxy's address only.
type server struct {
	process
	address string // its own
	proxy   string // what clients call
	url     string // of its bucket
	leaks   bool   // see cloud
	disk    string // folder with all that it keeps
	fresh   string // what the disk held when the bucket was new
}

// cloud says how one of the servers is run.
type cloud struct {
	name, program, health string
	args                  func(s *server, port string) []string
	url                   func(proxy string) string
	make                  func(ctx context.Context, s *server) error // makes the bucket, on the running server; nil: it is a folder
	leaks                 bool                                       // uploads that are cut leave it with less than it had, until a restart
}

var clouds = []cloud{
	{
		name: "s3", program: "versitygw", health: "/health",
		args: func(s *server, _ string) []string {
			return []string{"--port", s.address, "--access", servers.Root.ID, "--secret", servers.Root.Secret, "--region", servers.Region,
				"--health", "/health", "--quiet", "--keep-alive", "posix", s.disk}
		},
		url: func(proxy string) string {
			return "s3://" + bucket + "?" + url.Values{"endpoint": {proxy}, "region": {servers.Region}, "use_path_style": {"true"}}.Encode()
		},
	},
	{
		name: "gcs", program: "fake-gcs-server", health: "/_internal/healthcheck",
		args: func(s *server, port string) []string {
			return []string{"-scheme", "http", "-host", "127.0.0.1", "-port", port, "-backend", "filesystem", "-filesystem-root", s.disk,
				"-public-host", s.proxy, "-external-url", "http://" + s.proxy, "-log-level", "error"}
		},
		url: func(proxy string) string {
			return "gs://" + bucket + "?" + url.Values{"endpoint": {proxy + "/storage/v1/"}}.Encode()
		},
	},
	{
		name: "azure", program: "azurite-blob", health: "/" + servers.Account,
		args: func(s *server, port string) []string {
			return []string{"--blobHost", "127.0.0.1", "--blobPort", port, "--location", s.disk,
				"--silent", "--disableTelemetry", "--skipApiVersionCheck"}
		},
		url: func(proxy string) string {
			return "azblob://" + bucket + "?" + url.Values{"storage_account": {servers.Account}, "endpoint": {proxy + "/" + servers.Account}}.Encode()
		},
		make:  makeContainer,
		leaks: true, // azurite writes to 50 extents and never gets one back whose upload was cut: after 50 it hangs
	},
}

// newServer starts a cloud's server with an empty bucket.
func newServer(ctx context.Context, c cloud, folder string, proxies *proxies) (*server, error) {
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	s := &server{address: "127.0.0.1:" + port, leaks: c.leaks, disk: filepath.Join(folder, c.name), fresh: filepath.Join(folder, c.name+".fresh")}
	if s.proxy, err = proxies.add(ctx, c.name, s.address); err != nil {
		return nil, err
	}
	s.url = c.url("http://" + s.proxy)
	s.process = process{
		name: c.name, program: tool(c.program), args: c.args(s, port), folder: folder, ready: "http://" + s.address + c.health,
		env: []string{"TMPDIR=" + folder}, // fake-gcs-server renames from there
	}
	return s, s.furnish(ctx, c)
}

// furnish makes the bucket and remembers what the disk is like with nothing in it.
func (s *server) furnish(ctx context.Context, c cloud) error {
	empty := s.disk
	if c.make == nil {
		empty = filepath.Join(s.disk, bucket)
	}
	if err := os.MkdirAll(empty, 0o700); err != nil {
		return fmt.Errorf("make the disk of %s: %w", s.name, err)
	}
	if c.make != nil {
		if err := s.makeBucket(ctx, c); err != nil {
			return err
		}
	}
	if err := os.CopyFS(s.fresh, os.DirFS(s.disk)); err != nil {
		return fmt.Errorf("copy the disk of %s: %w", s.name, err)
	}
	return s.start(ctx)
}

// makeBucket runs the server for it, and lets it end in peace: it writes down what it knows then.
func (s *server) makeBucket(ctx context.Context, c cloud) error {
	if err := s.start(ctx); err != nil {
		return err
	}
	return errors.Join(c.make(ctx, s), s.end())
}

func makeContainer(ctx context.Context, s *server) error {
	key, err := container.NewSharedKeyCredential(servers.Account, servers.AccountKey)
	if err != nil {
		return fmt.Errorf("account key of %s: %w", s.name, err)
	}
	client, err := container.NewClientWithSharedKeyCredential("http://"+s.address+"/"+servers.Account+"/"+bucket, key, nil)
	if err != nil {
		return fmt.Errorf("container of %s: %w", s.name, err)
	}
	if _, err := client.Create(ctx, nil); err != nil {
		return fmt.Errorf("make container of %s: %w", s.name, err)
	}
	return nil
}

// renew starts a server again that ended in peace, and so forgot nothing.
func (s *server) renew(ctx context.Context) error { return errors.Join(s.end(), s.start(ctx)) }

// wipe takes everything from the disk of a killed server but the empty bucket.
func (s *server) wipe() error {
	if err := os.RemoveAll(s.disk); err != nil {
		return fmt.Errorf("wipe the disk of %s: %w", s.name, err)
	}
	if err := os.CopyFS(s.disk, os.DirFS(s.fresh)); err != nil {
		return fmt.Errorf("give %s a new disk: %w", s.name, err)
	}
	return nil
}
