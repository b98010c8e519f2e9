package shared_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// layers is the order of shared/DESIGN.md, top first: a package imports only packages of lower layers, or ones below
// itself. A folder stands for all packages in it.
var layers = [][]string{
	{"functions", "scripts"},
	{"functions/functiontest", "functions/start"},
	{"scripts/simulate/play"},
	{"scripts/simulate/scene"},
	{"scripts/simulate/cloud"},
	{"scripts/simulate/loop"},
	{"scripts/outlast/demo"},
	{"scripts/outlast/begin", "scripts/outlast/recent", "scripts/outlast/trial"},
	{"scripts/outlast/keys"},
	{"shared/task"},
	{"shared/wire"},
	{"shared/status"},
	{"shared/report", "shared/descriptors/next"},
	{"shared/config", "shared/capture", "shared/cost", "shared/doctor", "shared/keep", "shared/reconcile", "shared/restore", "shared/standing", "shared/verify", "shared/watch"},
	{"shared/descriptors", "shared/listing"},
	{"shared/crm/cloudevents", "shared/crm/suitecrm"},
	{
		"shared/replica", "shared/crm/attio", "shared/crm/closeio", "shared/crm/dynamics", "shared/crm/espocrm", "shared/crm/generic",
		"shared/crm/hubspot", "shared/crm/pipedrive", "shared/crm/salesforce", "shared/crm/standardwebhooks", "shared/crm/sugarcrm",
		"shared/crm/zoho",
	},
	{"shared/crm/token"},
	{"shared/crm"},
	{"shared/store/file", "shared/store/mem", "shared/store/s3", "shared/store/gcs", "shared/store/azblob", "shared/store/fault", "shared/store/storetest"},
	{"shared/format", "shared/history", "shared/store"},
}

type listed struct {
	ImportPath string
	Imports    []string
}

func TestArrowsPointDown(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "outlast.example/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := 0
	for d := json.NewDecoder(strings.NewReader(string(out))); ; packages++ {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		for _, imported := range p.Imports {
			check(t, p.ImportPath, imported)
		}
	}
	if packages < 10 {
		t.Errorf("only %d packages seen", packages)
	}
}

func check(t *testing.T, from, to string) {
	t.Helper()
	const module = "outlast.example/"
	if !strings.HasPrefix(to, module) {
		return
	}
	from, to = strings.TrimPrefix(from, module), strings.TrimPrefix(to, module)
	above, below := layer(from), layer(to)
	if above < 0 {
		t.Errorf("%s stands in no layer: name it here and in DESIGN.md", from)
	}
	if above >= below && !inside(from, to) && !inside(to, from) {
		t.Errorf("%s imports %s: arrows point down only", from, to)
	}
}

func layer(path string) int {
	best, at := -1, -1
	for i, folders := range layers {
		for _, folder := range folders {
			if inside(path, folder) && len(folder) > best {
				best, at = len(folder), i
			}
		}
	}
	return at
}

func inside(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }
