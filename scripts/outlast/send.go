package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"outlast.example/shared/crm"
	"outlast.example/shared/wire"
)

type sendFlags struct {
	source  string
	file    string
	url     string
	headers []string
}

func (a *app) send() *cobra.Command {
	var f sendFlags
	c := &cobra.Command{
		Use:   "send",
		Short: "Post a payload, signed as the source's CRM would",
		Long: "Send posts a file to a receiver, signed with the source's first secret, and prints the answer. It is for\n" +
			"trials: a CRM needs nothing but the address.",
		Example: "  outlast send --source acme --file testdata/payloads/hubspot/batch-mixed.json",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return a.runSend(c.Context(), f) },
	}
	c.Flags().StringVar(&f.source, "source", "", "name of the source")
	c.Flags().StringVar(&f.file, "file", "-", "file with the body; - is stdin")
	c.Flags().StringVar(&f.url, "url", "", "the receiver's scheme, host and port (default: public_url, else listen)")
	c.Flags().StringArrayVar(&f.headers, "header", nil, "further header, as \"Name: value\", or another Content-Type than application/json; repeatable")
	_ = c.MarkFlagRequired("source") // the flag exists
	return c
}

func (a *app) runSend(ctx context.Context, f sendFlags) error {
	c, err := a.configure()
	if err != nil {
		return err
	}
	if err := c.Send(); err != nil {
		return err
	}
	sources, err := wire.Sources(c)
	if err != nil {
		return misconfigured{err}
	}
	source := sources[f.source]
	if source == nil {
		return fmt.Errorf("%w: no source %q in the configuration", errUsage, f.source)
	}
	body, err := readInput(f.file)
	if err != nil {
		return fmt.Errorf("read the payload: %w", err)
	}
	target := strings.TrimSuffix(cmp.Or(f.url, c.PublicURL, "http://"+c.Listen), "/")
	r, err := webhook(source, strings.TrimSuffix(cmp.Or(c.PublicURL, target), "/"), body, f.headers)
	if err != nil {
		return err
	}
	return a.post(ctx, target, r)
}

func readInput(path string) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(os.Stdin)
	}
	return os.ReadFile(path) //nolint:gosec // the operator names the file
}

// webhook makes the request as the CRM would have. What it signs may cover the public address, wherever it is sent.
func webhook(source *crm.Source, public string, body []byte, headers []string) (*crm.Request, error) {
	path := "/v1/hooks/" + source.Name
	r := &crm.Request{Method: http.MethodPost, URL: public + path, Path: path, Header: http.Header{}, Body: body}
	for _, h := range headers {
		name, value, found := strings.Cut(h, ":")
		if !found {
			return nil, fmt.Errorf("%w: header %q has no colon", errUsage, h)
		}
		r.Header.Add(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	if r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if err := source.Sign(r, time.Now()); err != nil {
		return nil, fmt.Errorf("sign as %s would: %w", source.Kind, err)
	}
	return r, nil
}

// patience is longer than any receiver's deadline.
const patience = 30 * time.Second

func (a *app) post(ctx context.Context, target string, r *crm.Request) (err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, r.Method, target+r.Path, bytes.NewReader(r.Body))
	if err != nil {
		return fmt.Errorf("%w: --url: %w", errUsage, err)
	}
	request.Header = r.Header
	response, err := http.DefaultClient.Do(request)
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err // without the address, which can hold a token
	}
	if err != nil {
		return hinted{fmt.Errorf("post the webhook: %w", err), "is the receiver running there? \"outlast serve\" prints its address; " +
			"one on this machine is called with --url http://127.0.0.1:8080, whatever public_url says"}
	}
	defer func() { _ = response.Body.Close() }() // read to its end
	const enough = 64 << 10                      // bytes: an answer is one line
	answer, err := io.ReadAll(io.LimitReader(response.Body, enough))
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if err := a.print("%s", bytes.TrimSpace(answer)); err != nil {
		return err
	}
	if response.StatusCode/100 == 2 {
		return nil
	}
	err = fmt.Errorf("%s answered %s", target, response.Status)
	if response.StatusCode == http.StatusUnauthorized {
		err = hinted{err, "the receiver's log says why; compare the source's first secret and options, and for HubSpot public_url: its signature covers the address"}
	}
	return err
}
