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

func receiverName(name string) string { return "receiver-" + name + ".pem" }
func identityName(i int) string       { return fmt.Sprintf("identity-%d.txt", i+1) }

// Write makes the folder with all keys, or leaves everything as it was: the files are written beside it, and a rename
// puts them in place, which fails where anything is there already.
func (m *Made) Write(folder string) (err error) {
	folder = filepath.Clean(folder)
	if entries, err := os.ReadDir(folder); err == nil && len(entries) > 0 {
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
	root, err := format.MarshalPrivateKey(m.Root)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{RootName: root}
	for _, r := range m.Receivers {
		if files[receiverName(r.Name)], err = format.MarshalPrivateKey(r.Key); err != nil {
			return nil, err
		}
	}
	for i, identity := range m.Identities {
		files[identityName(i)] = fmt.Appendf(nil, "# public key: %s\n%s\n", identity.Recipient(), identity)
	}
	return files, nil
}

// writeFile makes sure that a key is on the disk before anything is encrypted to it.
func writeFile(path string, text []byte) (err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // the operator names the folder
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if _, err := file.Write(text); err != nil {
		return err
	}
	return file.Sync()
}
