package mutants

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// test is one of a package's own.
type test struct {
	Package string // under shared
	Name    string
}

// byTest says which test finds a bug that the simulation does not, by the bug's name.
var byTest = map[string]test{
	"verify does not see delete markers":                     {"verify", "TestHidden"},
	"a taken name counts as repaired":                        {"verify", "TestHiddenFromTheListing"},
	"a seal is repaired though a part of it was not":         {"verify", "TestASealWithoutAPartIsNotRepaired"},
	"a signature is repaired though its seal was not":        {"verify", "TestSealsAreRepairedLast"},
	"restore reads what is current and nothing else":         {"restore", "TestOlderVersionsCount"},
	"verify takes any note for somebody's word":              {"verify", "TestPlanted"},
	"everything waits for a later seal's word":               {"verify", "TestCrowdOfUnsealed"},
	"what nobody signed is inert in any hour":                {"verify", "TestInertOnlyInFirmHours"},
	"what nobody signed is inert whatever it holds":          {"verify", "TestUnsignedInFirmHours"},
	"any number of seals that nobody signed is read":         {"verify", "TestCrowdOfUnsignedSeals"},
	"verify takes emptied buckets for silent ones":           {"verify", "TestNothingLeft"},
	"verify sees no descriptor under a delete marker":        {"verify", "TestHiddenDescriptors"},
	"a sole sealer's hours are never firm":                   {"verify", "TestCheckpointOfASoleSealer"},
	"a chain is proven by a checkpoint without an hour":      {"verify", "TestWhatAChainCannotProve"},
	"a chain is proven beside a dead sealer":                 {"verify", "TestWhatAChainCannotProve"},
	"the checkpoint goes to hours to come":                   {"verify", "TestCheckpointStaysInThePast"},
	"status takes a listing that broke off for a whole one":  {"standing", "TestLook"},
	"status does not ask which descriptor a bucket holds":    {"status", "TestBucketWords"},
	"a run that did not come to a word settles damage":       {"report", "TestWhatIsOpenStays"},
	"what was found is forgotten with the next look":         {"report", "TestWhatIsOpenStays"},
	"a look at the listing settles what was read":            {"report", "TestWhatIsOpenStays"},
	"status takes what was not seen for sound":               {"status", "TestBucketWords"},
	"the size that one bucket alone says stands in the seal": {"reconcile", "TestTheSizeThatOneBucketSays"},
	"older hours have no turn":                               {"reconcile", "TestEveryHourHasItsTurn"},
	"what is sealed in one bucket is settled":                {"reconcile", "TestAnEmptiedBucket"},
	"locks that had ended are not told":                      {"keep", "TestWhatStandsInTheWay"},
	"sealed after an hour that is not":                       {"reconcile", "TestNoSealWithoutABatchThatIsNotKnown"},
	"hours that were not seen wait for their turn":           {"reconcile", "TestUnseen"},
	"an hour counts as seen whatever a bucket answers":       {"reconcile", "TestUnseen"},
	"some hours that were seen settle all":                   {"report", "TestWhatIsOpenStays"},
	"another sealer's word settles what was not seen":        {"report", "TestAnothersDamageSettlesNothing"},
	"reports are believed unsigned":                          {"report", "TestForgeries"},
	"status does not ask for reconcile":                      {"status", "TestBucketWords"},
}

var tested = []Mutant{
	{"what is sealed in one bucket is settled", "reconcile/seals.go", `if slices.ContainsFunc(s.names(), func(name string) bool { return !held[name] }) {`, `if len(held) < 0 {`},
	{"verify does not see delete markers", "listing/versions.go", `return row.Key != "" && (!row.Hidden || row.Older > 0) }`, `return row.Key != "" && !row.Hidden }`},
	{"a taken name counts as repaired", "verify/repair.go", `err != nil || string(there) != string(object) {`, `err != nil || len(there) < 0 {`},
	{"a seal is repaired though a part of it was not", "verify/repair.go", `sealOf(f.Key); seal != "" &&`, `sealOf(f.Key); isSeal(f.Key) &&`},
	{"a signature is repaired though its seal was not", "verify/repair.go", `sealOf(f.Key); seal != "" &&`, `sealOf(f.Key); seal != "" && !isSeal(f.Key) &&`},
	{"restore reads what is current and nothing else", "restore/older.go", `		if row.Older > 0 {
`, `		if row.Older < 0 {
`},
	{"verify takes any note for somebody's word", "verify/said.go", `		err = p.opener.CheckName(k)
`, `		_ = k
`},
	{"everything waits for a later seal's word", "verify/batches.go", `case len(p.pending) < mostPending:`, `case true:`},
	{"what nobody signed is inert in any hour", "verify/unsigned.go", `c.found.Firm(at, len(c.before.signers()))`, `c.found.Firm(at, 2)`},
	{"what nobody signed is inert whatever it holds", "verify/unsigned.go", `_, err = format.OpenSeal(row.name, object, c.found.Repository)`, `_ = object`},
	{"any number of seals that nobody signed is read", "verify/unsigned.go", `if len(few) < handful {`, `if true {`},
	{"verify takes emptied buckets for silent ones", "verify/gone.go", `case held.Unseen:`, `case held.Number == 0:`},
	{"verify sees no descriptor under a delete marker", "verify/unveiled.go", `range u.rows(ctx, prefix) {
`, `range u.rows(ctx, prefix) {
			if row.Hidden {
				continue
			}
`},
	{"a sole sealer's hours are never firm", "format/descriptor.go", `sealers >= min(could, 2)`, `sealers >= 2`},
	{"a chain is proven by a checkpoint without an hour", "verify/checkpoint.go", `case p.Checkpoint.Hour.IsZero():`, `case p.Checkpoint.Descriptor < 0:`},
	{"a chain is proven beside a dead sealer", "verify/checkpoint.go", `if !last.from.IsZero() {`, `if last.from.After(p.Now) {`},
	{"the checkpoint goes to hours to come", "verify/chain.go", `case over && c.found`, `case (over || true) && c.found`},
}

// try runs the test.
func (t test) try(ctx context.Context, dir string) (found string, err error) {
	run := exec.CommandContext(ctx, "go", "test", "-tags", "disable_grpc_modules", "-run", "^"+t.Name+"$", "./shared/"+t.Package) //nolint:gosec // of the list
	run.Dir = dir
	out, err := run.CombinedOutput()
	var failed *exec.ExitError
	switch {
	case err == nil:
		return "", nil
	case errors.As(err, &failed) && strings.Contains(string(out), "--- FAIL: "+t.Name):
		return "test " + t.Package + " " + t.Name, nil
	}
	return "", fmt.Errorf("test %s %s: %w\n%s", t.Package, t.Name, err, out)
}
