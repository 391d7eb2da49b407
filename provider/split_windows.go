package provider

import "golang.org/x/sys/windows"

// split takes a command line apart as a program of Microsoft's C library does
// on Windows, and botocore after it.
// https://learn.microsoft.com/en-us/cpp/c-language/parsing-c-command-line-arguments
func split(line string) ([]string, error) { return windows.DecomposeCommandLine(line) }
