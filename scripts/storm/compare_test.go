package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func line(id int64, value string) string {
	return fmt.Sprintf("{\"source\":\"acme\",\"type\":\"contact\",\"id\":\"%d\",\"fields\":{%q:%q},\"gaps\":[]}\n", id, property, value)
}

func TestOnlyWhatWasPostedIsBelieved(t *testing.T) {
	for _, test := range []struct {
		name, restored string
		want           error
	}{
		{"as posted", line(1, value(1)) + line(2, value(2)), nil},
		{"another value", line(1, value(1)) + line(2, value(1)), errLost},
		{"no value", line(1, ""), errLost},
		{"no such record", strings.Replace(line(1, value(1)), `"1"`, `"one"`, 1), errLost},
	} {
		t.Run(test.name, func(t *testing.T) {
			records, err := readRecords(strings.NewReader(test.restored))
			if !errors.Is(err, test.want) || test.want == nil && len(records) != 2 {
				t.Errorf("records %v, error %v; want error %v", records, err, test.want)
			}
		})
	}
	if _, err := readRecords(strings.NewReader(line(1, value(1))[:30])); err == nil {
		t.Error("half a record is believed")
	}
}

func TestMissingIsNamed(t *testing.T) {
	journal := []answer{{outcome: acknowledged, id: 1}, {outcome: "503", id: 2}, {outcome: acknowledged, id: 3}}
	wanted := acknowledgedIn(journal)
	if err := missing("s3", wanted, map[int64]bool{1: true, 3: true}); err != nil {
		t.Errorf("nothing is missing, and yet: %v", err)
	}
	err := missing("s3", wanted, map[int64]bool{1: true, 2: true})
	if !errors.Is(err, errLost) || !strings.Contains(err.Error(), "s3: 1 of 2") || !strings.Contains(err.Error(), "[3]") {
		t.Errorf("error %v: want it to say where, how many and which", err)
	}
}
