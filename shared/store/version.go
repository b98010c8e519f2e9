package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"
)

// ErrNoVersions: this kind of bucket keeps none, so that nothing lies under what Read gives.
var ErrNoVersions = errors.New("no versions")

// Version is one of the versions that a store keeps of an object. Stores do not agree on what a listed checksum proves (on
// Azure, whoever writes a blob may set it), so there is none here: bytes that matter are read.
type Version struct {
	Object            // the size of a delete marker is 0
	ID      string    // the store's own; empty: of an object without versions, and Read gives it
	Time    time.Time // when it was made, by the store's clock, in UTC
	Current bool      // it is what Read gives; of a delete marker, it is why Read gives ErrNotFound
	Marker  bool      // a delete marker: nothing to read
	Deleted bool      // soft-deleted: nobody can read it before an administrator restores it
}

// VersionPage is a part of a listing of versions.
type VersionPage struct {
	Versions []Version
	Next     string // token of the next page; empty at the end
}

// VersionDriver is the part of a driver that speaks of versions. A driver without it is one of a store that keeps none.
//
// Of a bucket whose versions are switched off, the versions are its objects, all of them current.
type VersionDriver interface {
	// Versions is List for all versions of the objects, delete markers too: keys come in ascending order, the versions of a
	// key together and in any order, and a key may go on in the next page. No version of a key is current where the store
	// has no delete markers and somebody deleted the object.
	Versions(ctx context.Context, prefix, token string) (VersionPage, error)

	// ReadVersion is Read for one version, by the ID that Versions gave. A delete marker is ErrNotFound.
	ReadVersion(ctx context.Context, key, version string, offset, length int64) (io.ReadCloser, error)
}

// VersionsOf gives the driver's part for versions: of one without it, a part that says ErrNoVersions.
func VersionsOf(d Driver) VersionDriver {
	if versions, has := d.(VersionDriver); has {
		return versions
	}
	return noVersions{}
}

type noVersions struct{}

var errKeepsNone = fmt.Errorf("%w: this kind of bucket keeps none", ErrNoVersions)

func (noVersions) Versions(context.Context, string, string) (VersionPage, error) {
	return VersionPage{}, errKeepsNone
}

func (noVersions) ReadVersion(context.Context, string, string, int64, int64) (io.ReadCloser, error) {
	return nil, errKeepsNone
}

// Versions yields all versions of the objects whose keys start with prefix, page by page; see VersionDriver.Versions. It ends
// with the first error.
func (r *Reader) Versions(ctx context.Context, prefix string) iter.Seq2[Version, error] {
	return pages(func(token string) ([]Version, string, error) {
		page, err := VersionsOf(r.driver).Versions(ctx, prefix, token)
		if err != nil {
			return nil, "", &Error{"list versions of", r.name, prefix, err}
		}
		return page.Versions, page.Next, nil
	})
}

// ReadVersion reads a version of at most limit bytes; a larger one is ErrTooLarge.
func (r *Reader) ReadVersion(ctx context.Context, key, version string, limit int64) ([]byte, error) {
	return r.whole("read version "+version+" of", key, limit, func() (io.ReadCloser, error) {
		return VersionsOf(r.driver).ReadVersion(ctx, key, version, 0, limit+1)
	})
}

func (p *prefixed) Versions(ctx context.Context, prefix, token string) (VersionPage, error) {
	page, err := VersionsOf(p.Driver).Versions(ctx, p.prefix+prefix, token)
	for i := range page.Versions {
		page.Versions[i].Key = strings.TrimPrefix(page.Versions[i].Key, p.prefix)
	}
	return page, err
}

func (p *prefixed) ReadVersion(ctx context.Context, key, version string, offset, length int64) (io.ReadCloser, error) {
	return VersionsOf(p.Driver).ReadVersion(ctx, p.prefix+key, version, offset, length)
}
