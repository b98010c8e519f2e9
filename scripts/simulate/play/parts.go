package play

import (
	"bytes"
	"time"

	"outlast.example/scripts/simulate/cloud"
	"outlast.example/shared/format"
)

// partLen is how many batches a seal lists itself: in a third of the scenes, and in half of those that are about repairs, so
// few that seals have parts.
func (w *World) partLen() int {
	if w.Seed%3 == 0 || w.Seed%32 == 5 {
		return 2
	}
	return 0
}

// part keeps what a part of a seal is, before there is the seal. Nobody makes another one of that name.
func (l *ledger) part(b *cloud.Bucket, who, key string, content []byte) {
	if made, there := l.parts[key]; there && !bytes.Equal(made, content) {
		l.fail(promiseForged, "%s creates other bytes as %s in bucket %d", who, key, b.Index)
		return
	}
	l.parts[key] = content
}

// joined has a seal list itself what its parts do. They were made before it.
func (l *ledger) joined(n format.SealName, s *format.Seal) error {
	for o, err := range s.All(func(number int) ([]format.Sealed, error) {
		return s.OpenPart(number, l.parts[format.PartName{SealName: n, Number: number}.String()])
	}) {
		if err != nil {
			return err
		}
		if len(s.Parts) > 0 {
			s.Objects = append(s.Objects, o)
		}
	}
	return nil
}

// behind: a bucket holds a seal only where it holds the seal's parts.
func (l *ledger) behind(b *cloud.Bucket, who, key string) {
	s := l.seals[key]
	n, err := format.ParseSealName(key)
	if s == nil || err != nil || l.taken(b, who) {
		return
	}
	for i := range s.Parts {
		if _, there := b.Get(format.PartName{SealName: n, Number: i + 1}.String()); !there {
			l.fail(promiseChain, "%s stores %s in bucket %d, which does not hold part %d of it", who, short(key), b.Index, i+1)
		}
	}
}

// taken reports whether the bucket may have lost what whoever creates there relies on. Reconcile goes by what it listed, some
// time ago.
func (l *ledger) taken(b *cloud.Bucket, who string) bool {
	var began time.Time
	if audit := l.auditing[who]; audit != nil {
		began = audit.began
	}
	return l.excused(b.Index, began)
}
