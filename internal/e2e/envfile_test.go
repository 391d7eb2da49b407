//go:build unix

package e2e

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/lab"
)

// envFile is where the tests keep a project's variables.
func envFile(l *lab.Lab) string { return filepath.Join(l.Dir, "project", ".env.local") }

// exported runs export for a .env file, which says one line.
func exported(t *testing.T, l *lab.Lab, args ...string) string {
	t.Helper()
	r := l.Run("", append([]string{"export", "--file", envFile(l)}, args...)...)
	if r.Err != nil || r.Stdout != "" || strings.Count(r.Stderr, "\n") != 1 || !strings.HasPrefix(r.Stderr, envFile(l)+": ") {
		t.Fatalf("%q: status %d, stdout %q, stderr %q", args, r.Status, r.Stdout, r.Stderr)
	}
	return content(t, envFile(l))
}

func content(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode()
}

// A file that was not there is the owner's alone, and what it says is what
// process prints. Programs load it as they load any.
func TestEnvFileIsMade(t *testing.T) {
	t.Parallel()
	aws := awsCLI(t)
	l, alice := withKey(t, true)
	if err := os.Mkdir(filepath.Dir(envFile(l)), 0o755); err != nil {
		t.Fatal(err)
	}
	text := exported(t, l, "work")
	if got := mode(t, envFile(l)); got != 0o600 {
		t.Errorf("mode %v", got)
	}
	c := succeeded(t, l.Run("", "process", "work"))
	wantVariables(t, variables(t, text), map[string]string{
		"AWS_ACCESS_KEY_ID": c.AccessKeyID, "AWS_SECRET_ACCESS_KEY": c.SecretAccessKey, "AWS_SESSION_TOKEN": c.SessionToken,
		"AWS_REGION": "eu-west-1", "AWS_CREDENTIAL_EXPIRATION": strings.Replace(c.Expiration, "Z", "+00:00", 1),
	})
	if again := exported(t, l, "work"); again != text {
		t.Error("the second run changed something")
	}
	const start = `require("child_process").execFileSync(process.argv[1], process.argv.slice(2), {stdio: "inherit"})`
	r := clean(t, l.RunProgram("", need(t, "node", "nodejs"), "--env-file="+envFile(l), "-e", start,
		aws, "--output", "text", "sts", "get-caller-identity", "--endpoint-url", l.AWS.URL()))
	if !strings.Contains(r.Stdout, alice.ARN) {
		t.Errorf("a program of Node's: %q", r.Stdout)
	}
	wantCalls(t, l.AWS, "GetSessionToken", 1)
}

// The file of a project, as people have them: {…} is what comes in.
const projectBefore = "\ufeff# Settings of the shop\r\n" +
	"\r\n" +
	"NEXT_PUBLIC_API_URL=https://api.example.org/v1?x=1&y=2   # public\r\n" +
	"DATABASE_URL=\"postgres://app:pa#ss@localhost:5432/shop\"\r\n" +
	"export AWS_ACCESS_KEY_ID='AKIAOLDOLDOLDOLDOLD1' # pasted on Monday\r\n" +
	"AWS_SECRET_ACCESS_KEY=\"old secret\"\r\n" +
	"AWS_ACCESS_KEY_ID=AKIAOLDOLDOLDOLDOLD2\r\n" +
	"  # AWS_SESSION_TOKEN=older token is commented out\r\n" +
	"#AWS_SESSION_TOKEN=oldtoken\r\n" +
	"VITE_KEY=\"-----BEGIN KEY-----\r\nAWS_REGION=not-a-line\r\n-----END KEY-----\"\r\n" +
	"AWS_REGION = 'us-east-1'\r\n" +
	"EMPTY=\r\n" +
	"not a line of any kind\r\n" +
	"S3_BUCKET=`shop`"

const projectAfter = "\ufeff# Settings of the shop\r\n" +
	"\r\n" +
	"NEXT_PUBLIC_API_URL=https://api.example.org/v1?x=1&y=2   # public\r\n" +
	"DATABASE_URL=\"postgres://app:pa#ss@localhost:5432/shop\"\r\n" +
	"AWS_SECRET_ACCESS_KEY=\"{secret}\"\r\n" +
	"AWS_ACCESS_KEY_ID={id}\r\n" +
	"  # AWS_SESSION_TOKEN=older token is commented out\r\n" +
	"AWS_SESSION_TOKEN={token}\r\n" +
	"AWS_CREDENTIAL_EXPIRATION={expiration}\r\n" +
	"VITE_KEY=\"-----BEGIN KEY-----\r\nAWS_REGION=not-a-line\r\n-----END KEY-----\"\r\n" +
	"AWS_REGION = 'eu-west-1'\r\n" +
	"EMPTY=\r\n" +
	"not a line of any kind\r\n" +
	"S3_BUCKET=`shop`"

func TestEnvFileKeepsTheRest(t *testing.T) {
	t.Parallel()
	l, alice := withKey(t, true)
	write(t, envFile(l), projectBefore, 0o600)
	got := exported(t, l, "work")
	c := succeeded(t, l.Run("", "process", "work"))
	want := strings.NewReplacer("{id}", c.AccessKeyID, "{secret}", c.SecretAccessKey, "{token}", c.SessionToken,
		"{expiration}", strings.Replace(c.Expiration, "Z", "+00:00", 1)).Replace(projectAfter)
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := mode(t, envFile(l)); got != 0o600 {
		t.Errorf("mode %v", got)
	}

	// The permanent key takes the token and the end out: beside it they would
	// make every request fail.
	got = exported(t, l, "work", "--raw-key")
	want = strings.NewReplacer("{id}", alice.AccessKeyID, "{secret}", alice.SecretAccessKey,
		"AWS_SESSION_TOKEN={token}\r\n", "", "AWS_CREDENTIAL_EXPIRATION={expiration}\r\n", "").Replace(projectAfter)
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}

	// Emptied, the lines stay for the next time; no profile is needed for it.
	write(t, envFile(l), projectBefore, 0o600)
	exported(t, l, "work")
	got = exported(t, l, "--clear")
	want = strings.NewReplacer("{id}", "", "{secret}", "", "{token}", "", "{expiration}", "").Replace(projectAfter)
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	// A name that was mistyped must not pass for a file that is empty now.
	missing := filepath.Join(l.Dir, "nosuch.env")
	failed(t, l.Run("", "export", "--file", missing, "--clear"), 4, "there is no file", missing, "check its name")
	if _, err := os.Stat(missing); err == nil {
		t.Error("clearing made a file")
	}
}

// A link stays one, and leads to what was written.
func TestEnvFileBehindALink(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	target := filepath.Join(l.Dir, "shared", "env")
	write(t, target, "OTHER=1\n", 0o600)
	if err := os.Mkdir(filepath.Dir(envFile(l)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../shared/env", envFile(l)); err != nil {
		t.Fatal(err)
	}
	exported(t, l, "work")
	if mode(t, envFile(l))&fs.ModeSymlink == 0 {
		t.Error("the link is gone")
	}
	if set := variables(t, content(t, target)); set["OTHER"] != "1" || set["AWS_ACCESS_KEY_ID"] == "" {
		t.Errorf("%d variables", len(set))
	}
}

// For a local stand-in the endpoint goes into the file too; when AWS comes back,
// that it still stands there is said.
func TestEnvFileLocal(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	write(t, envFile(l), "TABLE=orders\n", 0o600)
	set := variables(t, exported(t, l, "--local", "http://localhost:1234", "--service", "dynamodb"))
	wantVariables(t, set, map[string]string{
		"TABLE": "orders", "AWS_ACCESS_KEY_ID": "NOTAREALKEYLOCALONLY", "AWS_SECRET_ACCESS_KEY": "not-a-real-secret-local-only",
		"AWS_ENDPOINT_URL_DYNAMODB": "http://localhost:1234", "DYNAMODB_ENDPOINT_URL": "http://localhost:1234", "AWS_REGION": "us-east-1",
	})
	wantCalls(t, l.AWS, "GetSessionToken", 0)
	r := l.Run("", "export", "work", "--file", envFile(l))
	if r.Err != nil || !strings.Contains(r.Stderr, "still sets AWS_ENDPOINT_URL_DYNAMODB, DYNAMODB_ENDPOINT_URL") {
		t.Errorf("status %d, stderr %q", r.Status, r.Stderr)
	}
	exported(t, l, "work") // and is said once
}

// A profile in the file goes before its keys for some SDKs.
func TestEnvFileThatNamesAProfile(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	write(t, envFile(l), "AWS_PROFILE=old\n", 0o600)
	r := l.Run("", "export", "work", "--file", envFile(l))
	if r.Err != nil || !strings.Contains(r.Stderr, "sets AWS_PROFILE") {
		t.Errorf("status %d, stderr %q", r.Status, r.Stderr)
	}
}

// Whether git would take the file is told, and with --strict refused before
// anybody is asked for a code.
func TestEnvFileUnderGit(t *testing.T) {
	t.Parallel()
	git := need(t, "git", "git")
	l, _ := withKey(t, true)
	project := filepath.Dir(envFile(l))
	run := func(args ...string) {
		t.Helper()
		if r := l.RunProgram("", git, append([]string{"-C", project, "-c", "user.name=a", "-c", "user.email=a@example.org"}, args...)...); r.Err != nil {
			t.Fatal(r.Stderr)
		}
	}
	write(t, envFile(l), "OLD=1\n", 0o600)
	run("init", "-q")
	refused := func(words ...string) {
		t.Helper()
		before := content(t, envFile(l))
		failed(t, l.Run("", "export", "work", "--file", envFile(l), "--strict"), 1, words...)
		failed(t, l.Run("", "export", "work", "--file", envFile(l), "--strict", "--watch"), 1, words...)
		if content(t, envFile(l)) != before {
			t.Error("the file was changed")
		}
	}
	refused("git does not ignore", ".gitignore")
	run("add", ".env.local")
	refused("git has", "rm --cached .env.local")
	wantCalls(t, l.AWS, "GetSessionToken", 0)
	r := l.Run("", "export", "work", "--file", envFile(l))
	if r.Err != nil || !strings.Contains(r.Stderr, "awsmint: warning: git has ") || variables(t, content(t, envFile(l)))["AWS_ACCESS_KEY_ID"] == "" {
		t.Errorf("tracked: status %d, stderr %q", r.Status, r.Stderr)
	}
	run("rm", "-q", "--cached", "-f", ".env.local")
	write(t, filepath.Join(project, ".gitignore"), "*.local\n", 0o644)
	exported(t, l, "work", "--strict")
	exported(t, l, "work")
}

// What was asked for by a path that is relative, and from elsewhere, is found.
func TestEnvFileByARelativePath(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	write(t, filepath.Join(l.Home, "app", ".env"), "", 0o600)
	r := l.RunProgram("", "/bin/sh", "-c", "cd app && "+l.Binary+" export work --file .env")
	if r.Err != nil || !strings.HasPrefix(r.Stderr, ".env: work, credentials until ") {
		t.Fatalf("status %d, stderr %q", r.Status, r.Stderr)
	}
	names := slices.Sorted(maps.Keys(variables(t, content(t, filepath.Join(l.Home, "app", ".env")))))
	if want := "[AWS_ACCESS_KEY_ID AWS_CREDENTIAL_EXPIRATION AWS_REGION AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN]"; fmt.Sprint(names) != want {
		t.Errorf("it sets %v", names)
	}
}
