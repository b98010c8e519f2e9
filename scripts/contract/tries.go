package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"sync"

	"outlast.example/shared/doctor"
	"outlast.example/shared/store"
)

// said is what became of a request: the store's own answer, or what a driver makes of several.
func said(err error, otherwise string) (string, error) {
	switch {
	case err == nil:
		return otherwise, nil
	case store.Answer(err) != "":
		return store.Answer(err), nil
	case errors.Is(err, store.ErrNotFound):
		return noObject, nil
	}
	return "", err
}

// doctored is a row of "outlast doctor".
func doctored(ctx context.Context, s *stage, c clause) (string, error) {
	checks, err := s.examined(ctx, c.as)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(checks, func(check doctor.Check) bool { return check.Action == c.action })
	if i < 0 {
		return "", fmt.Errorf("doctor does not try it as %s", c.as)
	}
	switch check := checks[i]; {
	case check.Got == doctor.Could:
		return could, nil
	case check.Answer != "":
		return check.Answer, nil
	default:
		return "", errors.New(check.Detail)
	}
}

var content = store.NewContent([]byte("what must last"))

func createAgain(ctx context.Context, s *stage, c clause) (string, error) {
	d, err := s.driver(ctx, c.as, s.bucket)
	if err != nil {
		return "", err
	}
	key := s.key()
	if err := d.Create(ctx, key, content); err != nil {
		return "", err
	}
	return said(d.Create(ctx, key, content), created)
}

// createAtOnce tells the answers apart, of which each counts once.
func createAtOnce(ctx context.Context, s *stage, c clause) (string, error) {
	d, err := s.driver(ctx, c.as, s.bucket)
	if err != nil {
		return "", err
	}
	key, errs := s.key(), [16]error{}
	var creating sync.WaitGroup
	for i := range errs {
		creating.Go(func() { errs[i] = d.Create(ctx, key, content) })
	}
	creating.Wait()
	winners, answers := 0, []string{}
	for _, err := range errs {
		if err == nil {
			winners++
			continue
		}
		answer, err := said(err, "")
		if err != nil {
			return "", err
		}
		answers = append(answers, answer)
	}
	slices.Sort(answers)
	return strings.Join(append([]string{fmt.Sprintf("%d created", winners)}, slices.Compact(answers)...), ", "), nil
}

func createAltered(ctx context.Context, s *stage, c clause) (string, error) {
	d, err := s.driver(ctx, c.as, s.bucket)
	if err != nil {
		return "", err
	}
	altered := content
	altered.Bytes = bytes.Replace(content.Bytes, []byte("must"), []byte("mist"), 1)
	return said(d.Create(ctx, s.key(), altered), created)
}

// nowhere is a bucket of that account's that is not there.
func (s *stage) nowhere() (string, error) {
	u, err := url.Parse(s.bucket)
	if err != nil {
		return "", err
	}
	u.Host = "outlast-contract-" + s.now.UTC().Format("20060102150405")
	return u.String(), nil
}

func createNowhere(ctx context.Context, s *stage, c clause) (string, error) {
	return s.askNowhere(ctx, c, func(d store.Driver) error { return d.Create(ctx, s.key(), content) })
}

func listNowhere(ctx context.Context, s *stage, c clause) (string, error) {
	return s.askNowhere(ctx, c, func(d store.Driver) error {
		_, err := d.List(ctx, s.under, "")
		return err
	})
}

func (s *stage) askNowhere(ctx context.Context, c clause, ask func(store.Driver) error) (string, error) {
	nowhere, err := s.nowhere()
	if err != nil {
		return "", err
	}
	d, err := s.driver(ctx, c.as, nowhere)
	if err != nil {
		return "", err
	}
	return said(ask(d), could)
}

func readRange(ctx context.Context, s *stage, c clause) (string, error) {
	b, err := s.readNew(ctx, c, 5, 4)
	if string(b) == "must" {
		return "the range", err
	}
	return said(err, fmt.Sprintf("%q", b))
}

func readPastEnd(ctx context.Context, s *stage, c clause) (string, error) {
	b, err := s.readNew(ctx, c, int64(len(content.Bytes)), 10)
	if len(b) == 0 {
		return said(err, "nothing")
	}
	return said(err, fmt.Sprintf("%q", b))
}

func (s *stage) readNew(ctx context.Context, c clause, offset, length int64) ([]byte, error) {
	d, err := s.driver(ctx, c.as, s.bucket)
	if err != nil {
		return nil, err
	}
	key := s.key()
	if err := d.Create(ctx, key, content); err != nil {
		return nil, err
	}
	return all(d.Read(ctx, key, offset, length))
}

func readMissing(ctx context.Context, s *stage, c clause) (string, error) {
	d, err := s.driver(ctx, c.as, s.bucket)
	if err != nil {
		return "", err
	}
	return read(ctx, d, s.key())
}

func read(ctx context.Context, d store.Driver, key string) (string, error) {
	return compared(all(d.Read(ctx, key, 0, -1)))
}

func compared(b []byte, err error) (string, error) {
	if err == nil && !bytes.Equal(b, content.Bytes) {
		return "other bytes", nil
	}
	return said(err, whole)
}

func all(body io.ReadCloser, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(body)
	return b, errors.Join(err, body.Close())
}
