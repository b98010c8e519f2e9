package file

import (
	"context"
	"fmt"

	"outlast.example/shared/store"
)

var errNoLocks = fmt.Errorf("%w: whoever owns a folder can delete what is in it; keep copies in buckets that lock theirs", store.ErrNoLocks)

// Locked is ErrNoLocks: folders have none.
func (d *driver) Locked(context.Context, string) (store.Lock, error) { return store.Lock{}, errNoLocks }

// Extend is ErrNoLocks: folders have none.
func (d *driver) Extend(context.Context, string, store.Lock) (store.Lock, error) {
	return store.Lock{}, errNoLocks
}
