package browser_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/browser"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/lab"
)

func only(names ...string) func(string) (string, error) {
	return func(name string) (string, error) {
		for _, there := range names {
			if name == there {
				return "/usr/bin/" + name, nil
			}
		}
		return "", os.ErrNotExist
	}
}

func TestWhereABrowserCanBeOpened(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("the rules are those of a Unix desktop")
	}
	for _, test := range []struct {
		name   string
		env    map[string]string
		there  []string
		refuse string
	}{
		{"a desktop", map[string]string{"DISPLAY": ":0"}, []string{"xdg-open"}, ""},
		{"Wayland", map[string]string{"WAYLAND_DISPLAY": "wayland-0"}, []string{"x-www-browser"}, ""},
		{"WSL", map[string]string{"WSL_DISTRO_NAME": "Debian"}, []string{"wslview"}, ""},
		{"no display", nil, []string{"xdg-open"}, "no display"},
		{"nothing installed", map[string]string{"DISPLAY": ":0"}, nil, "xdg-open"},
		{"SSH with a display of its own", map[string]string{"DISPLAY": ":10", "SSH_CONNECTION": "a"}, []string{"xdg-open"}, "SSH"},
		{"a remote editor's helper", map[string]string{"BROWSER": "/srv/editor/browser.sh", "SSH_TTY": "/dev/pts/1"}, []string{"/srv/editor/browser.sh"}, ""},
		{"BROWSER that is not there", map[string]string{"BROWSER": "nosuch"}, nil, "no display"},
	} {
		b := browser.Browser{Getenv: func(name string) string { return test.env[name] }, LookPath: only(test.there...)}
		err := b.Ready()
		if test.refuse == "" && err != nil || test.refuse != "" && (err == nil || !strings.Contains(err.Error(), test.refuse)) {
			t.Errorf("%s: %v, want %q", test.name, err, test.refuse)
		}
		if err != nil && fault.StatusOf(err) != fault.Person {
			t.Errorf("%s: status %d", test.name, fault.StatusOf(err))
		}
	}
}

// The program gets the page as one argument, whatever is in it, and none of
// awsmint's secrets.
func TestBrowserGetsThePage(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the stand-in is a shell script")
	}
	dir := t.TempDir()
	fifo := filepath.Join(dir, "seen")
	script := filepath.Join(dir, "browser.sh")
	if err := lab.WriteProgram(script, "#!/bin/sh\n{ echo \"$#:$*\"; env; } > \""+fifo+".new\"\nmv \""+fifo+".new\" \""+fifo+"\"\n"); err != nil {
		t.Fatal(err)
	}
	const page = "https://localhost/authorize?a=1&b=$(touch x);c='d'"
	b := browser.Browser{
		Getenv:  func(name string) string { return map[string]string{"BROWSER": script + " --new %s --last"}[name] },
		Environ: []string{"PATH=/usr/bin:/bin", "AWSMINT_PASSPHRASE=secret"},
	}
	if err := b.Open(page); err != nil {
		t.Fatal(err)
	}
	seen := waitForFile(t, fifo)
	if !strings.HasPrefix(seen, "3:--new "+page+" --last\n") || strings.Contains(seen, "PASSPHRASE") {
		t.Errorf("the browser got %q", seen)
	}
	if err := b.Open("--version"); err == nil {
		t.Error("an option was opened as a page")
	}
}
