package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"outlast.example/shared/config"
	"outlast.example/shared/task"
)

// runTokens goes every way of the federation once.
func (a *app) runTokens(ctx context.Context, asJSON bool) error {
	c, err := a.configure()
	if err != nil {
		return err
	}
	if err := c.Look(); err != nil {
		return err
	}
	if c.Federation.From == "" {
		return misconfigured{fmt.Errorf("no federation is configured: set federation.from to %s, %s or %s", config.AWS, config.GCP, config.Azure)}
	}
	passages, err := task.Passages(ctx, c)
	if err != nil {
		return err
	}
	failed := 0
	for _, p := range passages {
		if p.Error != "" {
			failed++
		}
	}
	if err := a.printTokens(c.Federation.From, passages, asJSON); err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("%s yielded no token", count(failed, "way", "ways"))
	}
	return ctx.Err()
}

func (a *app) printTokens(from string, passages []task.Passage, asJSON bool) error {
	if asJSON {
		encoder := json.NewEncoder(a.out)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(passages)
	}
	for _, p := range passages {
		rows := [][2]string{
			{"iss", p.Shown.Issuer}, {"sub", p.Shown.Subject}, {"aud", strings.Join(p.Shown.Audience, ", ")},
			{"taken for", p.Identity},
		}
		if p.Error != "" {
			rows = append(rows, [2]string{"error", p.Error})
		} else {
			rows = append(rows, [2]string{"expires", utc(p.Expires)})
		}
		if err := a.printBlock(from+" → "+p.To, "federation", rows); err != nil {
			return err
		}
	}
	return nil
}
