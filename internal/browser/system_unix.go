//go:build unix && !darwin

package browser

// openers are the programs that open a page in the desktop's browser; wslview
// does it from the Windows subsystem for Linux.
var openers = []string{"xdg-open", "x-www-browser", "www-browser", "wslview"}

func (b *Browser) system(url string) ([]string, error) {
	if b.getenv("DISPLAY") == "" && b.getenv("WAYLAND_DISPLAY") == "" && b.getenv("WSL_DISTRO_NAME") == "" {
		return nil, unavailable("there is no display")
	}
	for _, name := range openers {
		if path, err := b.lookPath(name); err == nil {
			return []string{path, url}, nil
		}
	}
	return nil, unavailable("xdg-open is not installed")
}
