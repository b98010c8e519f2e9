package functiontest

import (
	"context"
	"net"
	"strings"
	"testing"

	"outlast.example/shared/store/storetest/servers"
)

// CloudRun is a running function of Google's.
type CloudRun struct {
	*Process
	URL string
}

// StartCloudRun runs the function that target names, in the folder that Service made, with the environment that Cloud Run
// gives (Cloud Run functions, "Configure environment variables").
func StartCloudRun(t testing.TB, folder, target string, environ ...string) *CloudRun {
	t.Helper()
	port := servers.FreePort(t)
	p := start(t, folder, folder+"/main", append(environ, "PORT="+port, "FUNCTION_TARGET="+target, "K_SERVICE="+target))
	return &CloudRun{p, "http://127.0.0.1:" + port}
}

// Await waits until the function listens, as Cloud Run does: by its port. To ask it anything would run it.
func (f *CloudRun) Await(t testing.TB) *CloudRun {
	t.Helper()
	f.await(t, func(ctx context.Context) bool { return listens(ctx, strings.TrimPrefix(f.URL, "http://")) })
	return f
}

func listens(ctx context.Context, address string) bool {
	c, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	return err == nil && c.Close() == nil
}
