package crm

import "net/http"

// Answers is how a CRM wants to be answered where the plain answers do not do. The zero value is the plain answers.
type Answers struct {
	// Stored is what the CRM wants to hear once a delivery is stored; nil: 200 and one line of JSON.
	Stored *Reply
	// Instead holds the statuses at which the CRM would drop the delivery or its hook, and what it hears instead, so that it
	// tries again.
	Instead map[int]int
	// Greet answers what a CRM asks before it sends webhooks, with the method OPTIONS. It reports false for what is no such
	// question. Whoever asks has proven nothing yet. nil: this CRM asks nothing.
	Greet func(*Request) (Reply, bool)
}

// Reply is an answer in a CRM's own terms.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}
