package salesforce

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// The limits bound the memory that encoding/xml takes, whatever the bytes: a message holds 100 notifications at most, each
// of some hundred fields, nested six levels deep.
const (
	maxXML   = 16 << 20 // bytes
	maxDepth = 32       // elements within elements
	maxTag   = 4096     // bytes: an attribute takes ten times its own length
	anyMarks = 40_000   // tags, attributes, comments and so on, however short
	perMark  = 24       // bytes that they take on average beyond
)

var errXML = errors.New("XML beyond limits")

// within says how many bytes from the start are within the limits, and in an error why these are not all. It follows
// well-formed XML only; in what is not, a decoder stops before the two part. Directives are beyond the limits: SOAP
// forbids them (1.1, section 3), and entities that they declare could grow without bound.
func within(b []byte) (int, error) {
	if len(b) > maxXML {
		return 0, fmt.Errorf("%w: %d bytes, at most %d", errXML, len(b), maxXML)
	}
	depth, maxMarks := 0, anyMarks+len(b)/perMark
	for at, marks := 0, 0; ; marks++ {
		text := bytes.IndexByte(b[at:], '<')
		if text < 0 {
			return len(b), nil
		}
		at += text
		length, levels, err := mark(b[at:])
		if depth += levels; err == nil && (depth > maxDepth || marks >= maxMarks) {
			err = fmt.Errorf("%w: more than %d levels or %d tags", errXML, maxDepth, maxMarks)
		}
		if err != nil {
			return at, err
		}
		marks += attributes(b[at : at+length])
		at += length
	}
}

// attributes counts those of a tag: each takes memory of its own.
func attributes(tag []byte) int {
	if bytes.HasPrefix(tag, []byte("<!")) {
		return 0
	}
	return bytes.Count(tag, []byte("="))
}

// mark measures the mark that b begins with, and says by how many levels it leads deeper.
func mark(b []byte) (length, levels int, err error) {
	switch {
	case bytes.HasPrefix(b, []byte("<![CDATA[")):
		return until(b, "]]>"), 0, nil
	case bytes.HasPrefix(b, []byte("<!--")):
		return until(b, "-->"), 0, nil
	case bytes.HasPrefix(b, []byte("<!")):
		return 0, 0, fmt.Errorf("%w: a DOCTYPE or another directive", errXML)
	case bytes.HasPrefix(b, []byte("<?")):
		return until(b, "?>"), 0, nil
	case bytes.HasPrefix(b, []byte("</")):
		return until(b, ">"), -1, nil
	}
	if length = startTag(b); length > maxTag {
		return 0, 0, fmt.Errorf("%w: a tag of more than %d bytes", errXML, maxTag)
	}
	if bytes.HasSuffix(b[:length], []byte("/>")) {
		return length, 0, nil
	}
	return length, 1, nil
}

// until is the length up to the end of the first such text, or all there is.
func until(b []byte, end string) int {
	if i := bytes.Index(b, []byte(end)); i >= 0 {
		return i + len(end)
	}
	return len(b)
}

// startTag is the length up to the first > that stands in no quotes, or all there is.
func startTag(b []byte) int {
	quote := byte(0)
	for i, c := range b {
		switch {
		case quote == 0 && c == '>':
			return i + 1
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == quote:
			quote = 0
		}
	}
	return len(b)
}

// document reads elements one after the other. A visitor must read its element to the end.
type document struct{ *xml.Decoder }

func newDocument(b []byte) (document, error) {
	if _, err := within(b); err != nil {
		return document{}, err
	}
	return document{xml.NewDecoder(bytes.NewReader(b))}, nil
}

// root visits the outermost element, after which nothing may follow.
func (d document) root(visit func(xml.StartElement) error) error {
	visited := false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && visited {
			return nil
		}
		if err != nil {
			return err
		}
		if start, element := token.(xml.StartElement); element && visited {
			return errors.New("more than one outermost element")
		} else if element {
			visited = true
			if err := visit(start); err != nil {
				return err
			}
		}
	}
}

// children visits the elements within the present one.
func (d document) children(visit func(xml.StartElement) error) error {
	for {
		token, err := d.Token()
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if err := visit(token); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

// text is what stands in the present element; plain says that no other elements do.
func (d document) text() (text string, plain bool, err error) {
	var b strings.Builder
	for plain = true; ; {
		token, err := d.Token()
		if err != nil {
			return "", false, err
		}
		switch token := token.(type) {
		case xml.CharData:
			b.Write(token)
		case xml.StartElement:
			plain = false
			if err := d.Skip(); err != nil {
				return "", false, err
			}
		case xml.EndElement:
			return b.String(), plain, nil
		}
	}
}
