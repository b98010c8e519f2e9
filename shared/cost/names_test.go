package cost

import (
	"encoding/json"
	"testing"
)

// TestNames is the promise of --json.
func TestNames(t *testing.T) {
	got, err := json.Marshal(struct {
		B Bill
		T Table
	}{
		Bill{Lines: []Line{{Requests: Requests{Writes: 1}, GB: 1}}, Compared: make([]Compared, 1)},
		Table{Clouds: map[string]Cloud{"c": {Prices: map[string]Price{"p": {}}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"B":{"prices_read":"","volume":{"webhooks":0,"bytes":0,"receivers":null,"months":0,"per_batch":0,"store_seconds":0,` +
		`"repacked":false},"batches":0,"batches_held":0,"lines":[{"cloud":"","item":"","requests":{"writes":1,"lists":0,"reads":0},` +
		`"gb":1,"usd":0}],"usd_by_cloud":null,"usd":0,"compared":[{"what":"","usd":0}]},"T":{"read":"","clouds":{"c":{"region":"",` +
		`"prices":{"p":{"usd":0,"source":"","assumed":false}}}}}}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
