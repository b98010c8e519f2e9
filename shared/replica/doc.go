// Package replica stores deliveries in N buckets at once and says when enough of them have them.
//
// Its decisions are a Machine: events and times go in, actions come out, with no goroutine and no clock of its own.
// A Replicator carries the actions out: it encodes batches, calls the buckets, and wakes the waiting requests.
//
//	Arrived ─► queue ─► Encode ─► Encoded ─► Create × N ─► Created ─► Answer, Finish
//	           group.go                   batch.go      breaker.go
package replica
