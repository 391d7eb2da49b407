package format

import (
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

// parentProgram is the name of the program that started this one, or nothing
// where it can't be known.
func parentProgram() string {
	snapshot, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPPROCESS, 0)
	if err != nil {
		return ""
	}
	defer windows.CloseHandle(snapshot)
	parent := uint32(os.Getppid())
	entry := windows.ProcessEntry32{Size: uint32(unsafe.Sizeof(windows.ProcessEntry32{}))}
	for err = windows.Process32First(snapshot, &entry); err == nil; err = windows.Process32Next(snapshot, &entry) {
		if entry.ProcessID == parent {
			return windows.UTF16ToString(entry.ExeFile[:])
		}
	}
	return ""
}

func fromEnvironment(getenv func(string) string) Format { return fromWindows(getenv) }
