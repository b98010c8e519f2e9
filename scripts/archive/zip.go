package main

import (
	"archive/zip"
	"bytes"
	"cmp"
	"compress/flate"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"
)

// maxArchive is about twice what an archive has. Lambda takes 50 MB directly and Google 100 MB of source; long before that,
// something came in that does not belong.
const maxArchive = 25 << 20 // bytes

// file is one file of an archive.
type file struct {
	name    string
	content []byte
	mode    fs.FileMode
}

const (
	plain      fs.FileMode = 0o644
	executable fs.FileMode = 0o755
)

// epoch is the time of all files: zip's own first moment.
var epoch = time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)

// write makes the archive, and lists its files, its size and its SHA-256.
func write(path string, files []file, list io.Writer) error {
	archive, err := compress(files)
	if err != nil {
		return err
	}
	if len(archive) > maxArchive {
		return fmt.Errorf("%d bytes; want at most %d: see what came in", len(archive), maxArchive)
	}
	for _, f := range files {
		if _, err := fmt.Fprintf(list, "%10d  %s\n", len(f.content), f.name); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintf(list, "%10d  = %s, sha256 %x\n\n", len(archive), path, sha256.Sum256(archive)); err != nil {
		return err
	}
	return os.WriteFile(path, archive, 0o600)
}

// compress gives the same bytes for the same files, whatever their order, the machine and the day.
func compress(files []file) ([]byte, error) {
	slices.SortFunc(files, func(a, b file) int { return cmp.Compare(a.name, b.name) })
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	w.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.BestCompression)
	})
	for i, f := range files {
		if i > 0 && f.name == files[i-1].name {
			return nil, fmt.Errorf("%s is there twice", f.name)
		}
		header := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: epoch}
		header.SetMode(f.mode)
		body, err := w.CreateHeader(header)
		if err != nil {
			return nil, err
		}
		if _, err := body.Write(f.content); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return archive.Bytes(), err
}
