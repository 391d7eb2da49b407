// Package browser opens a page in the person's browser, where there is one.
package browser

import (
	"os"
	"os/exec"
	"strings"

	"github.com/awsmint/awsmint/internal/child"
	"github.com/awsmint/awsmint/internal/fault"
)

// Browser is how pages are opened. Its zero value uses the process's own
// environment.
type Browser struct {
	Getenv   func(string) string          // nil: os.Getenv
	LookPath func(string) (string, error) // nil: exec.LookPath
	Environ  []string                     // for the browser; nil: os.Environ()
}

// Ready returns nil where Open would have something to start, and says why
// where it would not: over SSH the browser would open on the wrong machine.
func (b *Browser) Ready() error {
	_, err := b.command("https://localhost")
	return err
}

// Open starts the browser with a page and does not wait for it.
func (b *Browser) Open(url string) error {
	if !strings.HasPrefix(url, "https://") && !strings.HasPrefix(url, "http://") {
		return unavailable("not a web page")
	}
	words, err := b.command(url)
	if err != nil {
		return err
	}
	cmd := exec.Command(words[0], words[1:]...)
	environ := b.Environ
	if environ == nil {
		environ = os.Environ()
	}
	cmd.Env = child.Environ(environ)
	if err := cmd.Start(); err != nil {
		return unavailable(err.Error())
	}
	go func() { _ = cmd.Wait() }()
	return nil
}

// command is what opens a page: the program in BROWSER, which remote editors
// set to one that opens the page where the person sits, else the system's.
func (b *Browser) command(url string) ([]string, error) {
	if chosen, _, _ := strings.Cut(b.getenv("BROWSER"), string(os.PathListSeparator)); chosen != "" {
		words := strings.Fields(chosen)
		if path, err := b.lookPath(words[0]); err == nil {
			words[0] = path
			return withURL(words, url), nil
		}
	}
	if b.getenv("SSH_CONNECTION") != "" || b.getenv("SSH_TTY") != "" {
		return nil, unavailable("this is a session over SSH")
	}
	return b.system(url)
}

// withURL puts the page where the command has %s, else at its end.
func withURL(words []string, url string) []string {
	for i, word := range words {
		if strings.Contains(word, "%s") {
			words[i] = strings.ReplaceAll(word, "%s", url)
			return words
		}
	}
	return append(words, url)
}

func unavailable(why string) error {
	return fault.New(fault.Person, "no browser can be opened: "+why, "use the device code: --device-code")
}

func (b *Browser) getenv(name string) string {
	if b.Getenv != nil {
		return b.Getenv(name)
	}
	return os.Getenv(name)
}

func (b *Browser) lookPath(name string) (string, error) {
	if b.LookPath != nil {
		return b.LookPath(name)
	}
	return exec.LookPath(name)
}
