package crm

import (
	"strings"

	"outlast.example/shared/history"
)

// verbs are the words by which CRMs without a vocabulary of their own call operations.
var verbs = map[string]history.Op{
	"create": history.Create, "created": history.Create, "creation": history.Create, "insert": history.Create,
	"inserted": history.Create, "add": history.Create, "added": history.Create, "new": history.Create,
	"update": history.Update, "updated": history.Update, "change": history.Update, "changed": history.Update,
	"edit": history.Update, "edited": history.Update, "modified": history.Update, "upsert": history.Update,
	"upserted": history.Update,
	"delete":   history.Delete, "deleted": history.Delete, "deletion": history.Delete, "remove": history.Delete,
	"removed": history.Delete, "archived": history.Delete, "destroyed": history.Delete,
	"restore": history.Restore, "restored": history.Restore, "undelete": history.Restore,
	"undeleted": history.Restore, "unarchived": history.Restore,
	"merge": history.Merge, "merged": history.Merge,
	"link": history.Associate, "linked": history.Associate, "associate": history.Associate, "associated": history.Associate,
	"unlink": history.Dissociate, "unlinked": history.Dissociate, "dissociate": history.Dissociate,
	"dissociated": history.Dissociate, "disassociated": history.Dissociate,
}

// Verb is the operation that a word names, whatever its case. Of a dotted name, such as "contact.updated", the last part
// counts.
func Verb(name string) (history.Op, bool) {
	op, known := verbs[strings.ToLower(name[strings.LastIndexByte(name, '.')+1:])]
	return op, known
}
