// Package lab is a home for one person and an AWS for one account, both for a
// short time: what the end-to-end tests, the demo and the benchmark run
// awsmint in. Nothing in it touches the caller's home, keychain or network.
package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/awsmint/awsmint/internal/ststest"
)

// Passphrase opens the file keychain of every lab.
const Passphrase = "correct horse battery staple"

// runLimit ends a run that hangs; awsmint's own limits are below it.
const runLimit = 90 * time.Second

// Lab is a home directory, a loopback AWS and the awsmint under test.
type Lab struct {
	Dir    string // all that is written is below it
	Home   string
	Binary string // the awsmint to run
	AWS    *ststest.Server

	env map[string]string
}

// New makes a lab below dir. Its keychain is a file, unlocked by a passphrase
// in the environment; it has no terminal, no display and no session bus.
func New(dir, binary string) (*Lab, error) {
	aws, err := ststest.Start(ststest.Options{})
	if err != nil {
		return nil, err
	}
	l := &Lab{Dir: dir, Home: filepath.Join(dir, "home"), Binary: binary, AWS: aws}
	l.env = map[string]string{
		// A tool is looked for where awsmint is, then where the system
		// has its own.
		"PATH":                      strings.Join([]string{filepath.Dir(binary), "/usr/local/bin", "/usr/bin", "/bin"}, ":"),
		"HOME":                      l.Home,
		"TMPDIR":                    filepath.Join(dir, "tmp"),
		"LANG":                      "C.UTF-8",
		"AWS_ENDPOINT_URL_STS":      aws.URL(),
		"AWS_ENDPOINT_URL_IAM":      aws.URL(),
		"AWS_ENDPOINT_URL_SIGNIN":   aws.URL(),
		"AWSMINT_KEYCHAIN":          "file",
		"AWSMINT_PASSPHRASE":        Passphrase,
		"AWSMINT_LOG":               filepath.Join(dir, "awsmint.log"),
		"AWS_PAGER":                 "",
		"AWS_EC2_METADATA_DISABLED": "true",
	}
	for _, d := range []string{l.Home, l.env["TMPDIR"]} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, errors.Join(err, aws.Close())
		}
	}
	return l, nil
}

// Close stops the AWS and empties what the kernel keyring holds for this lab.
func (l *Lab) Close() error {
	_ = l.Run("", "logout", "--all").Err
	return l.AWS.Close()
}

// Set sets a variable for the runs to come; an empty value removes it.
func (l *Lab) Set(name, value string) {
	if value == "" {
		delete(l.env, name)
		return
	}
	l.env[name] = value
}

// Environ is the environment of a run, sorted.
func (l *Lab) Environ() []string {
	environ := make([]string, 0, len(l.env))
	for name, value := range l.env {
		environ = append(environ, name+"="+value)
	}
	slices.Sort(environ)
	return environ
}

// ConfigFile is ~/.aws/config.
func (l *Lab) ConfigFile() string { return filepath.Join(l.Home, ".aws", "config") }

// CacheDir is where awsmint keeps its cache on Linux.
func (l *Lab) CacheDir() string { return filepath.Join(l.Home, ".cache", "awsmint") }

// Command is a program, not started yet, in the lab.
func (l *Lab) Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = l.Environ()
	cmd.Dir = l.Home
	cmd.WaitDelay = time.Second
	return cmd
}

// Result is how a run ended.
type Result struct {
	Stdout, Stderr string
	Status         int // -1: by a signal
	Took           time.Duration
	Err            error // nil for status 0
}

// Run runs awsmint to its end.
func (l *Lab) Run(stdin string, args ...string) Result { return l.RunProgram(stdin, l.Binary, args...) }

// RunProgram runs any program in the lab to its end, without a controlling
// terminal.
func (l *Lab) RunProgram(stdin, name string, args ...string) Result {
	ctx, cancel := context.WithTimeout(context.Background(), runLimit)
	defer cancel()
	cmd := l.Command(ctx, name, args...)
	detach(cmd)
	return Finish(cmd, stdin)
}

// Finish runs a command to its end.
func Finish(cmd *exec.Cmd, stdin string) Result {
	var stdout, stderr bytes.Buffer
	cmd.Stdin = strings.NewReader(stdin)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	started := time.Now()
	err := cmd.Run()
	r := Result{Stdout: stdout.String(), Stderr: stderr.String(), Took: time.Since(started), Err: err}
	if cmd.ProcessState != nil {
		r.Status = cmd.ProcessState.ExitCode()
	} else {
		r.Status = -1
	}
	return r
}

// KeyJSON is what "awsmint add --stdin" takes for a user's key.
func KeyJSON(u *ststest.User, withSeed bool) string {
	key := map[string]string{
		"AccessKeyId":     u.AccessKeyID,
		"SecretAccessKey": u.SecretAccessKey,
		"MfaSerial":       u.MFASerial,
		"Region":          "eu-west-1",
	}
	if withSeed {
		key["TotpSeed"] = u.Seed
	}
	data, _ := json.Marshal(key)
	return string(data)
}

// Add stores a user's key for a profile; with the seed, nobody is asked for
// codes.
func (l *Lab) Add(profile string, u *ststest.User, withSeed bool) error {
	r := l.Run(KeyJSON(u, withSeed), "add", profile, "--stdin")
	if r.Err != nil {
		return fmt.Errorf("awsmint add: %w: %s", r.Err, r.Stderr)
	}
	return nil
}

// Build builds awsmint as it is shipped into dir and returns its path.
func Build(dir string) (string, error) {
	binary := filepath.Join(dir, "awsmint"+exeSuffix)
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, "github.com/awsmint/awsmint")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building awsmint: %w\n%s", err, out)
	}
	return binary, nil
}

// Output runs a system's program outside the lab and returns all it prints.
func Output(name string, args ...string) (string, error) {
	out, err := exec.Command(name, args...).CombinedOutput()
	return string(out), err
}

// WriteProgram writes a script that is to be run. Nothing in this process
// forks meanwhile: a child that held the file open for writing, for the moment
// before it becomes another program, would make the kernel refuse to run it.
func WriteProgram(path, text string) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	return os.WriteFile(path, []byte(text), 0o700)
}
