package s3

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"outlast.example/shared/store"
	"outlast.example/shared/store/internal/transport"
)

// Versions takes s3:ListBucketVersions, and not the right to list objects. A bucket that never had versions lists its objects
// with the ID "null".
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
func (d *driver) Versions(ctx context.Context, prefix, token string) (store.VersionPage, error) {
	in := &sdk.ListObjectVersionsInput{Bucket: &d.bucket, Prefix: &prefix, EncodingType: types.EncodingTypeUrl}
	if d.pageSize > 0 {
		in.MaxKeys = &d.pageSize
	}
	after, err := parseMarker(token)
	if err != nil {
		return store.VersionPage{}, err
	}
	if after.key != "" {
		in.KeyMarker = &after.key
	}
	if after.version != "" {
		in.VersionIdMarker = &after.version
	}
	ctx, attempt := transport.Watch(ctx)
	out, err := d.client.ListObjectVersions(ctx, in)
	if err != nil {
		return store.VersionPage{}, explain(attempt, err)
	}
	return versionPage(out, after)
}

// marker is where a page ends: S3 goes on after that version of that key.
type marker struct{ key, version string }

func (m marker) token() string { return url.QueryEscape(m.key) + "&" + url.QueryEscape(m.version) }

func parseMarker(token string) (m marker, err error) {
	key, version, _ := strings.Cut(token, "&")
	if m.key, err = url.QueryUnescape(key); err == nil {
		m.version, err = url.QueryUnescape(version)
	}
	if err != nil {
		return m, fmt.Errorf("token of a listing of versions: %w", err)
	}
	return m, nil
}

func versionPage(out *sdk.ListObjectVersionsOutput, after marker) (store.VersionPage, error) {
	var page store.VersionPage
	for _, v := range out.Versions {
		page.Versions = append(page.Versions, version(v.Key, v.VersionId, v.LastModified, v.IsLatest))
		page.Versions[len(page.Versions)-1].Size = aws.ToInt64(v.Size)
	}
	for _, m := range out.DeleteMarkers {
		page.Versions = append(page.Versions, version(m.Key, m.VersionId, m.LastModified, m.IsLatest))
		page.Versions[len(page.Versions)-1].Marker = true
	}
	next := marker{aws.ToString(out.NextKeyMarker), aws.ToString(out.NextVersionIdMarker)}
	if out.EncodingType == types.EncodingTypeUrl {
		if err := unescape(&next, page.Versions); err != nil {
			return store.VersionPage{}, err
		}
	}
	// The SDK gives versions and markers apart. Some stores begin a page with the version that the last one ended with.
	slices.SortStableFunc(page.Versions, func(a, b store.Version) int { return cmp.Compare(a.Key, b.Key) })
	page.Versions = slices.DeleteFunc(page.Versions, func(v store.Version) bool { return marker{v.Key, v.ID} == after })
	if aws.ToBool(out.IsTruncated) {
		page.Next = next.token()
	}
	return page, ends(out.IsTruncated, next.key != "")
}

func version(key, id *string, modified *time.Time, latest *bool) store.Version {
	return store.Version{
		Object: store.Object{Key: aws.ToString(key)}, ID: aws.ToString(id),
		Time: aws.ToTime(modified).UTC(), Current: aws.ToBool(latest),
	}
}

func unescape(next *marker, versions []store.Version) (err error) {
	if next.key, err = url.QueryUnescape(next.key); err != nil {
		return fmt.Errorf("the listing's marker is not URL-encoded: %w", err)
	}
	for i := range versions {
		if versions[i].Key, err = url.QueryUnescape(versions[i].Key); err != nil {
			return fmt.Errorf("the listing holds a key that is not URL-encoded: %w", err)
		}
	}
	return nil
}

// ReadVersion takes s3:GetObjectVersion.
func (d *driver) ReadVersion(ctx context.Context, key, version string, offset, length int64) (io.ReadCloser, error) {
	return d.read(ctx, &sdk.GetObjectInput{Bucket: &d.bucket, Key: &key, VersionId: &version}, offset, length, versionSentinel)
}

func versionSentinel(answer *transport.Answer) error {
	switch answer.Code {
	case "NoSuchVersion", "MethodNotAllowed": // the latter is the answer of a delete marker
		return store.ErrNotFound
	}
	return sentinel(answer)
}
