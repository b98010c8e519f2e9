package main

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"syscall"

	"outlast.example/scripts/outlast/begin"
	"outlast.example/scripts/outlast/keys"
	"outlast.example/shared/descriptors/next"
	"outlast.example/shared/format"
	"outlast.example/shared/store"
)

// hinted is an error whose next step only its command knows.
type hinted struct {
	error
	next string
}

func (h hinted) Unwrap() error { return h.error }

// hint says what to do next about an error; nothing where the error says it itself.
func hint(err error) string {
	if h, ok := errors.AsType[hinted](err); ok {
		return h.next
	}
	if other, ok := errors.AsType[*begin.OtherSettings](err); ok && len(other.Flags()) > 0 {
		return "correct the configuration, or change the repository: outlast descriptor next " + strings.Join(other.Flags(), " ")
	}
	for _, known := range []struct {
		err  error
		next string
	}{
		{errUsage, "\"outlast help\" lists commands; \"outlast COMMAND --help\" lists a command's flags"},
		{begin.ErrOneRecipient, "add a second one to \"recipients\", or say --allow-one-recipient"},
		{begin.ErrRootKey, "bring it from its offline place and name it with --root-key"},
		{begin.ErrBegun, "correct the configuration"},
		{begin.ErrUnseen, "bring more buckets into reach and try again: an earlier init may have reached those that are not"},
		{next.ErrUnseen, "bring more buckets into reach; if they are gone for good and nobody else has signed a descriptor since the one " +
			"that \"outlast descriptor show\" shows, build on that: --after SHA256"},
		{next.ErrRace, "wait, look with \"outlast descriptor show\" and start again; if nobody is at it, go on with --after and the SHA-256 shown there"},
		{next.ErrFork, "sign the one after them: \"outlast descriptor next --after\" with the SHA-256 of one, and the changes of the others"},
		{keys.ErrNoIdentity, "bring one from its offline place; any one of those in \"identities\" is enough"},
		{format.ErrWrongKey, "name the identity of one of the repository's recipients in \"identities\""},
		{format.ErrNewer, "install a newer outlast: the repository was written by one"},
		{store.ErrNoBucket, "create it, with the provider's own tool or mkdir, or correct its URL in \"buckets\""},
		{store.ErrDenied, "check the credentials that the store's own tools would use: AWS_*, GOOGLE_*, AZURE_*"},
		{store.ErrNoAnswer, "check the network and the endpoint in the bucket's URL, then try again"},
		{store.ErrBusy, "the store is throttling; try again in a minute"},
		{fs.ErrExist, "nothing is overwritten unasked: choose another name, or move what is there; restore --replace replaces an earlier output"},
		{syscall.EADDRINUSE, "another program listens there: choose another address with --listen"},
		{context.Canceled, "nothing half-written is left; run it again"},
	} {
		if errors.Is(err, known.err) {
			return known.next
		}
	}
	if ofConfiguration(err) {
		return "\"outlast help config\" explains every setting"
	}
	return ""
}
