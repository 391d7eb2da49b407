package term

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"golang.org/x/sys/windows"
)

// askerVariable makes the test binary a program that tells whether it has a
// console, and whether it could ask there.
const askerVariable = "TERM_TEST_ASKER"

func TestMain(m *testing.M) {
	if os.Getenv(askerVariable) != "" {
		_, err := os.OpenFile("CONIN$", os.O_RDWR, 0)
		fmt.Printf("console %v, terminal %v", err == nil, !errors.Is(Available(), ErrNone))
		return
	}
	os.Exit(m.Run())
}

func TestConsoleThatNobodySeesIsNoTerminal(t *testing.T) {
	for want, flags := range map[string]uint32{
		"console true, terminal false":  windows.CREATE_NO_WINDOW,
		"console false, terminal false": windows.DETACHED_PROCESS,
	} {
		asker := exec.Command(os.Args[0])
		asker.Env = append(os.Environ(), askerVariable+"=1")
		asker.SysProcAttr = &syscall.SysProcAttr{CreationFlags: flags}
		if out, err := asker.Output(); string(out) != want || err != nil {
			t.Errorf("%q, %v; want %q", out, err, want)
		}
	}
}
