package crm

import (
	"encoding/json"
	"fmt"
	"strings"

	"outlast.example/shared/crm/rawjson"
	"outlast.example/shared/history"
)

// Link says where a message names the other end of a link, for kinds that are told so by paths.
type Link struct {
	recordType string // constant, or
	typePath   string // of a text
	idPath     string // of a text or number
	labelPath  string // of a text, where there is one
}

// LinkOptions are the options that Settings.Link reads.
var LinkOptions = []string{"other_type", "other_type_path", "other_id_path", "label_path"}

// Link reads the options; without any, no message names the other end.
func (s Settings) Link() (Link, error) {
	o := s.Options
	l := Link{recordType: o["other_type"], typePath: o["other_type_path"], idPath: o["other_id_path"], labelPath: o["label_path"]}
	if l != (Link{}) && (l.idPath == "" || (l.recordType == "") == (l.typePath == "")) {
		return Link{}, fmt.Errorf("source %s: to tell links set other_id_path and exactly one of other_type and other_type_path; "+
			"without any of %s a link that changed is a gap", s.Name, strings.Join(LinkOptions, ", "))
	}
	return l, nil
}

// IsLink reports whether an operation makes or ends a link, of which Link.Tell says the rest.
func IsLink(op history.Op) bool { return op == history.Associate || op == history.Dissociate }

// Tell fills in the other end of the link that a change makes or ends. Without one, the change is a gap.
func (l Link) Tell(c *history.Change, data json.RawMessage) {
	other := history.Association{Type: l.recordType, ID: idAt(data, l.idPath), Label: idAt(data, l.labelPath)}
	if l.typePath != "" {
		other.Type = idAt(data, l.typePath)
	}
	if other.Type == "" || other.ID == "" {
		c.Op, c.Reason = history.Gap, "a link changed, and nothing says to which record"
		return
	}
	c.Link = &other
}

// idAt is a text or number; "" where there is none, or no path.
func idAt(data json.RawMessage, path string) string {
	var id rawjson.ID
	if path != "" {
		_ = id.UnmarshalJSON(rawjson.At(data, path)) // leaves what is neither empty
	}
	return string(id)
}
