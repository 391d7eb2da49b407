//go:build unix

package termtest

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// The variables that make the test binary the shell, or the process that waits
// to become its job.
const (
	shellVariable = "TERMTEST_SHELL"
	jobVariable   = "TERMTEST_JOB"
)

// The files that the shell and the waiting job are given.
const (
	ttyFD      = 3
	eventsFD   = 4
	commandsFD = 5
	goFD       = 3 // the job may start when this ends
)

// Shell makes this process the session's shell, or its job, if Start made it
// for that; then it does not return. It is the first call in TestMain.
func Shell() {
	switch {
	case os.Getenv(shellVariable) != "":
		shell()
		os.Exit(0)
	case os.Getenv(jobVariable) != "":
		becomeJob()
	}
}

// becomeJob waits until the shell has put this process where it belongs and
// then runs the job in its place.
func becomeJob() {
	_, _ = os.NewFile(goFD, "go").Read(make([]byte, 1))
	_ = os.Unsetenv(jobVariable)
	unix.CloseOnExec(goFD)
	panic(syscall.Exec(os.Args[1], os.Args[1:], os.Environ()))
}

func shell() {
	place := os.Getenv(shellVariable)
	_ = os.Unsetenv(shellVariable)
	for _, fd := range []int{ttyFD, eventsFD, commandsFD} {
		unix.CloseOnExec(fd)
	}
	events := os.NewFile(eventsFD, "events")

	goRead, goWrite, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	job := exec.Command(os.Args[0], os.Args[1:]...)
	job.Env = append(os.Environ(), jobVariable+"=1")
	job.Stdin, job.Stdout, job.Stderr = os.Stdin, os.Stdout, os.Stderr
	job.ExtraFiles = []*os.File{goRead}
	job.SysProcAttr = &unix.SysProcAttr{Setpgid: true}
	if err := job.Start(); err != nil {
		panic(err)
	}
	pid := job.Process.Pid
	if place == "foreground" {
		setForeground(pid)
	}
	fmt.Fprintln(events, "started", pid)
	_ = goWrite.Close()

	go obey(pid)
	for {
		var status unix.WaitStatus
		_, err := unix.Wait4(pid, &status, unix.WUNTRACED, nil)
		switch {
		case err == unix.EINTR:
		case err != nil:
			panic(err)
		case status.Stopped():
			setForeground(unix.Getpgrp())
			fmt.Fprintln(events, "stopped")
		default:
			if status.Signaled() {
				fmt.Fprintln(events, "killed", status.Signal())
			} else {
				fmt.Fprintln(events, "exited", status.ExitStatus())
			}
			// The terminal hangs up when the session's leader ends, and the
			// test still looks at it: obey ends this process.
			select {}
		}
	}
}

// obey does what the test commands, and ends the session with it.
func obey(pid int) {
	commands := bufio.NewScanner(os.NewFile(commandsFD, "commands"))
	for commands.Scan() {
		if commands.Text() == "fg" {
			setForeground(pid)
		}
		_ = unix.Kill(-pid, unix.SIGCONT)
	}
	_ = unix.Kill(-pid, unix.SIGKILL)
	os.Exit(0)
}

// setForeground gives the terminal to a process group. A shell in the
// background may do so only while it ignores SIGTTOU.
func setForeground(group int) {
	signal.Ignore(unix.SIGTTOU)
	defer signal.Reset(unix.SIGTTOU)
	if err := unix.IoctlSetPointerInt(ttyFD, unix.TIOCSPGRP, group); err != nil {
		panic(err)
	}
}
