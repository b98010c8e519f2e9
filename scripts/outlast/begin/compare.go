package begin

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"outlast.example/shared/format"
)

// OtherSettings is the ErrBegun that says in what a descriptor differs from the settings that are wanted.
type OtherSettings struct {
	Descriptor *format.Descriptor
	differ     []difference
}

// difference is a setting that differs, and the flags of "outlast descriptor next" that make it as wanted.
type difference struct {
	setting string
	flags   []string
}

func (e *OtherSettings) Error() string {
	settings := make([]string, len(e.differ))
	for i, d := range e.differ {
		settings[i] = d.setting
	}
	return fmt.Sprintf("%s: descriptor %d of %s differs in %s", ErrBegun.Error(), e.Descriptor.Number,
		e.Descriptor.Created.Format(time.DateOnly), strings.Join(settings, ", "))
}

func (e *OtherSettings) Unwrap() error { return ErrBegun }

// Flags are those of "outlast descriptor next" that make the descriptor as wanted; none where that is another repository.
func (e *OtherSettings) Flags() []string {
	var all []string
	for _, d := range e.differ {
		all = append(all, d.flags...)
	}
	return all
}

// differences compares a descriptor with the one that is wanted; the order within a list does not count, nor do signers
// that have ended.
func differences(is, want *format.Descriptor) []difference {
	if is.Repository != want.Repository {
		return []difference{{"repository", nil}}
	}
	all := []difference{
		{"quorum", nil},
		{"buckets", flags("bucket", urls(is.Buckets), urls(want.Buckets))},
		{"recipients", flags("recipient", is.Recipients, want.Recipients)},
		{"receivers", flagsOf("receiver", is.Receivers, want.Receivers)},
	}
	if len(want.Sealers) > 0 { // left out, they are the descriptor's own affair
		all = append(all, difference{"sealers", flagsOf("sealer", is.Sealers, want.Sealers)})
	}
	if is.Quorum != want.Quorum {
		all[0].flags = []string{fmt.Sprintf("--quorum %d", want.Quorum)}
	}
	return slices.DeleteFunc(all, func(d difference) bool { return len(d.flags) == 0 })
}

// flags make a list as wanted.
func flags(kind string, is, want []string) []string {
	return append(each("--add-"+kind, want, is), each("--remove-"+kind, is, want)...)
}

// each is a flag for everything of list that others lack.
func each(flag string, list, others []string) []string {
	var all []string
	for _, one := range list {
		if !slices.Contains(others, one) {
			all = append(all, flag+" '"+one+"'")
		}
	}
	return all
}

// flagsOf make a list of signers as wanted: none is removed, those that go on and are not wanted end.
func flagsOf(role string, is, want []format.Signer) []string {
	has, wants := signers(is), signers(want)
	all := each("--add-"+role, wants, has)
	for i, one := range has {
		if is[i].Until.IsZero() && !slices.Contains(wants, one) {
			all = append(all, "--end-"+role+" "+is[i].Name)
		}
	}
	return all
}

func urls(buckets []format.Bucket) []string {
	all := make([]string, len(buckets))
	for i, b := range buckets {
		all[i] = b.URL
	}
	return all
}

func signers(list []format.Signer) []string {
	all := make([]string, len(list))
	for i, s := range list {
		all[i] = s.Name + " " + format.FormatPublicKey(s.Key)
	}
	return all
}
