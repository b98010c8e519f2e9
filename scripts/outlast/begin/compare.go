package begin

import (
	"fmt"
	"slices"
	"strings"

	"outlast.example/shared/format"
)

// differences names the settings in which two descriptors differ; the order within a list does not count.
func differences(is, want *format.Descriptor) []string {
	var names []string
	for _, setting := range []struct {
		name     string
		is, want []string
	}{
		{"repository", []string{is.Repository}, []string{want.Repository}},
		{"quorum", []string{fmt.Sprint(is.Quorum)}, []string{fmt.Sprint(want.Quorum)}},
		{"buckets", urls(is.Buckets), urls(want.Buckets)},
		{"recipients", is.Recipients, want.Recipients},
		{"receivers", signers(is.Receivers), signers(want.Receivers)},
	} {
		if !sameSet(setting.is, setting.want) {
			names = append(names, setting.name)
		}
	}
	return names
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
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

func join(names []string) string { return strings.Join(names, ", ") }
