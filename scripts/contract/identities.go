package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"outlast.example/shared/doctor"
)

// administrator is who may do everything in the account that a person can: what holds against him holds.
const administrator doctor.Role = "administrator"

func roleNames() string {
	names := []string{string(administrator)}
	for _, r := range doctor.Roles() {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}

// identities are the variables by which the clouds' SDKs find the credentials of each.
type identities map[doctor.Role]map[string]string

// readIdentities takes FOLDER/ROLE.env, lines of NAME=VALUE. An identity without a file is one that is not there.
func readIdentities(folder string) (identities, error) {
	all := identities{}
	for _, role := range append(doctor.Roles(), administrator) {
		path := filepath.Join(folder, string(role)+".env")
		text, err := os.ReadFile(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return nil, err
		}
		all[role] = map[string]string{}
		for i, line := range strings.Split(string(text), "\n") {
			line = strings.TrimSpace(line)
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			name, value, found := strings.Cut(line, "=")
			if !found {
				return nil, fmt.Errorf("%s: line %d: want NAME=VALUE", path, i+1)
			}
			all[role][name] = value
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s: no identity in it: name the files %s, with .env behind", folder, roleNames())
	}
	return all, nil
}

var errNobody = errors.New("no such identity")

// as opens something with the variables of one identity and without those of the others: SDKs read them when a client is made.
func (all identities) as(role doctor.Role, open func() error) error {
	own, has := all[role]
	if !has {
		return fmt.Errorf("%w: %s", errNobody, role)
	}
	for _, variables := range all {
		for name := range variables {
			defer put(name)()
			_ = os.Unsetenv(name) // never fails for a name that could be set
		}
	}
	for name, value := range own {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return open()
}

// put gives what puts a variable back as it is.
func put(name string) func() {
	value, was := os.LookupEnv(name)
	if !was {
		return func() { _ = os.Unsetenv(name) }
	}
	return func() { _ = os.Setenv(name, value) }
}
