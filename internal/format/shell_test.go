package format

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// tellVariable makes the test binary print the format for the shell that
// started it.
const tellVariable = "FORMAT_TEST_TELL"

func TestMain(m *testing.M) {
	if os.Getenv(tellVariable) != "" {
		_, _ = os.Stdout.WriteString(string(ForShell(os.Getenv)))
		return
	}
	os.Exit(m.Run())
}

func TestForShell(t *testing.T) {
	windowsModules := `C:\Program Files\WindowsPowerShell\Modules;C:\Windows\system32\WindowsPowerShell\v1.0\Modules`
	for _, c := range []struct {
		name        string
		parent      string
		environment map[string]string
		posix       Format
		windows     Format
	}{
		{"nothing is known", "", nil, Env, WindowsCmd},
		{"bash, for whose user fish is the login shell", "/usr/bin/bash", map[string]string{"SHELL": "/usr/bin/fish"}, Env, Env},
		{"fish, started from bash", "/usr/bin/fish", map[string]string{"SHELL": "/bin/bash"}, Fish, Fish},
		{"a login shell", "-fish", nil, Fish, Fish},
		{"PowerShell on Linux", "/opt/microsoft/powershell/7/pwsh", map[string]string{"SHELL": "/bin/bash"}, PowerShell, PowerShell},
		{"Windows PowerShell", "powershell.exe", nil, PowerShell, PowerShell},
		{"cmd, in whose environment PowerShell's modules are too", `C:\Windows\System32\CMD.EXE`, map[string]string{"PSModulePath": windowsModules}, WindowsCmd, WindowsCmd},
		{"make, of a fish user", "/usr/bin/make", map[string]string{"SHELL": "/usr/bin/fish"}, Fish, Fish},
		{"make, of somebody with a shell of no format", "/usr/bin/make", map[string]string{"SHELL": "/usr/bin/tcsh"}, Env, WindowsCmd},
		{"a tool in Git Bash", "make.exe", map[string]string{"SHELL": "/usr/bin/bash"}, Env, Env},
		{"a tool in PowerShell on Linux", "/usr/bin/make", map[string]string{"SHELL": "/bin/bash", "PSModulePath": "/home/a/.local/share/powershell/Modules"}, PowerShell, Env},
		{"a tool in cmd", "make.exe", map[string]string{"PSModulePath": windowsModules, "USERPROFILE": `C:\Users\a`}, PowerShell, WindowsCmd},
		{"a tool in PowerShell", "make.exe", map[string]string{
			"PSModulePath": `c:\users\A\Documents\PowerShell\Modules;` + windowsModules, "USERPROFILE": `C:\Users\a`,
		}, PowerShell, PowerShell},
	} {
		getenv := func(name string) string { return c.environment[name] }
		posix, windows := fromPOSIX(getenv), fromWindows(getenv)
		if format, known := byProgram(c.parent); known {
			posix, windows = format, format
		}
		if posix != c.posix || windows != c.windows {
			t.Errorf("%s: got %s and %s on Windows, want %s and %s", c.name, posix, windows, c.posix, c.windows)
		}
	}
}

func TestTheShellThatRunsUsIsRecognised(t *testing.T) {
	for shell, c := range map[string]struct {
		want   Format
		script string
	}{
		"bash": {Env, `out=$("$SELF"); echo "$out"`},
		"dash": {Env, `out=$("$SELF"); echo "$out"`},
		"zsh":  {Env, `out=$("$SELF"); echo "$out"`},
		"fish": {Fish, `$SELF | cat`},
		"pwsh": {PowerShell, `& $Env:SELF | Write-Output`},
	} {
		t.Run(shell, func(t *testing.T) {
			path, err := exec.LookPath(shell)
			if err != nil {
				if os.Getenv("AWSMINT_TEST_REQUIRE") == "all" && shell != "pwsh" {
					t.Fatalf("%v, and AWSMINT_TEST_REQUIRE is all", err)
				}
				t.Skip(err)
			}
			cmd := exec.Command(path, "-c", c.script)
			// The environment speaks for another shell.
			other := map[Format]string{Env: "fish", Fish: "bash", PowerShell: "bash"}[c.want]
			cmd.Env = []string{"HOME=" + t.TempDir(), "PATH=/usr/bin:/bin", "SELF=" + os.Args[0], tellVariable + "=1", "SHELL=/bin/" + other}
			out, err := cmd.CombinedOutput()
			if got := strings.TrimSpace(string(out)); err != nil || got != string(c.want) {
				t.Errorf("got %q, %v; want %q", got, err, c.want)
			}
		})
	}
}
