package salesforce

import (
	"runtime"
	"strings"
	"testing"

	"outlast.example/shared/format"
)

// What is listed again and again, or stands in a name of a megabyte, costs no more than its own length.
func TestMemoryFollowsTheInput(t *testing.T) {
	head := func(changed string) string {
		return `{"ChangeEventHeader":{"entityName":"Account","recordIds":["001Hs00002aCmEaIAK"],"changeType":"UPDATE",` +
			`"commitTimestamp":1795341600000,"changedFields":[` + changed + `]},`
	}
	parts := `{` + strings.Repeat(`"p":1,`, 40_000) + `"q":2}`
	attributes := "<a" + strings.Repeat(` b=""`, 200_000) + "/>"
	for name, body := range map[string]string{
		"a long name of many parts": head("") + `"` + strings.Repeat("n", 1<<20) + `":` + parts + `}`,
		"a compound listed often":   head(strings.Repeat(`"C",`, 40_000)+`"C"`) + `"C":` + parts + `}`,
		"many attributes":           outbound(org, attributes),
		"an attribute that goes on": outbound(org, "<a b='"+strings.Repeat(">", 1<<20)),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, _ = interpreter{}.Interpret(&format.Delivery{Body: []byte(body)})
			_ = sessions(nil, []byte(body))
			runtime.ReadMemStats(&after)
			if used := after.TotalAlloc - before.TotalAlloc; used > 40*uint64(len(body)) {
				t.Errorf("%d bytes allocated for %d", used, len(body))
			}
		})
	}
}
