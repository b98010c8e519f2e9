package crm

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
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

var placeForm = regexp.MustCompile("^(header:[!#$%&'*+.^_`|~0-9A-Za-z-]+|query:.+|path:[1-9][0-9]*)$")

// ParsePlace reads a place as the configuration writes it: "header:X-Api-Key", "query:code", "path:4". Its error shows
// nothing of the text, which may be a credential put where its place belongs.
func ParsePlace(text string) (Place, error) {
	if !placeForm.MatchString(text) {
		return Place{}, errors.New("want header:NAME, query:NAME or path:POSITION, such as header:X-Api-Key; not the credential itself")
	}
	in, name, _ := strings.Cut(text, ":")
	return Place{In: in, Name: name}, nil
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

// editQuery compares names without case, as Azure Functions does.
func (p Place) editQuery(path string, f func(string) string) string {
	return editParameters(path, func(name, sent string) string {
		if !strings.EqualFold(p.unescape(name), p.Name) {
			return sent
		}
		return f(sent)
	})
}

func (p Place) editPath(path string, f func(string) string) string {
	return editSegments(path, func(position int, sent string) string {
		if strconv.Itoa(position) != p.Name {
			return sent
		}
		return f(sent)
	})
}

// editParameters works on the text of the query, since parsing and writing it again would change other parameters'
// escapes.
func editParameters(path string, f func(name, sent string) string) string {
	path, query, found := strings.Cut(path, "?")
	if !found {
		return path
	}
	parameters := strings.Split(query, "&")
	for i, parameter := range parameters {
		if name, sent, valued := strings.Cut(parameter, "="); valued {
			parameters[i] = name + "=" + f(name, sent)
		}
	}
	return path + "?" + strings.Join(parameters, "&")
}

// editSegments leaves the query alone.
func editSegments(path string, f func(position int, sent string) string) string {
	path, query, found := strings.Cut(path, "?")
	segments := strings.Split(path, "/")
	for i, sent := range segments {
		segments[i] = f(i, sent)
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
