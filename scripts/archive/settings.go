package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"outlast.example/shared/config"
)

// settings is the configuration that goes into every archive, none where path is empty. Archives lie about, on machines and
// in the providers' buckets: a secret in one is refused. What names files of this machine stays here, and the list says so: no
// function has those files, and one that looks for its key there does not start.
func settings(path string, list io.Writer) ([]file, error) {
	if path == "" {
		return nil, nil
	}
	c, err := config.Load(config.Layers{Path: path})
	if err != nil {
		return nil, err
	}
	secret := c.Receiver.Key != "" || c.Sealer.Key != ""
	for _, s := range c.Sources {
		secret = secret || len(s.Secrets) > 0
	}
	if secret {
		return nil, fmt.Errorf("%s holds a secret: take it out, and give it to the functions by the environment (\"outlast help config\")", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	text, left, err := withoutFiles(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(left) > 0 {
		_, err = fmt.Fprintf(list, "outlast.yaml goes without what names files of this machine: %s\n\n", strings.Join(left, ", "))
	}
	return []file{{"outlast.yaml", text, plain}}, err
}

// filed are the settings that name files, as shared/config has them.
var filed = [][]string{{"identities"}, {"receiver", "key_file"}, {"sealer", "key_file"}, {"sources", "secret_files"}}

// withoutFiles takes those settings out, and gives their names. A text that has none stays as it is.
func withoutFiles(text []byte) (_ []byte, left []string, err error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil || len(document.Content) == 0 {
		return text, nil, err
	}
	for _, path := range filed {
		if cut(document.Content[0], path) {
			left = append(left, strings.Join(path, "."))
		}
	}
	if len(left) == 0 {
		return text, nil, nil
	}
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	err = encoder.Encode(&document)
	return b.Bytes(), left, err
}

// cut takes a setting out of a mapping, or out of each mapping of a sequence.
func cut(n *yaml.Node, path []string) bool {
	if n.Kind == yaml.SequenceNode {
		found := false
		for _, item := range n.Content {
			found = cut(item, path) || found
		}
		return found
	}
	if n.Kind != yaml.MappingNode {
		return false
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		switch {
		case n.Content[i].Value != path[0]:
		case len(path) > 1:
			return cut(n.Content[i+1], path[1:])
		default:
			n.Content = slices.Delete(n.Content, i, i+2)
			return true
		}
	}
	return false
}
