package store

import (
	"context"
	"crypto/md5" //nolint:gosec // Azure verifies an upload by MD5; integrity rests on SHA-256
	"crypto/sha256"
	"hash/crc32"
	"io"
)

// Driver is what one kind of store does. Callers do not use it directly: Creator, Reader, Keeper, LockViewer and Locker stand
// over it, check keys and name the bucket in errors, so that a driver only has to speak its store's protocol.
//
// There is no way to delete or overwrite, in any driver, for anybody. What "outlast doctor" and the suite for real
// accounts try, to be refused, is no driver's: see TrespassDriver.
//
// Every method is safe for concurrent use, honours its context, and returns errors that wrap the one sentinel of this
// package that fits (see errors.go), together with what the store said.
type Driver interface {
	// Create stores content under key if and only if no object has that key, in one atomic step of the store's own.
	// It makes exactly one attempt. It sends the checksum of Content that its store verifies.
	//
	//  - nil: the store confirmed that it stored the bytes.
	//  - ErrExists: an object of that name is there. Only the codes that the store documents for a failed condition
	//    count; any other refusal is not ErrExists.
	//  - ErrBusy: refused for the moment (throttled, unavailable, a conflicting create is under way): not stored.
	//  - ErrNoAnswer: the request may have arrived: whether the object is stored is not known.
	//  - ErrChecksum, ErrDenied, ErrNoBucket, or an error without a sentinel: refused, not stored.
	Create(ctx context.Context, key string, content Content) error

	// Read opens length bytes of an object from offset on; a negative length means up to the end. A range that reaches
	// past the end is shortened, to nothing if it starts there. ErrNotFound and ErrNoBucket are told apart.
	Read(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error)

	// List returns one page of the objects whose keys start with prefix (any string, not only a folder), in ascending
	// byte order of the keys. The empty token asks for the first page; Page.Next for the one after, also from another
	// process and later.
	List(ctx context.Context, prefix, token string) (Page, error)

	// Close frees connections. The driver is not used afterwards.
	Close() error
}

// Page is a part of a listing.
type Page struct {
	Objects []Object
	Next    string // token of the next page; empty at the end
}

// Object is one row of a listing.
type Object struct {
	Key  string
	Size int64 // bytes
}

// Content is an object's bytes with the checksums that stores verify on arrival. They are computed once, however many
// buckets the object goes to: SHA-256 for S3, CRC-32C for Google Cloud Storage, MD5 for Azure.
type Content struct {
	Bytes  []byte
	SHA256 [sha256.Size]byte
	CRC32C uint32
	MD5    [md5.Size]byte
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// NewContent computes the checksums of b. It keeps b, which must not change afterwards.
func NewContent(b []byte) Content {
	return Content{
		Bytes:  b,
		SHA256: sha256.Sum256(b),
		CRC32C: crc32.Checksum(b, castagnoli),
		MD5:    md5.Sum(b), //nolint:gosec // see above
	}
}
