package cloudevents

import (
	"net/http"
	"strings"
)

// mode is how a request holds events (http-protocol-binding.md, section 3).
type mode string

const (
	binaryMode     mode = "binary"     // attributes in headers, data in the body
	structuredMode mode = "structured" // one event in the body
	batchedMode    mode = "batched"    // an array of events in the body
	noMode         mode = ""           // no CloudEvents
)

// modeOf looks for a batch first: its media type begins with that of one event. Media types have no case.
func modeOf(h http.Header) mode {
	media := mediaType(h.Get("Content-Type"))
	switch {
	case strings.HasPrefix(media, "application/cloudevents-batch"):
		return batchedMode
	case strings.HasPrefix(media, "application/cloudevents"):
		return structuredMode
	case len(h.Values(headerPrefix+"specversion")) > 0:
		return binaryMode
	}
	return noMode
}

// mediaType is a Content-Type in lower case and without parameters.
func mediaType(contentType string) string {
	media, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(media))
}

// isJSON: an event without datacontenttype has JSON data (json-format.md, section 3.1).
func isJSON(contentType string) bool {
	media := mediaType(contentType)
	return media == "" || media == "application/json" || media == "text/json" || strings.HasSuffix(media, "+json")
}
