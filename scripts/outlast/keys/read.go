package keys

import (
	"errors"
	"fmt"
	"os"

	"filippo.io/age"
)

// ErrNoIdentity: none of the files gives an age identity.
var ErrNoIdentity = errors.New("no age identity")

// ReadIdentities takes those that are there: one is enough, and the others are kept elsewhere.
func ReadIdentities(paths []string) ([]age.Identity, error) {
	var all []age.Identity
	var missing []error
	for _, path := range paths {
		found, err := readIdentity(path)
		missing = append(missing, err)
		all = append(all, found...)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%w: %w", ErrNoIdentity, errors.Join(missing...))
	}
	return all, nil
}

func readIdentity(path string) (_ []age.Identity, err error) {
	file, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	found, err := age.ParseIdentities(file)
	if err != nil {
		return nil, fmt.Errorf("%s is not a file of age identities", path) // age's own error can quote a line
	}
	return found, nil
}
