// Package editortest tries what edits files whole against others of its kind:
// many at once, in processes and in threads, and one that is killed in the
// middle of a write. The other processes are the test's own binary, run anew.
package editortest

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"
)

// Edits are those of the package under test.
type Edits struct {
	Add   func(path, name string) error  // another entry, of letters, digits and _
	Count func(path string, n int) error // in the place of the number before
}

// The variables that make the test's binary one of the other processes: they
// name the file.
const (
	addVariable   = "EDITORTEST_ADD"
	countVariable = "EDITORTEST_COUNT"
)

const (
	processes       = 4
	editsPerProcess = 8
	goroutines      = 50
)

// Main is for TestMain: the exit status of the tests, or of another process.
func (e Edits) Main(m *testing.M) int {
	var err error
	if path := os.Getenv(addVariable); path != "" {
		for i := range editsPerProcess {
			if err == nil {
				err = e.Add(path, entry(os.Args[1], i))
			}
		}
	} else if path := os.Getenv(countVariable); path != "" {
		err = e.count(path)
	} else {
		return m.Run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func entry(process string, i int) string { return fmt.Sprintf("process_%s_%d", process, i) }

// Crowd adds entries to the file from all sides at once, and returns their
// names.
func (e Edits) Crowd(t *testing.T, path string) (names []string) {
	t.Helper()
	var wait sync.WaitGroup
	for i := range processes {
		number := strconv.Itoa(i)
		cmd := exec.Command(os.Args[0], number)
		cmd.Env = append(os.Environ(), addVariable+"="+path)
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		wait.Go(func() {
			if err := cmd.Wait(); err != nil {
				t.Errorf("an editing process: %v", err)
			}
		})
		for j := range editsPerProcess {
			names = append(names, entry(number, j))
		}
	}
	for i := range goroutines {
		name := fmt.Sprintf("goroutine_%d", i)
		names = append(names, name)
		wait.Go(func() {
			if err := e.Add(path, name); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	return names
}

// count counts in the file until it is killed or its parent is gone, and says
// so once it has begun.
func (e Edits) count(path string) error {
	gone := make(chan struct{})
	go func() {
		_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
		close(gone)
	}()
	for i := 0; ; i++ {
		select {
		case <-gone:
			return nil
		default:
		}
		if err := e.Count(path, i); err != nil {
			return err
		}
		if i == 0 {
			fmt.Println("writing")
		}
	}
}

// Rounds is how often a test has a writer killed.
const Rounds = 25

// Killed has another process count in the file, and kills it: in each round at
// another instant of a write.
func (e Edits) Killed(t *testing.T, path string, round int) {
	t.Helper()
	writer := exec.Command(os.Args[0])
	writer.Env = append(os.Environ(), countVariable+"="+path)
	writer.Stderr = os.Stderr
	stdin, err := writer.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := writer.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := writer.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	kill := time.AfterFunc(time.Duration(round)*173*time.Microsecond, func() { _ = writer.Process.Kill() })
	_ = writer.Wait()
	kill.Stop()
	_ = stdin.Close()
	if line != "writing\n" {
		t.Fatalf("the writer said %q, %v", line, err)
	}
}
