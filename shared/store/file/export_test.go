package file

import (
	"os"

	"outlast.example/shared/store"
)

// Refusal lets a test give errors that only a full disk gives.
var Refusal = refusal

// BreakFolders lets forcing a folder to disk end with err, as on a failing disk, until mend is called.
func BreakFolders(d store.Driver, err error) (mend func()) {
	broken := d.(*driver)
	sound := broken.sync
	broken.sync = func(*os.File) error { return err }
	return func() { broken.sync = sound }
}
