//go:build unix

package lab

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Grandchild is a program that would run for ever and is started by another
// one: whoever ends a command has to end what the command started, too.
type Grandchild struct {
	pipe  string
	end   *os.File // for reading; the grandchild holds the other one
	lines *bufio.Reader
	pid   int
}

// NewGrandchild is one that is not started yet. What it needs is made in dir.
func NewGrandchild(dir string) (*Grandchild, error) {
	g := &Grandchild{pipe: filepath.Join(dir, "grandchild")}
	return g, syscall.Mkfifo(g.pipe, 0o600)
}

// Line is a line for sh that starts it and waits for its end, with both of them
// holding stdout open.
func (g *Grandchild) Line() string {
	return `sh -c 'exec 9>"$0"; echo $$ >&9; sleep 1000; true' '` + g.pipe + `' | cat`
}

// Await waits until it runs.
func (g *Grandchild) Await() (err error) {
	if g.end, err = os.Open(g.pipe); err != nil {
		return err
	}
	g.lines = bufio.NewReader(g.end)
	_, err = fmt.Fscanln(g.lines, &g.pid)
	return err
}

// Ended reports whether it comes to its end within a limit. If not it is killed.
func (g *Grandchild) Ended(limit time.Duration) bool {
	defer g.end.Close()
	ended := make(chan struct{})
	go func() {
		_, _ = g.lines.ReadString('\n')
		close(ended)
	}()
	select {
	case <-ended:
		return true
	case <-time.After(limit):
		_ = syscall.Kill(g.pid, syscall.SIGKILL)
		return false
	}
}
