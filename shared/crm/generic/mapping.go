package generic

import (
	"cmp"
	"fmt"
	"strings"

	"outlast.example/shared/crm"
	"outlast.example/shared/history"
)

// mapping says where in a body a change's parts are. Paths are names separated by dots, "." is the whole.
type mapping struct {
	recordsPath   string // of a list of records; without it the body is one record, or a list
	recordType    string // constant, or
	typePath      string
	idPath        string
	operation     history.Op // constant, or
	operationPath string     // of a word, see crm.Verb
	timePath      string     // RFC 3339, or seconds or milliseconds since 1970; without it, the time of receipt
	sequencePath  string     // of a whole number that orders changes of the same time
	fieldsPath    string     // of an object; without it, the record's own members
	losersPath    string     // of the ids of the records that a merge ended
	link          crm.Link   // of the other end of a link
}

var mappingOptions = append([]string{
	"records_path", "type", "type_path", "id_path", "operation", "operation_path", "time_path", "sequence_path",
	"fields_path", "losers_path",
}, crm.LinkOptions...)

// openMapping returns an interpreter: one that interprets nothing if no option of a mapping is set.
func openMapping(s crm.Settings) (crm.Interpreter, error) {
	o := s.Options
	m := mapping{
		recordsPath: cmp.Or(o["records_path"], "."), recordType: o["type"], typePath: o["type_path"],
		idPath: o["id_path"], operationPath: o["operation_path"], timePath: o["time_path"],
		sequencePath: o["sequence_path"], fieldsPath: cmp.Or(o["fields_path"], "."), losersPath: o["losers_path"],
	}
	if !anySet(o, mappingOptions...) {
		return unmapped{}, nil
	}
	if m.idPath == "" {
		return nil, fmt.Errorf("source %s: to interpret deliveries set id_path; without any of %s they are kept as they are",
			s.Name, strings.Join(mappingOptions, ", "))
	}
	if (m.recordType == "") == (m.typePath == "") {
		return nil, fmt.Errorf("source %s: set exactly one of type and type_path", s.Name)
	}
	if (o["operation"] == "") == (m.operationPath == "") {
		return nil, fmt.Errorf("source %s: set exactly one of operation and operation_path", s.Name)
	}
	if operation := o["operation"]; operation != "" {
		known := false
		if m.operation, known = crm.Verb(operation); !known {
			return nil, fmt.Errorf("source %s: operation is %q: use create, update, delete, restore, merge, link or unlink", s.Name, operation)
		}
	}
	var err error
	m.link, err = s.Link()
	return m, err
}

func anySet(options map[string]string, names ...string) bool {
	for _, name := range names {
		if options[name] != "" {
			return true
		}
	}
	return false
}
