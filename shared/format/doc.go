// Package format is the bucket's format, pure: names of objects, batches, descriptors. FORMAT.md beside this file says
// it in words, precisely enough to write a second reader.
package format
