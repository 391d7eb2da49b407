//go:build unix

package cli

import (
	"log/slog"
	"testing"

	"github.com/awsmint/awsmint/internal/child"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/lab"
)

// What takes awsmint's place has its signals: on Windows it runs beside it, and
// Ctrl-C is the command's there too. Here the command is one that can't be run
// when it comes to it.
func TestExecLeavesSignalsToTheCommand(t *testing.T) {
	command := t.TempDir() + "/command"
	if err := lab.WriteProgram(command, "#!/no/such/interpreter\n"); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		inTime bool // no signal has come yet
		status fault.Status
	}{"in time": {true, child.NotExecutable}, "too late": {false, fault.Person}} {
		t.Run(name, func(t *testing.T) {
			released := 0
			app := &App{Log: slog.New(slog.DiscardHandler), Getenv: func(string) string { return "" }, Release: func() bool {
				released++
				return c.inTime
			}}
			exec := &Exec{Source: Source{Local: "http://127.0.0.1:1"}, Command: []string{command}}
			if err := exec.Run(t.Context(), app); fault.StatusOf(err) != c.status || released != 1 {
				t.Errorf("%v, released %d times", err, released)
			}
		})
	}
}
