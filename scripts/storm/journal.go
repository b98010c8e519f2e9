package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// answer is what the CRM heard to one request.
type answer struct {
	began    time.Time
	took     time.Duration
	receiver int
	outcome  string // a status, or why there is none: timeout, broken
	id       int64  // of the record, see body
}

const acknowledged = "200"

// journal is the file of all answers. A line is written before the next delivery is posted, so that whoever kills the CRM
// takes nothing that was acknowledged out of the account. Each line ends with a mark: one that was cut off is none.
type journal struct {
	mu   sync.Mutex
	file *os.File
}

const lineFormat = "%d %d %d %s %d ."

func openJournal(path string) (*journal, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	if _, err := f.WriteString("\n"); err != nil { // ends what a kill left half
		return nil, errors.Join(err, f.Close())
	}
	return &journal{file: f}, nil
}

func (j *journal) write(a answer) error {
	line := fmt.Sprintf(lineFormat+"\n", a.began.UnixNano(), a.took.Microseconds(), a.receiver, a.outcome, a.id)
	j.mu.Lock()
	defer j.mu.Unlock()
	_, err := j.file.WriteString(line)
	return err
}

func (j *journal) close() error { return j.file.Close() }

// readJournal gives all whole lines; a journal that is not there yet has none.
func readJournal(path string) ([]answer, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read journal: %w", err)
	}
	defer func() { _ = f.Close() }() // read only
	return readAnswers(f)
}

// countAnswers counts whole lines.
func countAnswers(path string) (int, error) {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return 0, fmt.Errorf("read journal: %w", err)
	}
	return bytes.Count(text, []byte(" .\n")), nil
}

func readAnswers(r io.Reader) ([]answer, error) {
	var all []answer
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if a, whole := parseAnswer(lines.Text()); whole {
			all = append(all, a)
		}
	}
	return all, lines.Err()
}

func parseAnswer(line string) (a answer, whole bool) {
	if !strings.HasSuffix(line, " .") || strings.Count(line, " ") != strings.Count(lineFormat, " ") {
		return answer{}, false
	}
	var began, took int64
	_, err := fmt.Sscanf(line, lineFormat, &began, &took, &a.receiver, &a.outcome, &a.id)
	a.began, a.took = time.Unix(0, began), time.Duration(took)*time.Microsecond
	return a, err == nil
}
