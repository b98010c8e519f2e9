package output

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"

	"outlast.example/shared/history"
)

// folder holds one kind's files open at a time: records come sorted by kind.
type folder struct {
	path    string
	sources names
	types   names
	kind    kind
	source  string // safe name of the kind's source
	typ     string // safe name of the kind's type
	begun   bool
	files   map[string]*file // by extension
}

type file struct {
	*bufio.Writer
	file *os.File
}

func newFolder(path string) (*folder, error) {
	return &folder{path: path, sources: newNames(), files: map[string]*file{}}, os.Mkdir(path, 0o700)
}

// begin makes ready for a record's kind.
func (f *folder) begin(s history.State) error {
	k := kindOf(s)
	if f.begun && k == f.kind {
		return nil
	}
	if err := f.close(); err != nil {
		return err
	}
	if !f.begun || k.source != f.kind.source {
		f.source, f.types = f.sources.safe(k.source), newNames()
		if err := os.Mkdir(filepath.Join(f.path, f.source), 0o700); err != nil {
			return err
		}
	}
	f.typ, f.kind, f.begun = f.types.safe(k.typ), k, true
	return nil
}

// open gives the kind's file of that extension, and whether it is new.
func (f *folder) open(extension string) (*file, bool, error) {
	if opened, found := f.files[extension]; found {
		return opened, false, nil
	}
	created, err := create(filepath.Join(f.path, f.source, f.typ+extension))
	if err != nil {
		return nil, false, err
	}
	f.files[extension] = created
	return created, true, nil
}

// close ends the kind's files.
func (f *folder) close() error {
	var errs []error
	for _, opened := range f.files {
		errs = append(errs, opened.Close())
	}
	clear(f.files)
	return errors.Join(errs...)
}

func create(path string) (*file, error) {
	created, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return &file{bufio.NewWriterSize(created, 64<<10), created}, nil
}

func (f *file) Close() error { return errors.Join(f.Flush(), f.file.Close()) }
