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
	"outlast.example/shared/wire/federation"
)

// trespassers are the kinds of buckets that can refuse something, by their URL's scheme.
var trespassers = map[string]openTrespasser{
	"s3":     trespasser(s3.FromURL, s3.OpenTrespasser, intoAWS),
	"gs":     trespasser(gcs.FromURL, gcs.OpenTrespasser, intoGCP),
	"azblob": trespasser(azblob.FromURL, azblob.OpenTrespasser, intoAzure),
}

type openTrespasser func(context.Context, *url.URL, *federation.Federation) (store.TrespassDriver, error)

func trespasser[O any](
	fromURL func(*url.URL) (O, error), open func(context.Context, O) (store.TrespassDriver, error),
	federate func(context.Context, *O, *federation.Federation),
) openTrespasser {
	return func(ctx context.Context, u *url.URL, f *federation.Federation) (store.TrespassDriver, error) {
		options, err := fromURL(u)
		if err != nil {
			return nil, err
		}
		federate(ctx, &options, f)
		return open(ctx, options)
	}
}

// Doctored opens a bucket with every right that there is, so that it can refuse them: those that nobody has, on the object of
// that key only.
func Doctored(ctx context.Context, c config.Federation, rawURL, key string) (doctor.Bucket, error) {
	f, err := federation.New(ctx, c)
	if err != nil {
		return doctor.Bucket{}, err
	}
	d, err := driver(ctx, rawURL, f)
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
	t, err := open(ctx, u, f)
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
