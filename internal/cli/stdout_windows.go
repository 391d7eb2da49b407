package cli

// wasClosed is for Unix: on Windows a write to a closed stream fails.
func wasClosed(any) bool { return false }
