package wire

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path"
	"time"

	"outlast.example/shared/config"
	"outlast.example/shared/doctor"
	"outlast.example/shared/store"
	"outlast.example/shared/store/azblob"
	"outlast.example/shared/store/gcs"
	"outlast.example/shared/store/s3"
)

// trespassers are the kinds of buckets that can refuse something, by their URL's scheme.
var trespassers = map[string]func(context.Context, *url.URL) (store.TrespassDriver, error){
	"s3":     trespasser(s3.FromURL, s3.OpenTrespasser),
	"gs":     trespasser(gcs.FromURL, gcs.OpenTrespasser),
	"azblob": trespasser(azblob.FromURL, azblob.OpenTrespasser),
}

func trespasser[O any](
	fromURL func(*url.URL) (O, error), open func(context.Context, O) (store.TrespassDriver, error),
) func(context.Context, *url.URL) (store.TrespassDriver, error) {
	return func(ctx context.Context, u *url.URL) (store.TrespassDriver, error) {
		options, err := fromURL(u)
		if err != nil {
			return nil, err
		}
		return open(ctx, options)
	}
}

// Doctored opens a bucket with every right that there is, so that it can refuse them: those that nobody has, on the object of
// that key only.
func Doctored(ctx context.Context, rawURL, key string) (doctor.Bucket, error) {
	d, err := Driver(ctx, rawURL)
	if err != nil {
		return doctor.Bucket{}, err
	}
	b := doctor.Bucket{
		Creator: store.NewCreator(rawURL, d), Reader: store.NewReader(rawURL, d), Locker: store.NewLocker(rawURL, d, time.Now),
	}
	u, err := url.Parse(rawURL)
	if err != nil {
		return doctor.Bucket{}, errors.New("open bucket: not a URL")
	}
	open, protects := trespassers[u.Scheme]
	if !protects {
		return b, nil
	}
	t, err := open(ctx, u)
	if err != nil {
		return doctor.Bucket{}, errors.Join(fmt.Errorf("open bucket: %w", err), d.Close())
	}
	b.Trespasser = store.NewTrespasser(rawURL, t, path.Join(prefix(u), key))
	return b, nil
}

// NewProbe makes the object that the doctor tries on, in the name of the configured receiver.
func NewProbe(c *config.Config, now time.Time) (doctor.Probe, error) {
	encoder, err := encoder(c)
	if err != nil {
		return doctor.Probe{}, err
	}
	return doctor.NewProbe(encoder, now)
}
