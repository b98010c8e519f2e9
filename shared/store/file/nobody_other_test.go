//go:build !linux

package file_test

import "testing"

// asNobody relies on the tests not running as root.
func asNobody(*testing.T) {}
