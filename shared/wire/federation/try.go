package federation

import (
	"context"
	"sync"
	"time"

	"outlast.example/shared/config"
)

// Passage is what the way to one other cloud yields: claims, and no token.
type Passage struct {
	To       string    `json:"to"`       // aws, gcp or azure
	Shown    Claims    `json:"shown"`    // of the own cloud's token; empty if there was none
	Identity string    `json:"identity"` // whom the other cloud takes this process for
	Expires  time.Time `json:"expires"`  // of what the other cloud gave
	Err      error     `json:"-"`        // a store.TokenError: whose answer the way ended at
}

// Try goes every configured way once, side by side, whatever tokens there are.
func (f *Federation) Try(ctx context.Context) []Passage {
	var ways []func() Passage
	if f.aws != nil {
		ways = append(ways, func() Passage { return f.aws.try(ctx, config.AWS) })
	}
	if f.gcp != nil {
		ways = append(ways, func() Passage { return f.gcp.try(ctx, config.GCP) })
	}
	if f.azure != nil {
		ways = append(ways, func() Passage { return f.azure.try(ctx, config.Azure) })
	}
	passages := make([]Passage, len(ways))
	var all sync.WaitGroup
	for i, way := range ways {
		all.Go(func() { passages[i] = way() })
	}
	all.Wait()
	return passages
}

func (d *direction[T]) try(ctx context.Context, to string) Passage {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	trail := new(trail)
	g, claims, err := d.cross(trail.on(ctx))
	p := Passage{To: to, Shown: claims, Identity: g.identity, Expires: g.expires}
	if err != nil {
		p.Err = trail.explain(err)
	}
	return p
}
