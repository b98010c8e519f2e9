package keys

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"outlast.example/shared/format"
)

// RootName is the root key's file.
const RootName = "root.pem"

// ReceiverName is the file of a receiver's key.
func ReceiverName(name string) string { return "receiver-" + name + ".pem" }

// SealerName is the file of a sealer's key.
func SealerName(name string) string { return "sealer-" + name + ".pem" }

func identityName(i int) string { return fmt.Sprintf("identity-%d.txt", i+1) }

// Write makes the folder with all keys, or leaves everything as it was: the files are written beside it, and a rename
// puts them in place, which fails where anything is there already.
func (m *Made) Write(folder string) (err error) {
	folder = filepath.Clean(folder)
	if Has(folder) {
		return fmt.Errorf("write keys to %s: %w", folder, fs.ErrExist)
	}
	files, err := m.files()
	if err != nil {
		return err
	}
	part, err := os.MkdirTemp(filepath.Dir(folder), ".keys-") // readable by the owner alone
	if err != nil {
		return fmt.Errorf("write keys to %s: %w", folder, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(part)) }()
	for name, text := range files {
		if err := writeFile(filepath.Join(part, name), text); err != nil {
			return fmt.Errorf("write keys to %s: %w", folder, err)
		}
	}
	if err := errors.Join(syncFolder(part), os.Rename(part, folder), syncFolder(filepath.Dir(folder))); err != nil {
		return fmt.Errorf("write keys to %s: %w", folder, err)
	}
	return nil
}

// syncFolder puts the names in a folder on the disk.
func syncFolder(path string) error {
	folder, err := os.Open(path) //nolint:gosec // the operator names the folder
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

func (m *Made) files() (map[string][]byte, error) {
	files, err := m.Signers.files()
	if err != nil {
		return nil, err
	}
	if files[RootName], err = format.MarshalPrivateKey(m.Root); err != nil {
		return nil, err
	}
	for i, identity := range m.Identities {
		files[identityName(i)] = fmt.Appendf(nil, "# public key: %s\n%s\n", identity.Recipient(), identity)
	}
	return files, nil
}

func (s Signers) files() (files map[string][]byte, err error) {
	files = map[string][]byte{}
	for _, r := range s.Receivers {
		if files[ReceiverName(r.Name)], err = format.MarshalPrivateKey(r.Key); err != nil {
			return nil, err
		}
	}
	for _, r := range s.Sealers {
		if files[SealerName(r.Name)], err = format.MarshalPrivateKey(r.Key); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// Add puts keys beside those that a folder has, or leaves everything as it was: it overwrites none.
func (s Signers) Add(folder string) (err error) {
	files, err := s.files()
	if err != nil {
		return err
	}
	var made []string
	defer func() {
		if err != nil {
			for _, path := range made {
				err = errors.Join(err, os.Remove(path))
			}
			err = fmt.Errorf("add keys to %s: %w", folder, err)
		}
	}()
	for name, text := range files {
		path := filepath.Join(folder, name)
		if err := writeFile(path, text); err != nil {
			return err
		}
		made = append(made, path)
	}
	return syncFolder(folder)
}

// Has reports whether a folder has anything in it.
func Has(folder string) bool {
	entries, err := os.ReadDir(folder)
	return err == nil && len(entries) > 0
}

// writeFile makes sure that a key is on the disk before anything is encrypted to it. It leaves no half of one.
func writeFile(path string, text []byte) (err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // the operator names the folder
	if err != nil {
		return err
	}
	defer func() {
		if err = errors.Join(err, file.Close()); err != nil {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	if _, err := file.Write(text); err != nil {
		return err
	}
	return file.Sync()
}
