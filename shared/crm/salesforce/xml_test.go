package salesforce

import (
	"errors"
	"strings"
	"testing"
)

func TestWithin(t *testing.T) {
	nested := func(n int) string { return strings.Repeat("<a>", n) + strings.Repeat("</a>", n) }
	attribute := func(n int) string { return "<a b='" + strings.Repeat("x", n-len("<a b=''>")) + "'>" }
	const short = 48_000 // anyMarks, and one for each 24 of their own 192,000 bytes
	for _, test := range []struct {
		name, text string
		within     bool
	}{
		{"nothing", "", true},
		{"as deep as may be", nested(maxDepth), true},
		{"deeper", nested(maxDepth + 1), false},
		{"as many short tags as may be", strings.Repeat("<a/>", short), true},
		{"more", strings.Repeat("<a/>", short+1), false},
		{"more, and longer ones", strings.Repeat("<a/>", short+1) + strings.Repeat(" ", perMark), true},
		{"more, as attributes", strings.Repeat("<a b='' c=''/>", short/2), false},
		{"a tag as long as may be", attribute(maxTag), true},
		{"a longer one", attribute(maxTag + 1), false},
		{"a longer one that quotes its end", "<a b='/>' c=\">\" " + strings.Repeat("x", maxTag), false},
		{"tags in CDATA", "<![CDATA[" + strings.Repeat("<a>", maxDepth+1) + "]]>", true},
		{"tags in a comment", "<!--" + strings.Repeat("<a>", maxDepth+1) + "-->", true},
		{"DOCTYPE", "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a/>", false},
		{"as large as may be", strings.Repeat(" ", maxXML), true},
		{"larger", strings.Repeat(" ", maxXML+1), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := within([]byte(test.text)); (err == nil) != test.within || err != nil && !errors.Is(err, errXML) {
				t.Errorf("got %v, want within limits: %v", err, test.within)
			}
		})
	}
}

// What is no Outbound Message, or not a whole one, gives not one notification.
func TestNoMessage(t *testing.T) {
	whole := outbound(org, "")
	for _, test := range []struct{ name, body, want string }{
		{"no envelope", "<notifications/>", "no SOAP envelope"},
		{"SOAP 1.2", strings.Replace(whole, soapSpace, "http://www.w3.org/2003/05/soap-envelope", 1), "no SOAP envelope"},
		{"an answer", strings.ReplaceAll(whole, "notifications", "notificationsResponse"), "no notifications element"},
		{"another namespace", strings.Replace(whole, outboundSpace, "urn:x", 1), "no notifications element"},
		{"two messages", strings.Replace(whole, "</e:Body>", `<notifications xmlns="`+outboundSpace+`"/></e:Body>`, 1), "more than one notifications"},
		{"two envelopes", whole + whole, "more than one outermost element"},
		{"broken off", whole[:len(whole)-1], "unexpected EOF"},
		{"not UTF-8", strings.Replace(whole, org, "\xff", 1), "invalid UTF-8"},
		{"another encoding", `<?xml version="1.0" encoding="UTF-16"?>` + whole, "encoding"},
		{"an entity of its own", strings.Replace(whole, org, "&x;", 1), "invalid character entity"},
		{"DOCTYPE", "<!DOCTYPE e:Envelope>" + whole, "DOCTYPE"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if m, err := readMessage([]byte(test.body)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %+v, %v; want an error that says %q", m, err, test.want)
			}
		})
	}
}

// A notification that contradicts itself is reported, and never half believed.
func TestOddNotifications(t *testing.T) {
	const id = "<Id>a01Hs00007fPlAnIAK</Id>"
	object := func(fields string) string { return `<sObject xsi:type="s:Plan__c">` + fields + `</sObject>` }
	for _, test := range []struct{ name, notification, want string }{
		{"no id of its own", object(id), "no Id"},
		{"no record", "<Id>n</Id>", "no sObject"},
		{"no type", "<Id>n</Id><sObject>" + id + "</sObject>", "no sObject with a type"},
		{"no id of the record", "<Id>n</Id>" + object("<Name>Gold</Name>"), "no sObject with a type and an Id"},
		{"no valid id", "<Id>n</Id>" + object("<Id>a01</Id>"), "no sObject with a type and an Id"},
		{"two records", "<Id>n</Id>" + object(id) + object("<Name>Gold</Name>"), "more than one sObject"},
		{"two ids", "<Id>n</Id>" + object(id+"<Id>a01Hs00007fPlAoIAK</Id>"), "more than one Id of its record"},
	} {
		t.Run(test.name, func(t *testing.T) {
			changes, err := interpretMessage([]byte(outbound(org, "<Notification>"+test.notification+"</Notification>")))
			if len(changes) > 0 || err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %+v, %v; want an error that says %q", changes, err, test.want)
			}
		})
	}
}
