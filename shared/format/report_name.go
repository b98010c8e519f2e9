package format

import (
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"
)

// ReportPrefix starts the name of every report.
const ReportPrefix = "report/"

const (
	reportStamp     = "20060102T150405Z" // UTC
	reportExtension = ".json"
	maxTask         = 16 // bytes; with it a report's base name stays under 240, which every file system holds
)

// ReportMonthPrefix starts the names of all reports of t's month.
func ReportMonthPrefix(t time.Time) string { return ReportPrefix + t.UTC().Format("2006/01/") }

// ReportName is a report's name, taken apart. It says when which task was reported by whom, and the hash says what: a task
// that finds the same again has the same hash.
type ReportName struct {
	Time      time.Time // UTC, whole seconds, by the sealer's clock
	Task      string    // such as "reconcile"
	SHA256    [sha256.Size]byte
	Sealer    string
	Signature [ed25519.SignatureSize]byte
}

// SignReport makes the name of a report's bytes.
func SignReport(object []byte, at time.Time, task, repository, sealer string, key ed25519.PrivateKey) ReportName {
	n := ReportName{Time: at.UTC().Truncate(time.Second), Task: task, SHA256: sha256.Sum256(object), Sealer: sealer}
	copy(n.Signature[:], ed25519.Sign(key, n.message(repository)))
	return n
}

// String is the object's key in the bucket.
func (n ReportName) String() string {
	return fmt.Sprintf("%s%s-%s-%x-%s-%s%s", ReportPrefix+n.Time.UTC().Format("2006/01/02/"), n.Time.UTC().Format(reportStamp), n.Task, n.SHA256,
		n.Sealer, signatures.EncodeToString(n.Signature[:]), reportExtension)
}

// ParseReportName takes a report's name apart; it accepts exactly those that String gives.
func ParseReportName(s string) (ReportName, error) {
	var n ReportName
	stem := strings.TrimSuffix(s[strings.LastIndexByte(s, '/')+1:], reportExtension)
	stamp, rest, _ := strings.Cut(stem, "-")
	task, rest, _ := strings.Cut(rest, "-")
	t, err := time.Parse(reportStamp, stamp)
	ok := err == nil && len(rest) > hashLen+1+1+signatureLen &&
		decodeHex(n.SHA256[:], rest) &&
		decodeSignature(&n.Signature, rest[len(rest)-signatureLen:])
	if ok {
		n.Time, n.Task, n.Sealer = t, task, rest[hashLen+1:len(rest)-1-signatureLen]
	}
	if !ok || !word(n.Task, maxTask, "") || CheckReceiver(n.Sealer) != nil || n.String() != s {
		return ReportName{}, &notNamed{s, "not a report"}
	}
	return n, nil
}

// Check says whether a sealer of the descriptor made the name while its key was valid; ErrForged if not.
func (n ReportName) Check(d *Descriptor) error {
	sealer, known := find(d.Sealers, n.Sealer)
	switch {
	case !known:
		return fmt.Errorf("%w: unknown sealer %q", ErrForged, n.Sealer)
	case !sealer.Valid(n.Time):
		return fmt.Errorf("%w: sealer %q had no valid key at that time", ErrForged, n.Sealer)
	case len(sealer.Key) != ed25519.PublicKeySize || !ed25519.Verify(sealer.Key, n.message(d.Repository), n.Signature[:]):
		return fmt.Errorf("%w: not the signature of sealer %q in this repository", ErrForged, n.Sealer)
	}
	return nil
}

// message is what a sealer signs. No part can hold a line break.
func (n ReportName) message(repository string) []byte {
	return fmt.Appendf(nil, "outlast report v1\n%s\n%s\n%s\n%x\n%s\n",
		repository, n.Time.UTC().Format(reportStamp), n.Task, n.SHA256, n.Sealer)
}
