//go:build unix

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/joho/godotenv"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

const (
	readOnlyPolicy = "arn:aws:iam::aws:policy/ReadOnlyAccess"
	bucketsPolicy  = "arn:aws:iam::111122223333:policy/Buckets"
)

// withRole is a lab with alice's key and seed for the profile work, and with
// the profile prod, whose role trusts her.
func withRole(t *testing.T) (*lab.Lab, *ststest.User) {
	t.Helper()
	l, alice := withKey(t, true)
	l.AWS.AddRole(ststest.Role{ARN: admin, RequireMFA: true})
	if r := l.Run("", "add", "prod", "--role-arn", admin, "--source-profile", "work"); r.Err != nil {
		t.Fatal(r.Stderr)
	}
	return l, alice
}

// withoutMFA is a lab whose sessions need no code, so that nothing waits for
// the next one.
func withoutMFA(t *testing.T) (*lab.Lab, *ststest.User) {
	t.Helper()
	l, alice := withKey(t, true)
	edit(t, l.ConfigFile(), "awsmint_mfa_serial", "# awsmint_mfa_serial")
	return l, alice
}

// clean checks that a run went well and said nothing.
func clean(t *testing.T, r lab.Result) lab.Result {
	t.Helper()
	if r.Err != nil || r.Stderr != "" {
		t.Fatalf("status %d, stderr %q", r.Status, r.Stderr)
	}
	return r
}

// variables reads lines of NAME=value as the programs do that load .env files.
func variables(t *testing.T, text string) map[string]string {
	t.Helper()
	set, err := godotenv.Unmarshal(text)
	if err != nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	return set
}

// fromVariables are the credentials in an environment.
func fromVariables(set map[string]string) credentials {
	return credentials{AccessKeyID: set["AWS_ACCESS_KEY_ID"], SecretAccessKey: set["AWS_SECRET_ACCESS_KEY"], SessionToken: set["AWS_SESSION_TOKEN"]}
}

// What people type, in the shells themselves: the AWS CLI then has the
// credentials, with no format named. That SHELL names another one changes
// nothing.
func TestExportInTheShells(t *testing.T) {
	t.Parallel()
	aws := awsCLI(t)
	l, alice := withKey(t, true)
	l.Set("SHELL", "/usr/bin/fish")
	ask := aws + " --output text sts get-caller-identity --endpoint-url " + l.AWS.URL()
	const posix = `eval "$(awsmint export work --with-region)" && `
	const regions = `echo "$AWS_REGION $AWS_DEFAULT_REGION" && `
	for shell, c := range map[string]struct {
		args   []string
		script string
	}{
		"bash": {[]string{"--norc", "-c"}, posix + regions + ask},
		"dash": {[]string{"-c"}, posix + regions + ask},
		"zsh":  {[]string{"-f", "-c"}, posix + regions + ask},
		"fish": {[]string{"--no-config", "-c"}, "awsmint export work --with-region | source; and " + strings.ReplaceAll(regions, "&&", "; and") + ask},
		"pwsh": {[]string{"-NoProfile", "-Command"}, "awsmint export work --with-region | Invoke-Expression; Write-Output \"$Env:AWS_REGION $Env:AWS_DEFAULT_REGION\"; " + ask},
	} {
		t.Run(shell, func(t *testing.T) {
			if shell == "pwsh" && os.Getenv("AWSMINT_TEST_REQUIRE") == "all" {
				t.Skip("Debian has no PowerShell")
			}
			r := clean(t, l.RunProgram("", need(t, shell, shell), append(c.args, c.script)...))
			if !strings.HasPrefix(r.Stdout, "eu-west-1 eu-west-1\n") || !strings.Contains(r.Stdout, alice.ARN) {
				t.Errorf("stdout %q", r.Stdout)
			}
		})
	}
	wantCalls(t, l.AWS, "GetSessionToken", 1)
}

// Each format can be read by what it is for, is whole in a pipe, and says no
// more than was asked for.
func TestExportFormats(t *testing.T) {
	t.Parallel()
	l, alice := withKey(t, true)
	want := succeeded(t, l.Run("", "process", "work"))
	for _, format := range []string{"env", "env-no-export", "dotenv", "fish", "powershell", "windows-cmd"} {
		r := clean(t, l.Run("", "export", "work", "--format", format))
		unquoted := strings.NewReplacer("export ", "", "set -gx ", "", "set ", "", "$Env:", "", `"`, "").Replace(r.Stdout)
		if format == "fish" {
			unquoted = strings.ReplaceAll(unquoted, " ", "=")
		}
		set := variables(t, unquoted)
		if got := fromVariables(set); got.AccessKeyID != want.AccessKeyID || got.SecretAccessKey != want.SecretAccessKey || got.SessionToken != want.SessionToken {
			t.Errorf("%s: other credentials than process prints", format)
		}
		if len(set) != 4 || set["AWS_CREDENTIAL_EXPIRATION"] != strings.Replace(want.Expiration, "Z", "+00:00", 1) {
			t.Errorf("%s: %d variables, expiration %q", format, len(set), set["AWS_CREDENTIAL_EXPIRATION"])
		}
	}
	var set map[string]string
	if err := json.Unmarshal([]byte(clean(t, l.Run("", "export", "work", "--format=json", "--with-region")).Stdout), &set); err != nil {
		t.Fatal(err)
	}
	if set["AWS_REGION"] != "eu-west-1" || set["AWS_DEFAULT_REGION"] != "eu-west-1" || len(set) != 6 {
		t.Errorf("json: %d variables, region %q", len(set), set["AWS_REGION"])
	}
	if got := whose(t, l, fromVariables(set)); got != alice.ARN {
		t.Errorf("AWS takes them for %q", got)
	}
	if got := clean(t, l.Run("", "export", "work", "--region", "us-east-2")).Stdout; !strings.Contains(got, "export AWS_REGION=us-east-2\n") {
		t.Error("a region that was named is not exported")
	}
	l.Set("AWS_REGION", "ap-south-1")
	if got := clean(t, l.Run("", "export", "work", "--with-region")).Stdout; !strings.Contains(got, "export AWS_REGION=ap-south-1\n") {
		t.Error("the caller's region is not exported")
	}
	wantCalls(t, l.AWS, "GetSessionToken", 1)
}

// On a terminal nothing secret is shown but by --show, and what to type is
// said, with all that was asked for.
func TestExportOnATerminal(t *testing.T) {
	t.Parallel()
	l, _ := withRole(t)
	c := succeeded(t, l.Run("", "process", "work", "--role-arn", admin))
	for format, hint := range map[string]string{
		"env":           `eval "$(awsmint export work --role-arn ` + admin + ` --format env --with-region)"`,
		"env-no-export": `set -a; eval "$(awsmint export work --role-arn ` + admin + ` --format env-no-export --with-region)"; set +a`,
		"fish":          "awsmint export work --role-arn " + admin + " --format fish --with-region | source",
		"powershell":    "awsmint export work --role-arn " + admin + " --format powershell --with-region | Invoke-Expression",
		"windows-cmd":   "for /f \"delims=\" %i in ('awsmint export work --role-arn " + admin + " --format windows-cmd --with-region') do @%i",
		"dotenv":        "awsmint export work --role-arn " + admin + " --file FILE",
		"json":          "(umask 077; awsmint export work --role-arn " + admin + " --format json --with-region > FILE)",
	} {
		args := []string{"export", "work", "--format", format, "--role-arn", admin, "--with-region"}
		shown := onTerminal(t, l, 200, args...)
		if strings.Contains(shown, c.SecretAccessKey) || strings.Contains(shown, c.SessionToken) || strings.Contains(shown, c.SessionToken[:40]) {
			t.Errorf("%s: a secret is shown", format)
		}
		if !strings.Contains(shown, c.AccessKeyID) || !strings.Contains(shown, hint) || !strings.Contains(shown, "--show prints them") {
			t.Errorf("%s: lacks the key id or %q:\n%s", format, hint, shown)
		}
		if shown := onTerminal(t, l, 200, append(args, "--show")...); !strings.Contains(shown, c.SecretAccessKey) || strings.Contains(shown, "masked") {
			t.Errorf("%s: --show does not print them, or says more", format)
		}
	}
	hint := onTerminal(t, l, 200, "export", "work", "--read-only", "--policy-arn", bucketsPolicy, "--duration", "1h")
	if !strings.Contains(hint, "$(awsmint export work --duration 1h --read-only --policy-arn "+bucketsPolicy+")") {
		t.Errorf("the hint asks for other credentials:\n%s", hint)
	}
}

// In a step of GitHub Actions the log hears of the secrets before anything
// else, and only to hide them.
func TestExportToGitHubActions(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	args := []string{"export", "work", "--format", "github-actions", "--with-region"}
	failed(t, l.Run("", args...), 2, "GITHUB_ENV is not set")
	file := filepath.Join(l.Dir, "github-env")
	write(t, file, "EARLIER=1\n", 0o644)
	l.Set("GITHUB_ENV", l.Dir)
	wantCalls(t, l.AWS, "GetSessionToken", 0)
	failed(t, l.RunProgram("", "/bin/sh", "-c", l.Binary+" "+strings.Join(args, " ")+" > /dev/null"), 1, "GITHUB_ENV", "is a directory")
	l.Set("GITHUB_ENV", file)
	if shown := terminalFails(t, l, 2, args...); !strings.Contains(shown, "stdout is a terminal") {
		t.Errorf("on a terminal:\n%s", shown)
	}
	r := clean(t, l.Run("", args...))
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines, added := strings.CutPrefix(string(data), "EARLIER=1\n")
	set := variables(t, lines)
	if !added || len(set) != 6 || set["AWS_REGION"] != "eu-west-1" {
		t.Errorf("the file has %d variables, and what was there first: %v", len(set), added)
	}
	want := "::add-mask::" + set["AWS_ACCESS_KEY_ID"] + "\n::add-mask::" + set["AWS_SECRET_ACCESS_KEY"] + "\n::add-mask::" + set["AWS_SESSION_TOKEN"] + "\n"
	if r.Stdout != want {
		t.Error("stdout is not the three masks")
	}
}

// Without AWS: no keychain is opened, nobody is called, and what looks like
// credentials is none.
func TestExportLocal(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.Set("AWSMINT_KEYCHAIN", "os") // there is none in a lab
	l.Set("AWSMINT_PASSPHRASE", "")
	set := variables(t, clean(t, l.Run("", "export", "--local", "http://localhost:8000", "--format", "dotenv")).Stdout)
	want := map[string]string{
		"AWS_ACCESS_KEY_ID": "NOTAREALKEYLOCALONLY", "AWS_SECRET_ACCESS_KEY": "not-a-real-secret-local-only",
		"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", "AWS_ENDPOINT_URL": "http://localhost:8000",
	}
	wantVariables(t, set, want)
	set = variables(t, clean(t, l.Run("", "export", "--local", "http://localhost:1234", "--service", "dynamodb", "--region", "eu-west-1", "--format", "env-no-export")).Stdout)
	delete(want, "AWS_ENDPOINT_URL")
	want["AWS_ENDPOINT_URL_DYNAMODB"], want["DYNAMODB_ENDPOINT_URL"] = "http://localhost:1234", "http://localhost:1234"
	want["AWS_REGION"], want["AWS_DEFAULT_REGION"] = "eu-west-1", "eu-west-1"
	wantVariables(t, set, want)
	wantCalls(t, l.AWS, "", 0)
}

func wantVariables(t *testing.T, got, want map[string]string) {
	t.Helper()
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s is %q, want %q", name, got[name], value)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s is set", name)
		}
	}
}

// What counts of a narrowed profile is what AWS was told: session policies for
// a role, a federated user in place of the user's session.
func TestExportNarrowed(t *testing.T) {
	t.Parallel()
	l, alice := withRole(t)
	for _, c := range []struct {
		args   []string
		arn    string
		policy []string
	}{
		{[]string{"prod", "--read-only"}, ":assumed-role/Admin/alice", []string{readOnlyPolicy}},
		{[]string{"prod", "--policy-arn", bucketsPolicy, "--policy-arn", readOnlyPolicy}, ":assumed-role/Admin/alice", []string{bucketsPolicy, readOnlyPolicy}},
		{[]string{"work", "--read-only", "--duration", "1h"}, ":federated-user/alice", []string{readOnlyPolicy}},
		{[]string{"work", "--read-only", "--policy-arn", bucketsPolicy}, ":federated-user/alice", []string{readOnlyPolicy, bucketsPolicy}},
		{[]string{"work", "--role-arn", admin, "--read-only"}, ":assumed-role/Admin/alice", []string{readOnlyPolicy}},
	} {
		got := fromVariables(variables(t, clean(t, l.Run("", append([]string{"export", "--format", "dotenv"}, c.args...)...)).Stdout))
		made, ok := l.AWS.Session(got.AccessKeyID)
		if !ok || !strings.HasSuffix(made.ARN, c.arn) || !slices.Equal(made.PolicyARNs, c.policy) {
			t.Errorf("%q: %s with %q", c.args, made.ARN, made.PolicyARNs)
		}
		if got := whose(t, l, got); !strings.HasSuffix(got, c.arn) {
			t.Errorf("%q: AWS takes them for %q", c.args, got)
		}
	}
	// The narrow ones are nobody else's.
	full := succeeded(t, l.Run("", "process", "prod"))
	if made, _ := l.AWS.Session(full.AccessKeyID); len(made.PolicyARNs) != 0 {
		t.Errorf("the profile itself has %q", made.PolicyARNs)
	}
	// Few users may call GetFederationToken.
	l.AWS.Inject(ststest.Fault{Action: "GetFederationToken", Status: 403, Code: "AccessDenied", Message: "User: " + alice.ARN + " is not authorized to perform: sts:GetFederationToken"})
	failed(t, l.Run("", "export", "work", "--policy-arn", bucketsPolicy), 5, "is not authorized", "--role-arn ARN")
}
