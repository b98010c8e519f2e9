package exhaust_test

import (
	"testing"

	"outlast.example/scripts/simulate/exhaust"
)

func TestEverythingThatThreeBucketsCanDo(t *testing.T) {
	counts, err := exhaust.Run(false)
	if err != nil {
		t.Fatal(err)
	}
	if counts.Killed == 0 || counts.Acks == 0 || counts.Refusals == 0 {
		t.Errorf("nothing was tried: %+v", counts)
	}
	t.Logf("%+v", counts)
}
