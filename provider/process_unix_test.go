//go:build unix

package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

// tool is another program's credential_process: a script that runs lines, and
// notes each start.
type tool struct{ script, starts string }

func newTool(t *testing.T, lines ...string) *tool {
	t.Helper()
	dir := t.TempDir()
	p := &tool{filepath.Join(dir, "tool.sh"), filepath.Join(dir, "starts")}
	p.write(t, lines...)
	return p
}

func (p *tool) write(t *testing.T, lines ...string) {
	t.Helper()
	text := "echo >>" + p.starts + "\n" + strings.Join(lines, "\n") + "\n"
	if err := os.WriteFile(p.script, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// profile is the config of a profile "ext" that runs it.
func (p *tool) profile(more ...string) string {
	return "[profile ext]\nregion = eu-west-1\ncredential_process = /bin/sh " + p.script + "\n" + strings.Join(more, "\n") + "\n"
}

func (p *tool) wantStarts(t *testing.T, n int) {
	t.Helper()
	data, _ := os.ReadFile(p.starts)
	if got := strings.Count(string(data), "\n"); got != n {
		t.Errorf("the program was started %d times, want %d", got, n)
	}
}

// prints is a line of a script that prints credentials.
func prints(id, secret, more string) string {
	return fmt.Sprintf(`printf '%%s\n' '{"Version": 1, "AccessKeyId": "%s", "SecretAccessKey": "%s"%s}'`, id, secret, more)
}

const foreignSecret = "hunter2-secret"

// printsTemporary prints credentials that live for a while.
func (w *world) printsTemporary(life time.Duration) string {
	return prints("ASIAFOREIGN", foreignSecret, fmt.Sprintf(`, "SessionToken": "tiger-token", "Expiration": "%s", "AccountId": "999988887777"`,
		w.clock.Now().Add(life).Format(time.RFC3339)))
}

func TestProcessCredentialsAreCachedWhileTheySayTheyLast(t *testing.T) {
	w := newWorld(t)
	p := newTool(t, w.printsTemporary(time.Hour))
	want := aws.Credentials{
		AccessKeyID: "ASIAFOREIGN", SecretAccessKey: foreignSecret, SessionToken: "tiger-token", AccountID: "999988887777",
		Source: "awsmint", CanExpire: true, Expires: w.clock.Now().Add(time.Hour),
	}
	for range 2 {
		if got := w.mustAs(p.profile(), "ext"); got != want {
			t.Errorf("got %+v", got.Expires)
		}
	}
	p.wantStarts(t, 1)

	w.clock.advance(39 * time.Minute)
	w.mustAs(p.profile(), "ext")
	p.wantStarts(t, 1)
	w.clock.advance(2 * time.Minute)
	w.mustAs(p.profile(), "ext")
	p.wantStarts(t, 2)

	// The window is the profile's own.
	w.clock.advance(3 * time.Minute)
	w.mustAs(p.profile("awsmint_expiry_window = 15m"), "ext")
	p.wantStarts(t, 2)
	w.mustAs(p.profile("awsmint_expiry_window = 17m"), "ext")
	p.wantStarts(t, 3)
	// One that is longer than they live would run the program each time.
	w.mustAs(p.profile("awsmint_expiry_window = 30m"), "ext")
	p.wantStarts(t, 3)

	// Another command is another entry.
	other := newTool(t, w.printsTemporary(time.Hour))
	w.mustAs(other.profile(), "ext")
	other.wantStarts(t, 1)
}

// A program that is found from the current directory is another one in each.
func TestProcessOfTheCurrentDirectory(t *testing.T) {
	w := newWorld(t)
	var dirs []string
	for _, id := range []string{"ASIAHERE", "ASIATHERE"} {
		dir := t.TempDir()
		dirs = append(dirs, dir)
		text := "#!/bin/sh\n" + strings.Replace(w.printsTemporary(time.Hour), "ASIAFOREIGN", id, 1) + "\n"
		if err := lab.WriteProgram(filepath.Join(dir, "tool"), text); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dirs[0]+":/usr/bin:/bin")
	for line, want := range map[string][2]string{
		"./tool":                                 {"ASIAHERE", "ASIATHERE"},
		"../" + filepath.Base(dirs[1]) + "/tool": {"ASIATHERE", "ASIATHERE"},
		dirs[1] + "/tool":                        {"ASIATHERE", "ASIATHERE"},
		"tool":                                   {"ASIAHERE", "ASIAHERE"},
	} {
		for i, dir := range dirs {
			t.Chdir(dir)
			config := "[profile ext]\ncredential_process = " + line + "\n"
			if got := w.mustAs(config, "ext"); got.AccessKeyID != want[i] {
				t.Errorf("%s in directory %d: %s, want %s", line, i, got.AccessKeyID, want[i])
			}
			if i > 0 {
				continue
			}
			// What is asked for here runs here.
			cached := w.of(strings.Replace(config, "ext", "later", 1), provider.Request{Profile: "later"})
			t.Chdir(dirs[1])
			if got, err := cached.Retrieve(within(t)); err != nil || got.AccessKeyID != want[i] {
				t.Errorf("%s, after a change of directory: %s, %v; want %s", line, got.AccessKeyID, err, want[i])
			}
		}
	}

	gone := t.TempDir()
	t.Chdir(gone)
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	_, err := provider.Resolve(parsed(t, "[profile ext]\ncredential_process = ./tool\n"), environment{}.get, provider.Request{Profile: "ext"})
	wantFault(t, err, fault.Failure, "config:2: credential_process", `"./tool"`, "current directory", "absolute path")
}

func TestProcessWithoutExpirationIsRunEachTime(t *testing.T) {
	w := newWorld(t)
	p := newTool(t, prints("ASIAFOREIGN", foreignSecret, `, "SessionToken": "tiger-token"`))
	for range 2 {
		if got := w.mustAs(p.profile(), "ext"); got.CanExpire || got.SessionToken != "tiger-token" {
			t.Errorf("got %v, expires %v", got.AccessKeyID, got.CanExpire)
		}
	}
	p.wantStarts(t, 2)
}

func TestProcessThatPrintsAPermanentKey(t *testing.T) {
	w := newWorld(t)
	w.sts.AddRole(ststest.Role{ARN: admin})
	p := newTool(t, prints(w.user.AccessKeyID, w.user.SecretAccessKey, ""))

	_, err := w.as(p.profile(), "ext")
	wantFault(t, err, fault.Usage, "permanent key", "--raw-key", "awsmint_mfa_serial")

	c, err := w.of(p.profile(), provider.Request{Profile: "ext", RawKey: true}).Retrieve(within(t))
	if err != nil || c.AccessKeyID != w.user.AccessKeyID || c.SessionToken != "" {
		t.Errorf("--raw-key: %q, %v", c.AccessKeyID, err)
	}

	made := w.mustAs(p.profile()+"[profile prod]\nregion = eu-west-1\nrole_arn = "+admin+"\nsource_profile = ext\n", "prod")
	if w.madeWith(made).SessionName != "alice" {
		t.Errorf("the role's session is %+v", w.madeWith(made))
	}

	// The seed is that of the profile.
	session := p.profile("awsmint_mfa = process", "awsmint_mfa_process = echo "+w.user.Code(w.clock.Now()), "mfa_serial = "+w.user.MFASerial)
	if c := w.mustAs(session, "ext"); c.SessionToken == "" {
		t.Error("no session was made of the key")
	}
	w.wantCalls(1)
}

func TestProcessGetsTheChainButNoStdinAndNoSecrets(t *testing.T) {
	// What the caller pipes is for the caller's program.
	file := filepath.Join(t.TempDir(), "stdin")
	writeFile(t, file, "data")
	stdin, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func(ours *os.File) { os.Stdin = ours; _ = stdin.Close() }(os.Stdin)
	os.Stdin = stdin

	w := newWorld(t)
	p := newTool(t,
		`test "$AWSMINT_CHAIN" = "a,ext" || { echo no chain >&2; exit 9; }`,
		`test -z "$AWSMINT_PASSPHRASE" || { echo a passphrase >&2; exit 9; }`,
		`test -z "$(cat)" || { echo something on stdin >&2; exit 9; }`,
		w.printsTemporary(time.Hour))
	_, err = w.as(p.profile(), "ext", func(o *provider.Options) {
		o.Environ = []string{"PATH=" + os.Getenv("PATH"), "AWSMINT_CHAIN=a,ext", "AWSMINT_PASSPHRASE=hunter2"}
	})
	if err != nil {
		t.Errorf("%v\n%s", err, fault.HintOf(err))
	}
}

func TestProcessLinesThatCannotBeRead(t *testing.T) {
	for line, word := range map[string]string{
		`/bin/tool "a b`: "a quotation mark is not closed",
		`/bin/tool a'`:   "a quotation mark is not closed",
		`/bin/tool \`:    "a backslash stands at its end",
		`'' a`:           "it names no program",
	} {
		_, err := provider.Resolve(parsed(t, "[profile ext]\ncredential_process = "+line+"\n"), environment{}.get, provider.Request{Profile: "ext"})
		wantFault(t, err, fault.Usage, "config:2: credential_process in profile \"ext\"", word)
	}
}

// A role over another program: its key takes a code, its temporary credentials
// take none, and give an hour at most, which is told before AWS is asked.
func TestRoleOverAnotherProgram(t *testing.T) {
	w := newWorld(t)
	w.sts.AddRole(ststest.Role{ARN: admin, MaxSession: 4 * time.Hour})
	prod := func(lines ...string) string {
		return "[profile prod]\nregion = eu-west-1\nrole_arn = " + admin + "\nsource_profile = ext\nmfa_serial = " + w.user.MFASerial +
			"\nawsmint_mfa = process\nawsmint_mfa_process = echo " + w.user.Code(w.clock.Now()) + "\n" + strings.Join(lines, "\n") + "\n"
	}
	key := newTool(t, prints(w.user.AccessKeyID, w.user.SecretAccessKey, ""))
	if made := w.madeWith(w.mustAs(key.profile()+prod("duration_seconds = 14400"), "prod")); !made.MFA || made.Duration != 4*time.Hour {
		t.Errorf("made with %+v", made)
	}

	session := w.mustMint(noMFA)
	temporary := newTool(t, prints(session.AccessKeyID, session.SecretAccessKey, `, "SessionToken": "`+session.SessionToken+`"`))
	if made := w.madeWith(w.mustAs(temporary.profile()+prod(), "prod")); made.MFA {
		t.Errorf("made with %+v", made)
	}
	before := w.sts.Calls("")
	_, err := w.as(temporary.profile()+prod("duration_seconds = 14400"), "prod")
	wantFault(t, err, fault.Usage, "4h", "1h at most", "role prod ← process ext")
	w.wantAsked("", before)
}

// The value of a variable in front of a command may be a password.
func TestVariableBeforeAProgramIsNotShown(t *testing.T) {
	_, err := provider.Resolve(parsed(t, "[profile ext]\ncredential_process = VAULT_TOKEN=hunter2 /bin/tool\n"), environment{}.get, provider.Request{Profile: "ext"})
	wantFault(t, err, fault.Usage, "begins with a variable", "env NAME=value")
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the value shows: %v", err)
	}
}
