// Package cost estimates what a repository costs in a month, from a dated table of list prices and from the requests that the
// code makes: how many it makes is counted, not guessed, and a test runs the code and compares.
package cost

import (
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"
)

//go:embed prices.yaml
var table []byte

// Table is the list prices of the clouds.
type Table struct {
	Read   string           `yaml:"read" json:"read"` // the day on which the sources were looked at
	Clouds map[string]Cloud `yaml:"clouds" json:"clouds"`
}

// Cloud is one provider's prices, in one of its regions.
type Cloud struct {
	Region string           `yaml:"region" json:"region"`
	Prices map[string]Price `yaml:"prices" json:"prices"`
}

// Price is one price in US dollars, and where it stands. Assumed ones stand on no page of the provider's that was read.
type Price struct {
	USD     float64 `yaml:"usd" json:"usd"`
	Source  string  `yaml:"source" json:"source"`
	Assumed bool    `yaml:"assumed" json:"assumed"`
}

// What is billed. Each cloud has a price for each.
const (
	Write      = "write"
	List       = "list"
	Read       = "read"
	Stored     = "stored"      // a GB, for a month
	Egress     = "egress"      // a GB, to the internet
	Invocation = "invocation"  // a request to a function
	GBSecond   = "gb_second"   // of a function's memory
	CPUSecond  = "vcpu_second" // of a function's processor, where it is billed by itself
)

var billed = []string{Write, List, Read, Stored, Egress, Invocation, GBSecond, CPUSecond}

// Prices reads the table that is built in.
func Prices() (Table, error) {
	var t Table
	if err := yaml.Unmarshal(table, &t); err != nil {
		return t, fmt.Errorf("prices: %w", err)
	}
	return t, t.check()
}

// check wants every price to have a source, and the table to have a date.
func (t Table) check() error {
	var errs []error
	if _, err := time.Parse(time.DateOnly, t.Read); err != nil {
		errs = append(errs, fmt.Errorf("prices: read: %w", err))
	}
	for _, name := range t.Names() {
		for _, what := range billed {
			if p, priced := t.Clouds[name].Prices[what]; !priced || p.Source == "" || p.USD < 0 {
				errs = append(errs, fmt.Errorf("prices: %s: %s: no price, or none with a source", name, what))
			}
		}
	}
	return errors.Join(errs...)
}

// Names are the clouds, sorted.
func (t Table) Names() []string { return slices.Sorted(maps.Keys(t.Clouds)) }
