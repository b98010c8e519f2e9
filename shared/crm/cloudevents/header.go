package cloudevents

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// headerPrefix begins the name of each attribute's header.
const headerPrefix = "ce-"

// inHeaders reads attributes of binary mode. An error shows no value.
func inHeaders(h http.Header) attribute {
	return func(name string) (string, error) {
		values := h.Values(headerPrefix + name)
		switch len(values) {
		case 0:
			return "", nil
		case 1:
		default:
			return "", fmt.Errorf("header ce-%s is there more than once", name)
		}
		text, err := decode(values[0])
		if err != nil {
			return "", fmt.Errorf("header ce-%s: %w", name, err)
		}
		return text, nil
	}
}

// decode takes a quoted text out of its quotes, as older senders write it, and then decodes percent signs, once
// (http-protocol-binding.md, section 3.1.3.2).
func decode(value string) (string, error) {
	if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
		value = unquote(value[1 : len(value)-1])
	}
	text, err := url.PathUnescape(value)
	switch {
	case err != nil:
		return "", errors.New("a percent sign that begins no escape")
	case !utf8.ValidString(text):
		return "", errors.New("not UTF-8")
	}
	return text, nil
}

// unquote removes the backslash before each escaped character (RFC 9110, 5.6.4).
func unquote(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String()
}
