package store

import (
	"context"
	"io"
	"strings"
)

// Prefixed makes a part of a bucket look like a whole one: every key of d gets prefix before it. An empty prefix gives
// d itself.
func Prefixed(d Driver, prefix string) Driver {
	if prefix == "" {
		return d
	}
	return &prefixed{d, strings.TrimSuffix(prefix, "/") + "/"}
}

type prefixed struct {
	Driver
	prefix string
}

func (p *prefixed) Create(ctx context.Context, key string, content Content) error {
	return p.Driver.Create(ctx, p.prefix+key, content)
}

func (p *prefixed) Read(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	return p.Driver.Read(ctx, p.prefix+key, offset, length)
}

func (p *prefixed) List(ctx context.Context, prefix, token string) (Page, error) {
	page, err := p.Driver.List(ctx, p.prefix+prefix, token)
	for i := range page.Objects {
		page.Objects[i].Key = strings.TrimPrefix(page.Objects[i].Key, p.prefix)
	}
	return page, err
}
