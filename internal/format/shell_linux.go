package format

import (
	"fmt"
	"os"
)

// parentProgram is the path of the program that started this one, or nothing
// where it can't be known. It is the program that runs, not the name of a
// script that it reads.
func parentProgram() string {
	path, _ := os.Readlink(fmt.Sprintf("/proc/%d/exe", os.Getppid()))
	return path
}

func fromEnvironment(getenv func(string) string) Format { return fromPOSIX(getenv) }
