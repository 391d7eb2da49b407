package format_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/format"
)

// need returns the path of a program, skips the test where it is missing, or
// fails it where everything has to be there.
func need(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
		return path
	case os.Getenv("AWSMINT_TEST_REQUIRE") == "all":
		t.Fatalf("%v, and AWSMINT_TEST_REQUIRE is all", err)
	}
	t.Skip(err)
	return ""
}

func output(t *testing.T, env []string, program string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = t.TempDir()
	cmd.Env = append([]string{"HOME=" + cmd.Dir, "PATH=/usr/bin:/bin"}, env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", program, args, err, out)
	}
	return string(out)
}

// The credentials take the long way round: what Process prints is read by the
// AWS CLI, whose export is then what ours has to be. Debian's is 2.9, which
// has no fish yet.
func TestTheAWSCLIPrintsTheSame(t *testing.T) {
	const cli = "/usr/bin/aws"
	need(t, cli)
	dir := t.TempDir()
	config := ""
	for name, credentials := range map[string]aws.Credentials{"session": session, "key": key} {
		file := filepath.Join(dir, name)
		write(t, file, format.Process(credentials))
		config += "[profile " + name + "]\ncredential_process = cat " + file + "\n"
	}
	write(t, filepath.Join(dir, "config"), []byte(config))

	for _, f := range []format.Format{format.ProcessJSON, format.Env, format.EnvNoExport, format.PowerShell, format.WindowsCmd} {
		for name, credentials := range map[string]aws.Credentials{"session": session, "key": key} {
			if name == "key" && f != format.ProcessJSON && f != format.Env {
				continue // each run takes most of a second, and these differ in nothing else
			}
			t.Run(string(f)+" of a "+name, func(t *testing.T) {
				t.Parallel()
				got, err := format.Bytes(f, format.Values{Credentials: credentials})
				if err != nil {
					t.Fatal(err)
				}
				want := output(t, []string{"AWS_CONFIG_FILE=" + filepath.Join(dir, "config"), "AWS_EC2_METADATA_DISABLED=true"},
					cli, "configure", "export-credentials", "--profile", name, "--format", string(f))
				if diff := cmp.Diff(want, string(got)); diff != "" {
					t.Errorf("(-AWS CLI +awsmint):\n%s", diff)
				}
			})
		}
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// everyMark has each character that a value may have, where a shell would most
// likely act upon it.
var everyMark = format.Values{
	Credentials: aws.Credentials{
		AccessKeyID: "-n_X", SecretAccessKey: "/etc/+a/b=c==", SessionToken: "@/+,.:[a-z]==",
		CanExpire: true, Expires: session.Expires,
	},
	Region: "eu-west-1",
}

func TestShellsTakeTheValuesAsTheyAre(t *testing.T) {
	const tell = `; env`
	for _, c := range []struct {
		shell, script string
		format        format.Format
		args          []string
	}{
		{"bash", `eval "$(cat "$FILE")"` + tell, format.Env, []string{"-c"}},
		{"dash", `eval "$(cat "$FILE")"` + tell, format.Env, []string{"-c"}},
		{"zsh", `eval "$(cat "$FILE")"` + tell, format.Env, []string{"-fc"}},
		{"bash", `set -a; . "$FILE"` + tell, format.EnvNoExport, []string{"-c"}},
		{"dash", `set -a; eval "$(cat "$FILE")"` + tell, format.DotEnv, []string{"-c"}},
		{"zsh", `set -a; . "$FILE"` + tell, format.EnvNoExport, []string{"-fc"}},
		{"fish", `cat "$FILE" | source` + tell, format.Fish, []string{"--no-config", "-c"}},
		{"fish", `eval (cat "$FILE" | string collect)` + tell, format.Fish, []string{"--no-config", "-c"}},
	} {
		t.Run(c.shell+" "+string(c.format), func(t *testing.T) {
			shell := need(t, c.shell)
			file := filepath.Join(t.TempDir(), "export")
			text, err := format.Bytes(c.format, everyMark)
			if err != nil {
				t.Fatal(err)
			}
			write(t, file, text)
			out := output(t, []string{"FILE=" + file}, shell, append(c.args, c.script)...)
			for _, variable := range format.Variables(everyMark.Credentials, everyMark.Region) {
				line := variable.Name + "=" + variable.Value.Reveal()
				if !strings.Contains("\n"+out, "\n"+line+"\n") {
					t.Errorf("no line %q in:\n%s", line, out)
				}
			}
		})
	}
}

// PowerShell is in no distribution's packages, so it is tried where it is.
func TestPowerShellTakesTheValuesAsTheyAre(t *testing.T) {
	shell, err := exec.LookPath("pwsh")
	if err != nil {
		t.Skip(err)
	}
	text, err := format.Bytes(format.PowerShell, everyMark)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "export")
	write(t, file, text)
	out := output(t, []string{"FILE=" + file}, shell, "-NoProfile", "-Command",
		"Get-Content -Raw $Env:FILE | Invoke-Expression; Get-ChildItem Env: | ForEach-Object { $_.Name + '=' + $_.Value }")
	for _, variable := range format.Variables(everyMark.Credentials, everyMark.Region) {
		if line := variable.Name + "=" + variable.Value.Reveal(); !strings.Contains(out, line) {
			t.Errorf("no line %q in:\n%s", line, out)
		}
	}
}
