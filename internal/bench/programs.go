package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// helloWorld is the yardstick: no Go program starts sooner.
const helloWorld = `package main

import "fmt"

func main() { fmt.Println("hello, world") }
`

// peakProgram runs its arguments and prints the peak of the child's resident
// memory in kilobytes. It is a small program of its own because the kernel
// counts what the parent held when it forked.
const peakProgram = `package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

func main() {
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		panic(err)
	}
	fmt.Println(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
}
`

// buildSource builds one file of Go as awsmint is built.
func buildSource(dir, name, source string) (string, error) {
	file, binary := filepath.Join(dir, name+".go"), filepath.Join(dir, name)
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		return "", err
	}
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, file)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building %s: %w\n%s", name, err, out)
	}
	return binary, nil
}
