//go:build unix

package e2e

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/lab"
)

// awsCLI is the system's own AWS CLI.
func awsCLI(t *testing.T) string { return need(t, "aws", "awscli") }

// identity is the call that every client makes; Debian's AWS CLI knows no
// AWS_ENDPOINT_URL_STS (that came with 2.13), so it is told on the command line.
func identity(endpoint string) []string {
	return []string{"--profile", "work", "--output", "text", "sts", "get-caller-identity", "--endpoint-url", endpoint}
}

func TestAWSCLI(t *testing.T) {
	t.Parallel()
	aws := awsCLI(t)
	l, alice := withKey(t, true)
	for range 2 {
		r := l.RunProgram("", aws, identity(l.AWS.URL())...)
		if r.Err != nil || !strings.Contains(r.Stdout, alice.ARN) {
			t.Fatalf("status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
		}
	}
	wantCalls(t, l.AWS, "GetSessionToken", 1)
	// One of them verified the key for add.
	wantCalls(t, l.AWS, "GetCallerIdentity", 3)
}

// The CLI holds stdout and stderr of its credential_process; the prompt is
// answered on the terminal, and the CLI's own stdin keeps its data.
func TestAWSCLIWithAPrompt(t *testing.T) {
	t.Parallel()
	aws := awsCLI(t)
	l, alice := withKey(t, false)
	c := capture(t, l, aws, identity(l.AWS.URL())...)
	if _, err := c.stdin.WriteString("data"); err != nil {
		t.Fatal(err)
	}
	c.Expect("MFA code")
	c.Type(code(alice) + "\n")
	r := c.result(t)
	if r.Err != nil || !strings.Contains(r.Stdout, alice.ARN) {
		t.Fatalf("status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
	}
	_ = c.stdin.Close()
	if left, err := io.ReadAll(c.stdinRead); err != nil || string(left) != "data" {
		t.Errorf("stdin holds %q, %v", left, err)
	}
}

// What is piped into the CLI is for the CLI, to the last byte.
func TestPipeThroughTheAWSCLI(t *testing.T) {
	t.Parallel()
	aws := awsCLI(t)
	l, _ := withKey(t, true)
	script := "printf 'line one\\nline two\\n' | { " + aws + " " + strings.Join(identity(l.AWS.URL()), " ") + " >/dev/null && cat; }"
	r := l.RunProgram("", "/bin/sh", "-c", script)
	if r.Err != nil || r.Stdout != "line one\nline two\n" {
		t.Errorf("status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
	}
}

// When awsmint fails, the CLI shows its message.
func TestAWSCLIShowsTheMessage(t *testing.T) {
	t.Parallel()
	aws := awsCLI(t)
	l, _ := withKey(t, false)
	r := l.RunProgram("", aws, identity(l.AWS.URL())...)
	if r.Status == 0 || !strings.Contains(r.Stderr, "awsmint login work") {
		t.Errorf("status %d, stderr %q", r.Status, r.Stderr)
	}
}

func TestBoto3(t *testing.T) {
	t.Parallel()
	python := need(t, "python3", "python3")
	l, alice := withKey(t, true)
	if r := l.RunProgram("", python, "-c", "import boto3"); r.Err != nil {
		skip(t, "boto3 is not installed (Debian: python3-boto3)")
	}
	const program = `
import boto3, sys
session = boto3.Session(profile_name="work")
print(session.client("sts", endpoint_url=sys.argv[1]).get_caller_identity()["Arn"])
credentials = session.get_credentials()
assert credentials.refresh_needed() is False
`
	r := l.RunProgram("", python, "-c", program, l.AWS.URL())
	if r.Err != nil || strings.TrimSpace(r.Stdout) != alice.ARN {
		t.Errorf("status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
	}
	wantCalls(t, l.AWS, "GetSessionToken", 1)
}

// goSDK builds the client and returns its path.
func goSDK(t *testing.T) (program string) {
	t.Helper()
	program = filepath.Join(t.TempDir(), "gosdk")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir = filepath.Join("testdata", "gosdk")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		skip(t, "the Go SDK's config package is not to be had: "+string(out))
	}
	return program
}

// The Go SDK runs the line through sh, after its own reader of the config file
// has seen the quotes round a path with a space.
func TestGoSDK(t *testing.T) {
	t.Parallel()
	client := goSDK(t)
	l := installedIn(t, "with a space")
	alice := l.AWS.AddUser("alice")
	if err := l.Add("work", alice, true); err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(l.ConfigFile())
	if err != nil || !strings.Contains(string(config), `with a space/awsmint" process work`) {
		t.Fatalf("%v\n%s", err, config)
	}
	r := l.RunProgram("", client, "work")
	if r.Err != nil || strings.TrimSpace(r.Stdout) != alice.ARN {
		t.Errorf("status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
	}
	wantCalls(t, l.AWS, "GetSessionToken", 1)

	// The AWS CLI splits the same line as Python's shlex does.
	if r := l.RunProgram("", awsCLI(t), identity(l.AWS.URL())...); r.Err != nil || !strings.Contains(r.Stdout, alice.ARN) {
		t.Errorf("aws: status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
	}
}

// installedIn is a lab whose awsmint is installed in a folder of that name.
func installedIn(t *testing.T, name string) *lab.Lab {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, name, "awsmint")
	data, err := os.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Dir(program), 0o700); err != nil {
		t.Fatal(err)
	}
	writeProgram(t, program, string(data))
	l, err := lab.New(filepath.Join(dir, "lab"), program)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// A package manager's link on PATH outlives upgrades; what it points to does
// not. The link is what add writes.
func TestAddWritesThePathOnPATH(t *testing.T) {
	t.Parallel()
	l := installedIn(t, "Cellar-1.2.3")
	bin := filepath.Join(l.Dir, "bin")
	if err := os.Mkdir(bin, 0o700); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(bin, "awsmint")
	if err := os.Symlink(l.Binary, link); err != nil {
		t.Fatal(err)
	}
	l.Set("PATH", bin+":/usr/bin:/bin")
	if err := l.Add("work", l.AWS.AddUser("alice"), true); err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(l.ConfigFile())
	if err != nil || !strings.Contains(string(config), "credential_process = "+link+" process work\n") {
		t.Errorf("%v\n%s", err, config)
	}
}

// What "go run" builds is gone a moment later.
func TestAddRefusesAGoRunPath(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	alice := l.AWS.AddUser("alice")
	// The first run starts the program from a temporary folder, those after it
	// from the build cache.
	for range 2 {
		r := lab.Finish(goRun(t, l, "add", "work", "--stdin"), lab.KeyJSON(alice, true))
		failed(t, r, 1, "temporary build", "install it first")
	}
	if _, err := os.Stat(l.ConfigFile()); err == nil {
		t.Error("the config file was written")
	}
}

// goRun is awsmint in the lab, started as "go run" starts it.
func goRun(t *testing.T, l *lab.Lab, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("go", append([]string{"run", "github.com/awsmint/awsmint"}, args...)...)
	cmd.Env = append(os.Environ(), append(l.Environ(), "PATH="+os.Getenv("PATH"), "GOCACHE="+goEnv(t, "GOCACHE"), "GOMODCACHE="+goEnv(t, "GOMODCACHE"), "GOPATH="+goEnv(t, "GOPATH"))...)
	return cmd
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}
