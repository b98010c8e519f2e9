// Package bucketurl reads what the URLs of all kinds of buckets have in common: a name and parameters.
package bucketurl

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// Params are the parameters that a kind of bucket knows. Each function takes the value.
type Params map[string]func(value string) error

// Parse gives the bucket's name and sets the parameters. An unknown parameter is an error, so that a typing mistake
// cannot leave a bucket with defaults that nobody chose. Errors never show values: they may be secrets in the wrong place.
func Parse(u *url.URL, params Params) (name string, err error) {
	if u.Host == "" || u.User != nil || u.Opaque != "" || u.Port() != "" || u.Fragment != "" {
		return "", fmt.Errorf("bucket URL: want %s://NAME/PREFIX?PARAMETERS, without user, port or fragment", u.Scheme)
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return "", fmt.Errorf("bucket URL %s://%s: parameters are not well formed: escape them", u.Scheme, u.Host)
	}
	for _, key := range slices.Sorted(maps.Keys(query)) {
		if err := params.set(key, query[key]); err != nil {
			return "", fmt.Errorf("bucket URL %s://%s: parameter %q: %w", u.Scheme, u.Host, key, err)
		}
	}
	return u.Host, nil
}

func (p Params) set(key string, values []string) error {
	set, ok := p[key]
	if !ok {
		return fmt.Errorf("not known: want one of %s", strings.Join(slices.Sorted(maps.Keys(p)), ", "))
	}
	if len(values) != 1 {
		return fmt.Errorf("given %d times: want one", len(values))
	}
	return set(values[0])
}

// Into sets a string.
func Into(to *string) func(string) error {
	return func(value string) error {
		*to = value
		return nil
	}
}

// Endpoint sets the address of a store that is not at its provider's own one.
func Endpoint(to *string) func(string) error {
	return func(value string) error {
		u, err := url.Parse(value)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil || u.RawQuery != "" {
			return fmt.Errorf("want https://HOST or http://HOST, with a path if the store has one")
		}
		*to = value
		return nil
	}
}
