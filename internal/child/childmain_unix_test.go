//go:build unix

package child_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/awsmint/awsmint/internal/term/termtest"
)

// leftStatus is the child's when its stdin has ended.
const leftStatus = 9

// childMain is a command that prints its number, and then each signal that it
// gets and does not ignore. On the line "stop" of its stdin it stops itself.
func childMain() int {
	signals := make(chan os.Signal, 64)
	for _, s := range []unix.Signal{unix.SIGHUP, unix.SIGINT, unix.SIGQUIT, unix.SIGTERM, unix.SIGUSR1, unix.SIGUSR2, unix.SIGALRM, unix.SIGWINCH, unix.SIGCONT} {
		if !signal.Ignored(s) {
			signal.Notify(signals, s)
		}
	}
	go func() {
		for s := range signals {
			fmt.Println(unix.SignalName(s.(unix.Signal)))
		}
	}()
	fmt.Println(os.Getpid())
	for input := bufio.NewScanner(os.Stdin); input.Scan(); {
		if input.Text() == "stop" {
			_ = unix.Kill(os.Getpid(), unix.SIGSTOP)
			continue
		}
		fmt.Println(input.Text())
	}
	return leftStatus
}

// patience is how long anything awaited may take.
const patience = 20 * time.Second

// family is a parent that is about to run the child, and the child's stdin and
// stdout.
type family struct {
	*exec.Cmd
	stdin *os.File
	lines chan string
	child int // the child's process number
}

func newFamily(t *testing.T, how string) *family {
	t.Helper()
	inRead, inWrite, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	outRead, outWrite, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	f := &family{Cmd: parent(t, how, os.Args[0]), stdin: inWrite, lines: make(chan string, 64)}
	f.Env = append(f.Env, childVariable+"=1")
	f.Stdin, f.Stdout = inRead, outWrite
	go func() {
		defer close(f.lines)
		for output := bufio.NewScanner(outRead); output.Scan(); {
			f.lines <- output.Text()
		}
	}()
	t.Cleanup(func() { _, _, _, _ = inRead.Close(), inWrite.Close(), outRead.Close(), outWrite.Close() })
	return f
}

// alone starts the parent in a session without a terminal.
func (f *family) alone(t *testing.T) {
	t.Helper()
	f.SysProcAttr = &unix.SysProcAttr{Setsid: true}
	if err := f.Start(); err != nil {
		t.Fatal(err)
	}
	f.meet(t)
}

// job starts the parent as the job of a terminal's shell.
func (f *family) job(t *testing.T, background bool) (s *termtest.Session, pid int) {
	t.Helper()
	s = termtest.Open(t)
	s.Start(f.Cmd, background)
	pid = s.Started()
	f.meet(t)
	return s, pid
}

func (f *family) meet(t *testing.T) {
	t.Helper()
	number := f.next(t)
	var err error
	if f.child, err = strconv.Atoi(number); err != nil {
		t.Fatalf("the child says %q", number)
	}
}

// next is what the child prints next.
func (f *family) next(t *testing.T) string {
	t.Helper()
	select {
	case line := <-f.lines:
		return line
	case <-time.After(patience):
		t.Fatal("the child says nothing")
	}
	return ""
}

// wantLines checks what the child prints next.
func (f *family) wantLines(t *testing.T, want ...string) {
	t.Helper()
	for _, line := range want {
		if got := f.next(t); got != line {
			t.Fatalf("the child says %q, want %q", got, line)
		}
	}
}

func (f *family) say(t *testing.T, line string) {
	t.Helper()
	if _, err := io.WriteString(f.stdin, line+"\n"); err != nil {
		t.Fatal(err)
	}
}

func kill(t *testing.T, pid int, s unix.Signal) {
	t.Helper()
	if err := unix.Kill(pid, s); err != nil {
		t.Fatal(err)
	}
}

// state is the letter for what a process does: R, S, T (stopped).
func state(t *testing.T, pid int) string {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Skip("there is no /proc: ", err)
	}
	_, after, _ := bytes.Cut(text, []byte(") "))
	letter, _, _ := strings.Cut(string(after), " ")
	return letter
}
