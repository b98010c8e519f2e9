package config

import (
	"net/url"
	"path"
	"strings"
)

// place is where a bucket's objects are, however its URL is written: a slash more, another order, a region or none, the endpoint
// that is usual anyhow.
func place(u *url.URL) string {
	return strings.Join([]string{u.Scheme, u.Host, path.Clean("/" + u.Path), endpoint(u)}, " ")
}

// endpoint is whom a bucket's requests go to; empty: the provider, where it has one for all.
func endpoint(u *url.URL) string {
	q := u.Query()
	at, err := url.Parse(q.Get("endpoint"))
	if err != nil {
		return q.Get("endpoint") // refused elsewhere
	}
	host, port := strings.ToLower(at.Hostname()), at.Port()
	switch {
	case host == "" && u.Scheme == "azblob":
		return q.Get("storage_account") + ".blob.core.windows.net"
	case host == "", u.Scheme == "s3" && strings.HasSuffix(host, ".amazonaws.com"), u.Scheme == "gs" && host == "storage.googleapis.com":
		return ""
	}
	if port != "" && port != map[string]string{"http": "80", "https": "443"}[at.Scheme] {
		host += ":" + port
	}
	return host + strings.TrimSuffix(at.Path, "/")
}
