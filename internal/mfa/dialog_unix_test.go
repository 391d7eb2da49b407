//go:build unix && !darwin

package mfa

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/lab"
)

// fakeDialog is a Dialog on a made-up desktop, whose programs are shell scripts
// of this test.
func fakeDialog(t *testing.T, desktop map[string]string, programs map[string]string) *Dialog {
	t.Helper()
	dir := t.TempDir()
	for name, script := range programs {
		if err := lab.WriteProgram(filepath.Join(dir, name), "#!/bin/sh\n"+script); err != nil {
			t.Fatal(err)
		}
	}
	return &Dialog{
		Getenv: func(name string) string { return desktop[name] },
		LookPath: func(name string) (string, error) {
			path := filepath.Join(dir, name)
			_, err := os.Stat(path)
			return path, err
		},
		Environ: []string{"PATH=" + os.Getenv("PATH"), "DIR=" + dir},
	}
}

var (
	onX       = map[string]string{"DISPLAY": ":1"}
	onWayland = map[string]string{"WAYLAND_DISPLAY": "wayland-0", "XDG_CURRENT_DESKTOP": "KDE"}
)

func TestDialogPrograms(t *testing.T) {
	both := map[string]string{"zenity": "echo 111111", "kdialog": "echo 222222"}
	for _, c := range []struct {
		name     string
		desktop  map[string]string
		programs map[string]string
		want     string
		fails    error
	}{
		{"zenity first", onX, both, "111111", nil},
		{"kdialog first on KDE", onWayland, both, "222222", nil},
		{"kdialog alone", onX, map[string]string{"kdialog": "echo 222222"}, "222222", nil},
		{"neither", onX, nil, "", ErrUnavailable},
		{"no display", nil, both, "", ErrUnavailable},
		{"cancelled", onX, map[string]string{"kdialog": "exit 1"}, "", ErrCancelled},
		{"cancelled with warnings", onX, map[string]string{"zenity": "echo Gtk-WARNING: theme >&2; exit 1"}, "", ErrCancelled},
		{"ended by Ctrl-C", onX, map[string]string{"zenity": "kill -INT $$"}, "", ErrCancelled},
		{"display gone (GTK 3)", onX, map[string]string{"zenity": "echo 'cannot open display: :1' >&2; exit 1"}, "", ErrUnavailable},
		{"display gone (GTK 4)", onX, map[string]string{"zenity": "echo 'Failed to open display' >&2; exit 1"}, "", ErrUnavailable},
		{"display gone (Qt)", onX, map[string]string{"kdialog": "echo 'could not connect to display' >&2; kill -ABRT $$"}, "", ErrUnavailable},
		{"not runnable", onX, map[string]string{"kdialog": "exit 126"}, "", ErrUnavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			code, err := fakeDialog(t, c.desktop, c.programs).Code(t.Context(), testRequest)
			if !errors.Is(err, c.fails) || code.Digits.Reveal() != c.want {
				t.Errorf("%q, %v; want %q, %v", code.Digits.Reveal(), err, c.want, c.fails)
			}
			if c.want != "" && code.Way != "dialog" {
				t.Errorf("way %q", code.Way)
			}
		})
	}
}

func TestDialogArguments(t *testing.T) {
	req := Request{Profile: `a_b "$(id)" \`, Serial: "--help", Refused: true}
	text := refusedNote(req) + "\n" + `MFA code for profile "a_b \"$(id)\" \\"` + "\n--help"
	for name, want := range map[string][]string{
		"kdialog": {"--title", "awsmint", "--password", text},
		"zenity":  {"--entry", "--hide-text", "--title=awsmint", "--text=" + strings.NewReplacer(`\`, `\\`, "_", "__").Replace(text)},
	} {
		way := fakeDialog(t, onX, map[string]string{name: `printf '%s\0' "$@" >"$DIR/args"; echo 123456`})
		if _, err := way.Code(t.Context(), req); err != nil {
			t.Fatal(err)
		}
		path, _ := way.LookPath("args")
		args, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Split(strings.TrimSuffix(string(args), "\x00"), "\x00")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestDialogAsksThreeTimesForSixDigits(t *testing.T) {
	way := fakeDialog(t, onX, map[string]string{"zenity": `printf x >>"$DIR/asked"; echo 12345`})
	_, err := way.Code(t.Context(), testRequest)
	wantPerson(t, err, nil, `3 answers to the prompt for the MFA code of device "`+testSerial+`" were not six digits`, "awsmint login work")
	path, _ := way.LookPath("asked")
	if asked, err := os.ReadFile(path); err != nil || len(asked) != maxAsks {
		t.Errorf("asked %d times, %v", len(asked), err)
	}
}

// need skips the test when what it needs is missing, or fails it where
// everything has to be there.
func need(t *testing.T, what string, err error) {
	t.Helper()
	switch {
	case err == nil:
	case os.Getenv("AWSMINT_TEST_REQUIRE") == "all":
		t.Fatalf("%s: %v", what, err)
	default:
		t.Skipf("%s: %v", what, err)
	}
}

// display is an X server of the test's own.
func display(t *testing.T) (name string) {
	t.Helper()
	for _, program := range []string{"Xvfb", "zenity", "xdotool"} {
		_, err := exec.LookPath(program)
		need(t, "a real dialog", err)
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	// Without -noreset the server starts anew whenever its last client leaves,
	// and that client may be an xdotool that looks for a window too early.
	// -r: on a busy machine a key would be held long enough to repeat itself.
	server := exec.Command("Xvfb", "-displayfd", "3", "-noreset", "-r", "-nolisten", "tcp", "-screen", "0", "640x480x24")
	server.ExtraFiles = []*os.File{write}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGTERM)
		_ = server.Wait()
	})
	_ = write.Close()
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return ":" + strings.TrimSpace(number)
}

// window is a dialog that is being asked on the display x.
type window struct {
	t       *testing.T
	environ []string
	results chan windowResult
}

type windowResult struct {
	code Code
	err  error
}

func openWindow(ctx context.Context, t *testing.T, way *Dialog) *window {
	w := &window{t: t, environ: way.Environ, results: make(chan windowResult, 1)}
	go func() {
		code, err := way.Code(ctx, Request{Profile: "my_work", Serial: testSerial})
		w.results <- windowResult{code, err}
	}()
	return w
}

// xdotool runs a command of that program.
func (w *window) xdotool(args ...string) error {
	ctx, cancel := context.WithTimeout(w.t.Context(), 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "xdotool", args...)
	cmd.Env = w.environ
	return cmd.Run()
}

// shows reports whether the window is there.
func (w *window) shows() bool {
	return w.xdotool("search", "--onlyvisible", "--name", "^awsmint$") == nil
}

// press presses keys until the dialog ends: a window that shows does not take
// keys yet.
func (w *window) press(keys ...string) windowResult {
	w.t.Helper()
	for range 100 {
		if w.shows() {
			_ = w.xdotool("search", "--onlyvisible", "--name", "^awsmint$", "windowfocus")
			_ = w.xdotool(append([]string{"key", "ctrl+a"}, keys...)...)
		}
		select {
		case r := <-w.results:
			return r
		case <-time.After(200 * time.Millisecond):
		}
	}
	w.t.Fatal("the dialog does not end")
	return windowResult{}
}

func TestRealDialog(t *testing.T) {
	x := display(t)
	environ := append(os.Environ(), "DISPLAY="+x, "WAYLAND_DISPLAY=", "GDK_BACKEND=x11", "NO_AT_BRIDGE=1", "HOME="+t.TempDir(), "DBUS_SESSION_BUS_ADDRESS=disabled:")
	way := &Dialog{Getenv: func(name string) string { return map[string]string{"DISPLAY": x}[name] }, Environ: environ}

	t.Run("closed when the context ends", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		w := openWindow(ctx, t, way)
		patience, stop := context.WithTimeout(ctx, 20*time.Second)
		defer stop()
		for !w.shows() {
			select {
			case r := <-w.results:
				t.Fatalf("no window: %v", r.err)
			case <-patience.Done():
				t.Fatal("the window does not show")
			default:
			}
		}
		cancel()
		if r := <-w.results; !errors.Is(r.err, ErrCancelled) || !errors.Is(r.err, context.Canceled) {
			t.Errorf("%v", r.err)
		}
		if w.shows() {
			t.Error("the window is still there")
		}
	})
	t.Run("answered", func(t *testing.T) {
		// A window that is just coming up on a busy machine may lose the first
		// keys, which nobody can see from outside.
		var r windowResult
		for range 5 {
			if r = openWindow(t.Context(), t, way).press("1", "2", "3", "4", "5", "6", "Return"); r.err == nil {
				break
			}
		}
		if r.err != nil || r.code.Digits.Reveal() != "123456" {
			t.Errorf("%q, %v", r.code.Digits.Reveal(), r.err)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		r := openWindow(t.Context(), t, way).press("Escape")
		if !errors.Is(r.err, ErrCancelled) || errors.Is(r.err, context.Canceled) {
			t.Errorf("%v", r.err)
		}
	})
	t.Run("display gone", func(t *testing.T) {
		way := &Dialog{Getenv: way.Getenv, Environ: append(environ, "DISPLAY=:no-such")}
		if _, err := way.Code(t.Context(), testRequest); !errors.Is(err, ErrUnavailable) {
			t.Errorf("%v", err)
		}
	})
}

func TestDialogLooksOnThePathItself(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("DISPLAY", ":1")
	_, err := (&Dialog{}).Code(t.Context(), testRequest)
	if !errors.Is(err, ErrUnavailable) || errors.Is(err, fs.ErrNotExist) || fmt.Sprint(err) != "neither zenity nor kdialog is installed" {
		t.Errorf("%v", err)
	}
}
