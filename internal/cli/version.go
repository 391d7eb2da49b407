package cli

import (
	"fmt"
	"runtime"
)

// Version prints which awsmint this is.
type Version struct{}

// Run prints one line.
func (*Version) Run(app *App) error {
	_, err := fmt.Fprintf(app.Stdout, "awsmint %s (%s %s/%s)\n", app.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// needsFiles: a bug report has the version in it whatever is amiss.
func (*Version) needsFiles() bool { return false }
