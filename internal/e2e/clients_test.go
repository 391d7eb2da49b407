//go:build unix

package e2e

import (
	"io"
	"strings"
	"testing"
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
