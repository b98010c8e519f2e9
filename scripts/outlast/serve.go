package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"outlast.example/scripts/outlast/begin"
	"outlast.example/scripts/outlast/trial"
	"outlast.example/shared/config"
	"outlast.example/shared/wire"
)

func (a *app) serve() *cobra.Command {
	var listen string
	c := &cobra.Command{
		Use:   "serve",
		Short: "Capture webhooks on a port",
		Long: "Serve captures webhooks on a port until it is interrupted; then it ends what is under way. With no\n" +
			"configuration it makes a trial in ./" + trialFolder + ": three folders as buckets, keys, two sources.\n" +
			"Its address is printed to stdout.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			settings, err := a.serveConfig(c.Context(), listen)
			if err != nil {
				return err
			}
			return a.runServe(c.Context(), settings)
		},
	}
	c.Flags().StringVar(&listen, "listen", "", "address and port, such as 127.0.0.1:8080; port 0 takes a free one")
	return c
}

// serveConfig reads the configuration; where there is none, it makes a trial.
func (a *app) serveConfig(ctx context.Context, listen string) (*config.Config, error) {
	path, err := a.configFile()
	if err != nil {
		return nil, err
	}
	ours := filepath.Join(trialFolder, trial.ConfigName)
	if path == "" {
		if err := trial.Make(trialFolder, trialSources()); err != nil {
			return nil, err
		}
		a.say("A trial: buckets, keys and settings are in ./%s.", trialFolder)
		path = ours
	}
	settings, err := a.configure(func(c *config.Config) {
		if listen != "" {
			c.Listen = listen
		}
	})
	if err != nil || path != ours {
		return settings, err
	}
	// Every time: the one that made the folder may have been interrupted.
	_, err = begin.Run(ctx, settings, trial.RootKey(trialFolder), false)
	return settings, err
}

func trialSources() []trial.Source {
	return []trial.Source{
		{Name: "hubspot", Kind: "hubspot"},
		{Name: "trial", Kind: "generic", Options: map[string]string{
			"token_in": "header", "token_name": "Authorization", "prefix": "Bearer ",
			"type_path": "type", "id_path": "id", "operation_path": "operation", "fields_path": "fields",
		}},
	}
}

func (a *app) runServe(ctx context.Context, c *config.Config) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Listen)
	if _, ok := errors.AsType[*net.AddrError](err); ok {
		return misconfigured{fmt.Errorf("listen on %s: %w", c.Listen, err)}
	}
	if err != nil {
		return fmt.Errorf("listen on %s: %w", c.Listen, err)
	}
	address := "http://" + listener.Addr().String()
	log := a.logger(c)
	receiver, err := openReceiver(ctx, c, listener.Addr(), log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	if err := a.greet(c, address); err != nil {
		return errors.Join(err, listener.Close())
	}
	if err := a.print("%s", address); err != nil {
		return errors.Join(err, listener.Close())
	}
	log.Info("listening", "address", address, "sources", len(c.Sources), "buckets", len(c.Buckets))
	if err := serveUntil(ctx, newServer(receiver, c, log), listener, receiver); err != nil {
		return err
	}
	log.Info("drained")
	return nil
}

// openReceiver takes the address for the public one where only this machine can call it.
func openReceiver(ctx context.Context, c *config.Config, address net.Addr, log *slog.Logger) (*wire.Receiver, error) {
	if tcp, ok := address.(*net.TCPAddr); ok && c.PublicURL == "" {
		if !tcp.IP.IsLoopback() {
			return nil, config.Problems{{Setting: "public_url", Advice: "missing; others than this machine can call: name what they call"}}
		}
		c.PublicURL = "http://" + address.String()
	}
	if err := c.Capture(); err != nil {
		return nil, err
	}
	if _, err := wire.Sources(c); err != nil { // here only the configuration can be wrong
		return nil, misconfigured{err}
	}
	return wire.Capture(ctx, c, log)
}

// greet says where sources post to, and how to try it in a trial.
func (a *app) greet(c *config.Config, listening string) error {
	sources, err := wire.Sources(c)
	if err != nil {
		return misconfigured{err}
	}
	for _, s := range c.Sources {
		a.say("%-18s %s", s.Kind, address(c, sources[s.Name]))
		if s.Name == "trial" && s.Kind == "generic" {
			a.say("\nTry it from another terminal, in this folder:\n\n"+
				"curl -H \"Authorization: Bearer $(cat %s)\" -d '%s' %s/v1/hooks/trial\n%[4]s log\n%[4]s restore --to restored\n",
				trial.SecretFile(trialFolder, s.Name), `{"type":"contact","id":"1","operation":"create","fields":{"name":"Ada"}}`, listening, os.Args[0])
		}
	}
	return nil
}

func newServer(h http.Handler, c *config.Config, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,                      // headers come at once from any CRM: this is against slow loris
		ReadTimeout:       c.Limits.Deadline + 5*time.Second,    // headers, then a body, for which the handler has its own time-out
		WriteTimeout:      2*c.Limits.Deadline + 10*time.Second, // reading, storing, and a line of an answer
		IdleTimeout:       2 * time.Minute,                      // above load balancers' usual 60 s, so that they hang up first
		MaxHeaderBytes:    64 << 10,                             // CRMs send a few KB
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// serveUntil serves until the context ends; then it accepts nothing more, answers what it has, and waits for stragglers.
func serveUntil(ctx context.Context, server *http.Server, listener net.Listener, receiver *wire.Receiver) error {
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve on %s: %w", listener.Addr(), err)
	case <-ctx.Done():
	}
	draining, cancel := context.WithTimeout(context.WithoutCancel(ctx), server.WriteTimeout)
	defer cancel()
	return errors.Join(server.Shutdown(draining), receiver.Drain(draining))
}
