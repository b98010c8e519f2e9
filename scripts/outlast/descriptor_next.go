package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"outlast.example/scripts/outlast/begin"
	"outlast.example/shared/descriptors/next"
	"outlast.example/shared/format"
	"outlast.example/shared/wire"
)

type nextFlags struct {
	rootKey, after string
	dryRun         bool
	quorum         int

	addReceivers, endReceivers, addSealers, endSealers []string
	addBuckets, removeBuckets, completeBuckets         []string
	lostBuckets                                        []string
	addRecipients, removeRecipients                    []string
	removeSigners                                      []string // refused
}

func (a *app) nextDescriptor() *cobra.Command {
	var f nextFlags
	c := &cobra.Command{
		Use:   "next",
		Short: "Sign the next descriptor and write it to every bucket",
		Long: "Next takes the descriptor that counts, changes what the flags say, shows the difference, signs it with the\n" +
			"root key and writes it, with its recovery page, to every bucket. It wants to see a majority of the buckets:\n" +
			"so nobody makes the same number twice. Receivers and sealers are ended, never removed, and a name is used\n" +
			"once: what they signed stays readable.\n\n" +
			"A bucket counts as complete, and another one is removed, once every complete bucket holds what it should, by\n" +
			"their listings. Before one is removed, take it out of the receivers' configurations, and run reconcile while\n" +
			"yours still names it, or with --to.\n\n" +
			"TIME is 2026-11-22, 2026-11-22T09:00:00Z, or 90m for 90 minutes ago. Receivers follow their own\n" +
			"configuration: change it too.",
		Example: "  outlast descriptor next --add-receiver \"$(outlast keygen --receiver gcp-eu)\"\n" +
			"  outlast descriptor next --end-receiver aws-eu --dry-run\n" +
			"  outlast descriptor next --add-bucket 's3://new?region=eu-central-1'\n" +
			"  outlast descriptor next --complete 's3://new?region=eu-central-1' --remove-bucket gs://old",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.runNext(c.Context(), f) },
	}
	f.define(c)
	return c
}

func (f *nextFlags) define(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&f.rootKey, "root-key", "keys/root.pem", "file with the root private key; take it offline again afterwards")
	flags.StringVar(&f.after, "after", "", "SHA-256 of the descriptor to build on, where two have the highest number, a run was\n"+
		"interrupted, or most buckets are gone: you vouch that nobody else has signed or is signing one after it")
	flags.BoolVar(&f.dryRun, "dry-run", false, "show the difference and print the descriptor; needs no root key, writes nothing")
	flags.IntVar(&f.quorum, "quorum", 0, "how many buckets must hold a delivery before its CRM hears 2xx")
	for _, list := range []struct {
		values      *[]string
		name, usage string
	}{
		{&f.addReceivers, "add-receiver", "\"NAME PUBLIC-KEY [TIME]\", as keygen prints it: believed from then on; usually a day ago"},
		{&f.endReceivers, "end-receiver", "NAME[=TIME]: what it signs from then on, usually now, is not believed"},
		{&f.addSealers, "add-sealer", "\"NAME PUBLIC-KEY [TIME]\"; usually since the repository's beginning"},
		{&f.endSealers, "end-sealer", "NAME[=TIME]"},
		{&f.addBuckets, "add-bucket", "URL of a bucket that is being filled"},
		{&f.removeBuckets, "remove-bucket", "URL of a bucket of which the complete ones hold everything"},
		{&f.lostBuckets, "remove-lost", "URL of a bucket that is gone for good, or whose word is worth nothing: it is not looked into, and what\nit alone held is given up"},
		{&f.completeBuckets, "complete", "URL[=TIME] of a bucket that holds everything since then; usually since the repository's\nbeginning"},
		{&f.addRecipients, "add-recipient", "age1…"},
		{&f.removeRecipients, "remove-recipient", "age1…; what was encrypted to it before stays readable to it"},
	} {
		flags.StringArrayVar(list.values, list.name, nil, list.usage)
	}
	for _, name := range []string{"remove-receiver", "remove-sealer"} {
		flags.StringArrayVar(&f.removeSigners, name, nil, "")
		_ = flags.MarkHidden(name) // it is there
	}
}

// change reads what the flags say.
func (f *nextFlags) change() (next.Change, error) {
	change := next.Change{
		Buckets:    next.Buckets{Add: f.addBuckets, Remove: f.removeBuckets, Lost: f.lostBuckets},
		Recipients: next.Recipients{Add: f.addRecipients, Remove: f.removeRecipients},
		Quorum:     f.quorum,
	}
	if len(f.removeSigners) > 0 {
		return change, fmt.Errorf("%w: receivers and sealers are never removed, or what they signed would not be believed any more: "+
			"end them, with --end-receiver or --end-sealer", errUsage)
	}
	var errs [5]error
	change.Receivers.Add, errs[0] = every(f.addReceivers, signer)
	change.Receivers.End, errs[1] = every(f.endReceivers, timed)
	change.Sealers.Add, errs[2] = every(f.addSealers, signer)
	change.Sealers.End, errs[3] = every(f.endSealers, timed)
	change.Buckets.Complete, errs[4] = every(f.completeBuckets, timed)
	return change, errors.Join(errs[:]...)
}

func every[T any](texts []string, read func(string) (T, error)) ([]T, error) {
	var all []T
	var errs []error
	for _, text := range texts {
		one, err := read(text)
		all, errs = append(all, one), append(errs, err)
	}
	return all, errors.Join(errs...)
}

// signer reads "NAME PUBLIC-KEY [TIME]". What it cannot read it does not repeat: it might be a private key.
func signer(text string) (format.Signer, error) {
	words := strings.Fields(text)
	if len(words) != 2 && len(words) != 3 {
		return format.Signer{}, fmt.Errorf("%w: want \"NAME PUBLIC-KEY\" as \"outlast keygen\" prints it, and a time if it is another than usual", errUsage)
	}
	key, err := format.ParsePublicKey(words[1])
	if err != nil {
		return format.Signer{}, fmt.Errorf("%w: %s: not a public key: want the base64 text that \"outlast keygen\" prints", errUsage, words[0])
	}
	since, err := moment(strings.Join(words[2:], ""))
	return format.Signer{Name: words[0], Key: key, Since: since}, err
}

// timed reads "NAME[=TIME]", where NAME may be a URL with parameters.
func timed(text string) (next.Timed, error) {
	i := strings.LastIndexByte(text, '=')
	if i < 0 || endsInParameter(text[:i]) {
		return next.Timed{Name: text}, nil
	}
	at, err := moment(text[i+1:])
	if err == nil && at.IsZero() {
		err = fmt.Errorf("%w: no time after the equals sign", errUsage)
	}
	return next.Timed{Name: text[:i], At: at}, err
}

// endsInParameter reports whether what follows an equals sign is the value of a URL's parameter.
func endsInParameter(url string) bool {
	i := strings.LastIndexAny(url, "?&")
	return i >= 0 && !strings.Contains(url[i:], "=")
}

func (a *app) runNext(ctx context.Context, f nextFlags) (err error) {
	change, err := f.change()
	if err != nil {
		return err
	}
	c, w, err := whereToLook(a, wire.Keepers)
	if err != nil {
		return err
	}
	var root ed25519.PrivateKey
	if !f.dryRun {
		if root, err = begin.ReadRootKey(f.rootKey, c); err != nil {
			return err
		}
	}
	w.URLs, w.After = append(w.URLs, f.addBuckets...), f.after
	sight, err := next.Look(ctx, w)
	defer func() { err = errors.Join(err, wire.Close(sight.Opened())) }()
	if err != nil {
		return err
	}
	plan, err := next.Prepare(ctx, sight, change, time.Now(), f.after != "")
	if err != nil {
		return err
	}
	a.sayDifferences(plan)
	if f.dryRun {
		return a.printDraft(plan)
	}
	outcomes, err := plan.Publish(ctx, root)
	return a.published(plan, outcomes, err)
}
