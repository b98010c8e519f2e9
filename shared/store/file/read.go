package file

import (
	"context"
	"fmt"
	"io"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/local"
)

func (d *driver) Read(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	root, err := d.open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }() // an opened file lives on
	// Only a plain file is an object; opening a pipe would wait for its writer.
	info, err := root.Stat(key)
	if absent(err) || err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: no file %s", store.ErrNotFound, key)
	}
	if err != nil {
		return nil, refusal(err)
	}
	f, err := root.Open(key)
	if err != nil {
		return nil, refusal(err)
	}
	return local.Body(ctx, f, offset, length), nil
}
