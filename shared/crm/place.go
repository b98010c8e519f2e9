package crm

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// The places where a credential can travel.
const (
	InHeader = "header"
	InQuery  = "query"
	InPath   = "path"
)

// Place is where a credential travels: a header's name, a query parameter's, or a path segment's position.
type Place struct {
	In   string // InHeader, InQuery or InPath
	Name string // for InPath: the segment's position, 1 for the first
}

// Find returns what stands at the place, unescaped: several values where a header or parameter is repeated. What Find
// sees is what Delivery cuts.
func (p Place) Find(r *Request) []string {
	var found []string
	p.edit(r.Header, r.Path, func(sent string) string {
		found = append(found, p.unescape(sent))
		return sent
	})
	return found
}

// edit gives f what stands at the place, as it was sent, puts what f returns in its stead, and returns the path.
func (p Place) edit(h http.Header, path string, f func(sent string) string) string {
	switch p.In {
	case InHeader:
		p.editHeader(h, f)
	case InQuery:
		return p.editQuery(path, f)
	case InPath:
		return p.editPath(path, f)
	}
	return path
}

// editHeader compares names without case: not every runtime canonicalises them.
func (p Place) editHeader(h http.Header, f func(string) string) {
	for name, values := range h {
		if !strings.EqualFold(name, p.Name) {
			continue
		}
		for i, sent := range values {
			if edited := f(sent); edited != sent {
				values[i] = edited
			}
		}
	}
}

// editQuery works on the text of the query, since parsing and writing it again would change other parameters' escapes.
func (p Place) editQuery(path string, f func(string) string) string {
	path, query, found := strings.Cut(path, "?")
	if !found {
		return path
	}
	parameters := strings.Split(query, "&")
	for i, parameter := range parameters {
		name, sent, valued := strings.Cut(parameter, "=")
		if valued && p.unescape(name) == p.Name {
			parameters[i] = name + "=" + f(sent)
		}
	}
	return path + "?" + strings.Join(parameters, "&")
}

func (p Place) editPath(path string, f func(string) string) string {
	path, query, found := strings.Cut(path, "?")
	segments := strings.Split(path, "/")
	if position, err := strconv.Atoi(p.Name); err == nil && 0 < position && position < len(segments) {
		segments[position] = f(segments[position])
	}
	path = strings.Join(segments, "/")
	if found {
		path += "?" + query
	}
	return path
}

// unescape gives back what has no valid escapes as it is.
func (p Place) unescape(sent string) string {
	var plain string
	var err error
	switch p.In {
	case InQuery:
		plain, err = url.QueryUnescape(sent)
	case InPath:
		plain, err = url.PathUnescape(sent)
	default:
		return sent
	}
	if err != nil {
		return sent
	}
	return plain
}
