package term

import "golang.org/x/sys/windows"

// obeysEscapes turns escape sequences on, which consoles know since Windows 10.
func (t *Terminal) obeysEscapes(string) bool {
	var mode uint32
	console := windows.Handle(t.out.Fd())
	if windows.GetConsoleMode(console, &mode) != nil {
		return false
	}
	return windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
