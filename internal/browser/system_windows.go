package browser

import "path/filepath"

// system is the handler of web addresses that Windows itself uses; unlike
// cmd's start it reads no & in an address as the end of a command.
func (b *Browser) system(url string) ([]string, error) {
	rundll := filepath.Join(b.getenv("SystemRoot"), "System32", "rundll32.exe")
	return []string{rundll, "url.dll,FileProtocolHandler", url}, nil
}
