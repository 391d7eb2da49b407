package cli

import "os"

// resizes never tells: there is no such signal. The next look at the cache finds
// the size that the terminal has by then.
func resizes() (resized <-chan os.Signal, stop func()) { return nil, func() {} }

// isDeserted is for Unix: on Windows only a write tells.
func isDeserted(*os.File) bool { return false }
