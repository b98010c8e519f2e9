package crm

import (
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"

	"outlast.example/shared/format"
)

// minCopy is the length in bytes from which a credential's text is looked for outside its place too: shorter ones would
// hit what is no credential. The kinds accept no shared token as short as this.
const minCopy = 12

// MinPassword is the length in bytes from which a password of basic authentication is looked for outside its place.
const MinPassword = 8

// maxEscapes is how often a text is unescaped to find a copy: a URL inside a URL's parameter is escaped twice.
const maxEscapes = 3

// copies are the texts by which credentials are recognised wherever they stand, however they are escaped there: proxies
// copy the URL into headers (X-Original-URL, Referer), and each escapes as it likes.
type copies []string

func newCopies(credentials []string) copies {
	var c, passwords copies
	for _, credential := range credentials {
		for _, text := range plain(credential) {
			bare := text[strings.LastIndexByte(text, ' ')+1:] // without its scheme, such as "Bearer"
			c = append(c, fold(text), fold(bare))
			if login, password := basic(text); len(password) >= MinPassword {
				passwords = append(passwords, fold(login), fold(password))
			}
		}
	}
	c = slices.DeleteFunc(c, func(text string) bool { return len(text) < minCopy })
	return append(c, passwords...)
}

// basic is what HTTP's basic authentication (RFC 7617) encodes; "" where the text is none.
func basic(text string) (login, password string) {
	scheme, encoded, _ := strings.Cut(text, " ")
	b, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || !strings.EqualFold(scheme, "Basic") {
		return "", ""
	}
	_, password, _ = strings.Cut(string(b), ":")
	return string(b), password
}

// cut cuts every value of a header that holds a copy, whole, and every segment and parameter of the path.
func (c copies) cut(d *format.Delivery) {
	for name, values := range d.Header {
		for i, value := range values {
			if c.in(value) {
				values[i] = Cut
				d.Cuts = append(d.Cuts, InHeader+":"+name)
			}
		}
	}
	if c.in(d.Path) {
		d.Path = c.cutPath(d.Path)
		d.Cuts = append(d.Cuts, InPath)
	}
}

// cutPath gives up the whole path where a copy stands across its parts.
func (c copies) cutPath(path string) string {
	edited := editSegments(path, func(_ int, sent string) string { return c.cutText(sent) })
	edited = editParameters(edited, func(_, sent string) string { return c.cutText(sent) })
	return c.cutText(edited)
}

func (c copies) cutText(sent string) string {
	if c.in(sent) {
		return Cut
	}
	return sent
}

func (c copies) in(sent string) bool {
	if len(c) == 0 {
		return false
	}
	return slices.ContainsFunc(plain(sent), func(text string) bool {
		text = fold(text)
		return slices.ContainsFunc(c, func(credential string) bool { return strings.Contains(text, credential) })
	})
}

// plain gives the text as it was sent, and unescaped once, twice and so on.
func plain(sent string) []string {
	texts := []string{sent}
	for range maxEscapes {
		text := unescape(sent)
		if text == sent {
			break
		}
		texts = append(texts, text)
		sent = text
	}
	return texts
}

var escape = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

// unescape leaves what is no valid escape as it is, unlike net/url, which then leaves everything.
func unescape(text string) string {
	return escape.ReplaceAllStringFunc(text, func(escaped string) string {
		b, _ := hex.DecodeString(escaped[1:]) // the expression lets only digits through
		return string(b)
	})
}

// fold makes a plus and a space the same: which of them a plus means depends on where it stands.
func fold(text string) string { return strings.ReplaceAll(text, "+", " ") }
