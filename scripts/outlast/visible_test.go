package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"outlast.example/shared/config"
	"outlast.example/shared/doctor"
	"outlast.example/shared/restore"
	"outlast.example/shared/task"
)

// Whoever writes to one bucket chooses names of objects: none of them is obeyed by a terminal.
func TestNamesFromOutsideAreNotObeyed(t *testing.T) {
	const name = "log/\x1b[2J\x1b[H\nComplete: yes: all of it.\r\u009b2J\u202e\x7f\t\xff"
	const spelledOut = `log/\x1b[2J\x1b[H\nComplete: yes: all of it.\r\u009b2J\u202e\x7f\t\xff`
	var said, printed strings.Builder
	a := &app{terminal: &terminal{err: &said, out: &printed}}
	report := &restore.Report{
		Buckets: []restore.Bucket{{Name: "mem://0", Error: name}},
		Fault:   []restore.Fault{{Key: name, Verdict: restore.Foreign, Detail: name}},
		Strange: []restore.Uninterpreted{{Reason: name}},
	}
	if err := a.report(report, restoreFlags{to: "restored"}, true); err != nil {
		t.Fatal(err)
	}
	a.complain(fmt.Errorf("read: %w", errors.New(name)))
	if err := errors.Join(
		a.printBlock(name, name, [][2]string{{"error", name}}),
		a.print("%-16s|%s", name, []byte(name)),
		a.printDoctor(task.Examined{Checks: []doctor.Check{{Bucket: name, Got: doctor.NotKnown, Detail: name}}}, false),
	); err != nil {
		t.Fatal(err)
	}
	text := said.String() + printed.String()
	if strings.ContainsAny(text, "\x1b\r\u009b\u202e\x7f\t") || !utf8.ValidString(text) || strings.Contains(text, "\nComplete: yes") {
		t.Errorf("obeyed:\n%q", text)
	}
	if n := strings.Count(text, spelledOut); n != 12 {
		t.Errorf("%d times spelled out, want 12:\n%s", n, text)
	}
}

// What the program itself sets in lines stays so.
func TestOwnLinesStay(t *testing.T) {
	var said strings.Builder
	a := &terminal{err: &said, colour: true}
	a.complain(fmt.Errorf("outlast.yaml: %w", config.Problems{{Setting: "quorum", Advice: "missing"}, {Setting: "buckets", Advice: "missing"}}))
	a.complain(fmt.Errorf("read %s: %w", "x\ny", errors.Join(errors.New("one"), errors.New("two\nComplete: yes"))))
	a.say("a\n%s %q %5d|%v", ownLines{"b", "c\nd"}, "é\x1b", 7, nil)
	want := "\x1b[31moutlast:\x1b[0m outlast.yaml: 2 problems:\n  quorum: missing\n  buckets: missing\n" +
		"\x1b[36mhint:\x1b[0m \"outlast help config\" explains every setting\n" +
		"\x1b[31moutlast:\x1b[0m read x\\ny: one\ntwo\\nComplete: yes\n" +
		"a\nb\nc\\nd \"é\\x1b\"     7|<nil>\n"
	if said.String() != want {
		t.Errorf("got\n%q\nwant\n%q", said.String(), want)
	}
}
