package main

import (
	"fmt"
	"io/fs"
)

// add takes the files of a folder that fit a pattern; one at least must.
func add(to []file, folder fs.FS, pattern string) ([]file, error) {
	names, err := fs.Glob(folder, pattern)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no file %s", pattern)
	}
	for _, name := range names {
		content, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, err
		}
		to = append(to, file{name, content, plain})
	}
	return to, nil
}
