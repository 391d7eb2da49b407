package cli

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/provider"
)

// lines are what add may write, with the words that each must be read as.
var lines = []struct{ program, profile string }{
	{"/usr/local/bin/awsmint", "work"},
	{"/opt/homebrew/bin/awsmint", "team.a-b_c@d+e:f/g"},
	{"/Users/Alice Smith/bin/awsmint", "work"},
	{"/home/zoë/bin/awsmint", "1"},
}

// What is written to the config file comes out of it, and of each way that
// SDKs split a command line, as the same words.
func TestProcessLineIsReadTheSameByAll(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the paths are those of Unix")
	}
	for _, c := range lines {
		line, err := processLine(c.program, c.profile)
		if err != nil {
			t.Errorf("%v: %v", c, err)
			continue
		}
		want := []string{c.program, "process", c.profile}

		d := awsconfig.NewDocument(nil)
		if err := d.Set(awsconfig.ConfigProfile(c.profile), "credential_process", line); err != nil {
			t.Errorf("%q: %v", line, err)
		}
		config, err := awsconfig.Parse(d.Bytes(), nil)
		if err != nil {
			t.Fatal(err)
		}
		section, err := config.Profile(c.profile)
		if err != nil || section.Get("credential_process") != line {
			t.Errorf("%q is not what the config file gives back: %v", line, err)
		}
		// Go's reader strips quotes that enclose a whole value.
		if first, last := line[0], line[len(line)-1]; first == last && (first == '"' || first == '\'') {
			t.Errorf("%q loses its quotes in the Go SDK", line)
		}
		if got := words(t, "sh", "-c", `for w in `+line+`; do printf '%s\n' "$w"; done`); !slices.Equal(got, want) {
			t.Errorf("sh reads %q as %q", line, got)
		}
		if python, err := exec.LookPath("python3"); err == nil {
			const split = "import shlex, sys\nfor w in shlex.split(sys.argv[1]): print(w)"
			if got := words(t, python, "-c", split, line); !slices.Equal(got, want) {
				t.Errorf("shlex reads %q as %q", line, got)
			}
		} else if os.Getenv("AWSMINT_TEST_REQUIRE") == "all" {
			t.Error("python3 is not installed")
		}
		if own, ok := provider.OwnLine(line); !ok || own.Profile != c.profile {
			t.Errorf("our own line %q is taken for one of %q, %v", line, own.Profile, ok)
		}
	}
}

func words(t *testing.T, name string, args ...string) []string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "PYTHONUTF8=1", "LC_ALL=C.UTF-8")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", name, err, out)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}

func TestPathsThatAreReadInMoreThanOneWay(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the paths are those of Unix")
	}
	for _, program := range []string{
		"awsmint", "./awsmint", "~/bin/awsmint", "/home/$USER/awsmint", "/a#b/awsmint", "/a;b/awsmint", "/a%b/awsmint",
		`/a"b/awsmint`, "/a'b/awsmint", `/a\b/awsmint`, "/a&b/awsmint", "/a(b)/awsmint", "/a*/awsmint", "/a\tb/awsmint", "/a\nb/awsmint",
	} {
		if line, err := processLine(program, "work"); err == nil {
			t.Errorf("%q was written as %q", program, line)
		}
	}
}

func TestProfileNames(t *testing.T) {
	for _, name := range []string{"work", "a.b-c_d", "x@y+z", "team:a/b", "9"} {
		if err := checkProfileName(name); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"", "my work", "-x", "--help", "a;b", "a#b", "50%", "a$b", `a"b`, "a]b", "a\nb", "ä"} {
		if err := checkProfileName(name); err == nil {
			t.Errorf("%q was let through", name)
		}
	}
}

func TestTemporaryBuild(t *testing.T) {
	for path, want := range map[string]bool{
		"/tmp/go-build123/b001/exe/awsmint":                                     true,
		"/home/a/.cache/go-build/f8/" + strings.Repeat("f8", 32) + "-d/awsmint": true,
		"/home/a/" + strings.Repeat("f8", 32) + "/awsmint":                      false,
		"/usr/local/bin/awsmint":                                                false,
		"/home/a/go-build/awsmint":                                              false,
	} {
		if got := temporaryBuild(filepath.FromSlash(path)); got != want {
			t.Errorf("temporaryBuild(%q) = %v", path, got)
		}
	}
}

func TestParseProcess(t *testing.T) {
	for _, c := range []struct {
		args []string
		want *Process
	}{
		{[]string{"process", "work"}, &Process{Profile: "work"}},
		{[]string{"process", "work", "--no-input"}, &Process{Profile: "work", NoInput: true}},
		{[]string{"process", "--no-input", "work"}, &Process{Profile: "work", NoInput: true}},
		{[]string{"process"}, nil},
		{[]string{"process", ""}, nil},
		{[]string{"process", "--help"}, nil},
		{[]string{"process", "a", "b"}, nil},
		{[]string{"process", "--", "a"}, nil},
		{[]string{"login", "work"}, nil},
		{nil, nil},
	} {
		got, ok := ParseProcess(c.args)
		if ok != (c.want != nil) || ok && *got != *c.want {
			t.Errorf("ParseProcess(%q) = %+v, %v; want %+v", c.args, got, ok, c.want)
		}
	}
}

// Every error ends as a short message on stderr, with a hint below the fact.
func TestReport(t *testing.T) {
	long := strings.Repeat("ü", 2*maxReport)
	for _, c := range []struct {
		err    error
		status int
		want   string
	}{
		{nil, 0, ""},
		{os.ErrClosed, 1, "awsmint: file already closed\n"},
		{checkProfileName("a b"), 2, "awsmint: \"a b\" is no profile name that every SDK can read\n  use letters, digits and _ - . @ + : / only\n"},
	} {
		var out strings.Builder
		if status := Report(&out, c.err); status != c.status || out.String() != c.want {
			t.Errorf("Report(%v) = %d, %q; want %d, %q", c.err, status, out.String(), c.status, c.want)
		}
	}
	var out strings.Builder
	Report(&out, checkProfileName(long))
	if out.Len() > 1024 || !strings.HasSuffix(out.String(), "…\n") {
		t.Errorf("%d bytes, ending in %q", out.Len(), out.String()[out.Len()-10:])
	}
	if _, err := json.Marshal(out.String()); err != nil {
		t.Error(err)
	}
}
