package salesforce

import (
	"fmt"
	"strings"
	"testing"

	"outlast.example/shared/crm/crmtest"
	"outlast.example/shared/format"
	"outlast.example/shared/history"
)

// An event of a megabyte does not become gigabytes of state: where it would, its records are to be read again.
func TestOneEventStatesNoMoreThanItsBound(t *testing.T) {
	for _, test := range []struct {
		name            string
		records, values int
		length          int // of a value
		known           bool
	}{
		{"one record", 1, 5000, 100, true},
		{"as many as a transaction changes", 10_000, 100, 10, true},
		{"many values of many records", 4_000, 20_000, 1, false},
		{"a long value of many records", 4_000, 1, 500_000, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			var ids, values strings.Builder
			for i := range test.records {
				fmt.Fprintf(&ids, `,"001%012d"`, i)
			}
			for i := range test.values {
				fmt.Fprintf(&values, `,"F%d":"%s"`, i, strings.Repeat("x", test.length))
			}
			body := `{"ChangeEventHeader":{"entityName":"Account","changeType":"UPDATE","commitTimestamp":1795341600000,"recordIds":[` +
				ids.String()[1:] + `]}` + values.String() + `}`
			changes, err := interpreter{}.Interpret(&format.Delivery{Body: []byte(body)})
			if err != nil {
				t.Fatal(err)
			}
			known := changes[0].Op == history.Update && len(changes[0].Fields) == test.values
			want := map[bool]string{true: fmt.Sprintf("update %d", test.records), false: fmt.Sprintf("gap %d, update %[1]d", test.records)}
			if got := crmtest.Summary(changes, nil); got != want[test.known] || known != test.known {
				t.Errorf("got %s, values known %v; want %s", got, known, want[test.known])
			}
		})
	}
}
