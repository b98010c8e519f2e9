//go:build !race

package crmtest_test

import (
	"fmt"
	"strings"

	"outlast.example/shared/crm"
	"outlast.example/shared/crm/rawjson"
)

// large is how long the contents of bodies are at most, in bytes. Its share of the memory is several times the constants'.
const large = 1 << 20

// How many elements a list has at most. Some elements become two changes.
const (
	all       = crm.MaxChanges
	half      = crm.MaxChanges / 2
	unbounded = large
)

// fit is how often a body may hold a text and a comma, and pass the limits.
func fit(text string, most int) int {
	n := min(most, large/(len(text)+1))
	commas := strings.Count(text, ",") + 1
	for n*commas > rawjson.MaxValues(n*(len(text)+1)) {
		n -= max(1, n/100)
	}
	return n
}

// several is a list's content: an element as often as a body may hold it.
func several(element string, most int) string {
	return strings.TrimSuffix(strings.Repeat(element+",", fit(element, most)), ",")
}

// numbered is several, with a number of its own for each %d.
func numbered(element string, most int) string {
	var b strings.Builder
	for i := range fit(element, most) {
		b.WriteString("," + strings.ReplaceAll(element, "%d", fmt.Sprint(10_000+i)))
	}
	return b.String()[1:]
}

// tags are elements of XML, with a number of its own for each %d.
func tags(element string, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(element, "%d", fmt.Sprint(10_000+i)))
	}
	return b.String()
}

// objects are contents of JSON objects, each for another way to take memory, of which a body holds as many as share says.
func objects(share int) map[string]string {
	members := func(member string) string { return numbered(member, fit(member, unbounded)/share) }
	text := func(escaped string) string { return `"a":"` + strings.Repeat(escaped, large/share/len(escaped)) + `"` }
	return map[string]string{
		"shortest members":      members(`"%d":1`),
		"members just let pass": members(`"%d` + strings.Repeat("n", 40) + `":1`),
		"nulls":                 members(`"a%d__c":null`),
		"objects":               members(`"%d` + strings.Repeat("n", 20) + `":{"b":{"c":[[[1]]]}}`),
		"escaped names":         members(`"` + strings.Repeat(`\u00fc`, 6) + `%d":1`),
		"one name":              members(`"Address":null`),
		"long names":            members(`"` + strings.Repeat("n", 1000) + `%d":1`),
		"long text":             text(`x`),
		"text to escape":        text(`\"`),
	}
}
