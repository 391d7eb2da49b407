//go:build unix

package e2e

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

// kind is one kind of profile that people have in ~/.aws/config.
type kind struct {
	name string

	// settings are of the profile "it", as AWS's own tools write them. Where
	// awsmint is the credential_process, each carries awsmint's prefix.
	settings string
	// alias is for settings that have no form with the prefix: "it" runs
	// awsmint for the profile "plain", which has them.
	alias bool
	// beside are the sections that the profile leads to.
	beside string
	// prepare sets up what is outside of the config file.
	prepare func(t *testing.T, l *lab.Lab)
	// signIn is what a person does before.
	signIn func(t *testing.T, l *lab.Lab)

	arn  string // who AWS sees, a regular expression
	kind string // as "list --json" says it
	// session is what must be true of what AWS made; nil: nothing more.
	session func(ststest.Session) bool
	after   after // what process does after logout
}

// after is what the first run after a logout comes to.
type after int

const (
	works     after = iota
	asksLogin       // exit status 3
	nextCode        // it would wait for the device's next code
)

const (
	aliceARN = "arn:aws:iam::111122223333:user/alice"

	audit = "arn:aws:iam::555566667777:role/Audit"
	task  = "arn:aws:iam::111122223333:role/Task"
	ci    = "arn:aws:iam::111122223333:role/CI"
)

func kinds() []kind {
	const (
		alice  = `^` + aliceARN + `$`
		asRole = `^arn:aws:sts::444455556666:assumed-role/Admin/`
		asSSO  = `^arn:aws:sts::222233334444:assumed-role/AWSReservedSSO_Dev_[0-9a-f]+/alice$`
		roleOf = "role_arn = " + admin + "\n"
		ssoOf  = "sso_account_id = " + ssoAccount + "\nsso_role_name = Dev\n"
		oldSSO = "sso_start_url = " + startURL + "\nsso_region = eu-west-1\n" + ssoOf
	)
	byCode := func(t *testing.T, l *lab.Lab) { signInByCode(t, l, "it") }
	return []kind{
		{name: "a key with its session", settings: "mfa_serial = arn:aws:iam::111122223333:mfa/it\n", prepare: ownKey,
			arn: `^arn:aws:iam::111122223333:user/it$`, kind: "key", after: nextCode},
		{name: "a role", settings: roleOf + "source_profile = work\n", prepare: workKey,
			arn: asRole + `alice$`, kind: "role"},
		{name: "a chain of two roles", settings: "role_arn = " + audit + "\nsource_profile = admin\n", prepare: workKey,
			beside: "[profile admin]\n" + roleOf + "source_profile = work\n",
			arn:    `^arn:aws:sts::555566667777:assumed-role/Audit/`, kind: "role"},
		{name: "a role with external id, tags and a name", prepare: partnerRole,
			settings: roleOf + "source_profile = work\nexternal_id = partner-7\nrole_session_name = deploy\n" +
				"awsmint_session_tags = team=core, cost=42\nawsmint_transitive_tags = team\n",
			arn: asRole + `deploy$`, kind: "role", session: func(s ststest.Session) bool {
				return s.MFA && s.ExternalID == "partner-7" && maps.Equal(s.Tags, map[string]string{"team": "core", "cost": "42"}) && slices.Equal(s.TransitiveTags, []string{"team"})
			}},
		{name: "a role of four hours", settings: roleOf + "source_profile = work\nduration_seconds = 14400\n", prepare: workKey,
			arn: asRole + `alice$`, kind: "role", after: nextCode,
			session: func(s ststest.Session) bool { return s.MFA && s.Duration == 4*time.Hour && s.SourceARN == aliceARN }},
		{name: "a role without a session", settings: roleOf + "source_profile = work\nawsmint_session = off\n", prepare: workKey,
			arn: asRole + `alice$`, kind: "role", after: nextCode,
			session: func(s ststest.Session) bool { return s.MFA && s.SourceARN == aliceARN }},
		{name: "a role over the environment", settings: roleOf + "credential_source = Environment\n", prepare: environmentKey,
			arn: asRole + `alice$`, kind: "role"},
		{name: "a role over the instance", settings: roleOf + "credential_source = Ec2InstanceMetadata\n", prepare: onInstance,
			arn: asRole + `i-0123456789abcdef0$`, kind: "role"},
		{name: "a role over the container", settings: roleOf + "credential_source = EcsContainer\n", prepare: inContainer,
			arn: asRole + `[0-9a-f]{32}$`, kind: "role"},
		{name: "a web identity in a file", settings: "role_arn = " + ci + "\nweb_identity_token_file = {dir}/token\n", prepare: webToken,
			arn: `^arn:aws:sts::111122223333:assumed-role/CI/repo-acme-web$`, kind: "web identity"},
		{name: "a web identity from a command", settings: "role_arn = " + ci + "\nawsmint_web_identity_token_process = cat {dir}/token\n", prepare: webToken,
			arn: `^arn:aws:sts::111122223333:assumed-role/CI/repo-acme-web$`, kind: "web identity"},
		{name: "IAM Identity Center, signed in with a code", settings: "sso_session = acme\n" + ssoOf, beside: ssoSection,
			prepare: identityCenter, signIn: byCode, arn: asSSO, kind: "sso", after: asksLogin},
		{name: "IAM Identity Center in the old form", settings: oldSSO,
			prepare: identityCenter, signIn: byCode, arn: asSSO, kind: "sso", after: asksLogin},
		{name: "IAM Identity Center with a token of the AWS CLI", settings: "sso_session = acme\n" + ssoOf, beside: ssoSection,
			prepare: cliSignedIn("acme"), arn: asSSO, kind: "sso"},
		{name: "the old form with a token of the AWS CLI", settings: oldSSO,
			prepare: cliSignedIn(startURL), arn: asSSO, kind: "sso"},
		{name: "a role over IAM Identity Center", settings: roleOf + "source_profile = center\n",
			beside: ssoSection + "[profile center]\nsso_session = acme\n" + ssoOf, prepare: identityCenter, signIn: byCode,
			arn: asRole + `alice$`, kind: "role"},
		{name: "a login session", settings: "login_session = " + aliceARN + "\n", prepare: loginSession(""),
			arn: alice, kind: "login"},
		{name: "a login session kept elsewhere", settings: "login_session = " + aliceARN + "\n", prepare: loginSession("logins"),
			arn: alice, kind: "login"},
		{name: "a plaintext key with MFA", settings: "{key}mfa_serial = arn:aws:iam::111122223333:mfa/alice\nawsmint_mfa_process = cat {dir}/code\n",
			alias: true, prepare: codeInFile, arn: alice, kind: "plaintext key", after: nextCode},
		{name: "another program", settings: "credential_process = {dir}/program --for 'it all'\n",
			alias: true, prepare: otherProgram, arn: alice, kind: "process"},
		{name: "another program behind awsmint", settings: "credential_process = {dir}/program --for 'it all'\n",
			prepare: otherProgram, arn: alice, kind: "process"},
	}
}

// Each kind of profile through the AWS CLI, which knows nothing of it but the
// line that runs awsmint: who AWS sees, one mint however often it is asked, and
// the commands for people.
func TestEveryKindOfProfile(t *testing.T) {
	t.Parallel()
	cli := awsCLI(t)
	for _, k := range kinds() {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			for _, r := range []ststest.Role{
				{ARN: admin, MaxSession: 12 * time.Hour, TrustedARNs: []string{"arn:aws:iam::111122223333:root", "arn:aws:iam::222233334444:root"}},
				{ARN: audit, TrustedARNs: []string{admin}}, {ARN: ci, WebIdentity: true},
			} {
				l.AWS.AddRole(r)
			}
			if err := os.MkdirAll(filepath.Dir(l.ConfigFile()), 0o700); err != nil {
				t.Fatal(err)
			}
			k.prepare(t, l)
			k.fill(l)
			base, err := os.ReadFile(l.ConfigFile())
			if err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			writeConfig(t, l, string(base)+k.ours(l))
			if k.signIn != nil {
				k.signIn(t, l)
			}
			k.throughTheCLI(t, l, cli)
			k.forPeople(t, l)
			k.inPlainForm(t, l, string(base))
			k.loggedOut(t, l)
		})
	}
}

// fill puts the lab's own values into the settings.
func (k *kind) fill(l *lab.Lab) {
	alice := l.AWS.AddUser("alice")
	k.settings = strings.NewReplacer("{dir}", l.Dir,
		"{key}", "aws_access_key_id = "+alice.AccessKeyID+"\naws_secret_access_key = "+alice.SecretAccessKey+"\n").Replace(k.settings)
}

// ours is the profile as awsmint's users have it.
func (k *kind) ours(l *lab.Lab) string {
	if k.alias {
		return k.plain("plain") + "\n[profile it]\nregion = eu-west-1\n" + own(l, "plain")
	}
	text := "\n" + k.beside + "\n[profile it]\nregion = eu-west-1\n" + own(l, "it")
	for line := range strings.Lines(k.settings) {
		text += "awsmint_" + strings.TrimPrefix(line, "awsmint_")
	}
	return text
}

// plain is the profile as AWS's own tools write it.
func (k *kind) plain(name string) string {
	return "\n" + k.beside + "\n[profile " + name + "]\nregion = eu-west-1\n" + k.settings
}

// throughTheCLI asks twice; the second time AWS is asked nothing but who it is.
func (k *kind) throughTheCLI(t *testing.T, l *lab.Lab, cli string) {
	t.Helper()
	for _, run := range []string{"cold", "again"} {
		before, identities := l.AWS.Calls(""), l.AWS.Calls("GetCallerIdentity")
		r := l.RunProgram("", cli, "--profile", "it", "--output", "text", "sts", "get-caller-identity", "--endpoint-url", l.AWS.URL())
		fields := strings.Split(strings.TrimSpace(r.Stdout), "\t")
		if r.Err != nil || len(fields) != 3 || !regexp.MustCompile(k.arn).MatchString(fields[1]) {
			t.Fatalf("%s: status %d, stdout %q, stderr %q", run, r.Status, r.Stdout, r.Stderr)
		}
		if run == "cold" {
			continue
		}
		if got, of := l.AWS.Calls("")-before, l.AWS.Calls("GetCallerIdentity")-identities; got != 1 || of != 1 {
			t.Errorf("%d calls the second time, of which %d ask who it is; want that one alone", got, of)
		}
	}
}

// listed is what "list --json" says of the profile.
func listed(t *testing.T, l *lab.Lab, profile string) (row struct {
	Profile, Kind, Problem string
	Expires                *time.Time `json:"session_expires"`
}) {
	t.Helper()
	r := l.Run("", "list", "--json")
	if r.Err != nil {
		t.Fatalf("list: status %d, stderr %q", r.Status, r.Stderr)
	}
	rows := []struct {
		Profile, Kind, Problem string
		Expires                *time.Time `json:"session_expires"`
	}{}
	if err := json.Unmarshal([]byte(r.Stdout), &rows); err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if row.Profile == profile {
			return row
		}
	}
	t.Fatalf("list lacks %q:\n%s", profile, r.Stdout)
	return row
}

// forPeople is list and login while the credentials are there.
func (k *kind) forPeople(t *testing.T, l *lab.Lab) {
	t.Helper()
	before := l.AWS.Calls("")
	if row := listed(t, l, "it"); row.Kind != k.kind || row.Expires == nil || row.Problem != "" {
		t.Errorf("list --json: %+v, want the kind %q with a session", row, k.kind)
	}
	if r := l.Run("", "list"); !regexp.MustCompile(`(?m)^it +.* left$`).MatchString(r.Stdout) {
		t.Errorf("list:\n%s", r.Stdout)
	}
	if r := l.Run("", "login", "it"); r.Err != nil || !strings.HasPrefix(r.Stdout, "it: credentials until ") || r.Stderr != "" {
		t.Errorf("login: status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
	}
	if got := l.AWS.Calls("") - before; got != 0 {
		t.Errorf("list and login made %d calls", got)
	}
}

// inPlainForm takes the prefixes and the credential_process out of the profile:
// the very same credentials come from the cache.
func (k *kind) inPlainForm(t *testing.T, l *lab.Lab, base string) {
	t.Helper()
	cached := succeeded(t, l.Run("", "process", "it"))
	before := l.AWS.Calls("")
	profile := "it"
	if k.alias {
		profile = "plain"
	}
	writeConfig(t, l, base+k.plain(profile))
	plain := succeeded(t, l.Run("", "process", profile))
	if plain != cached {
		t.Error("the plain form of the settings gives other credentials")
	}
	if got := l.AWS.Calls("") - before; got != 0 {
		t.Errorf("the plain form of the settings made %d calls", got)
	}
	if session, ok := l.AWS.Session(plain.AccessKeyID); k.session != nil && (!ok || !k.session(session)) {
		t.Errorf("AWS made %+v", session)
	}
	if arn := whose(t, l, plain); !regexp.MustCompile(k.arn).MatchString(arn) {
		t.Errorf("the plain form is %s", arn)
	}
	writeConfig(t, l, base+k.ours(l))
}

// loggedOut is logout, and what there is afterwards.
func (k *kind) loggedOut(t *testing.T, l *lab.Lab) {
	t.Helper()
	old := succeeded(t, l.Run("", "process", "it"))
	if r := l.Run("", "logout", "it"); r.Err != nil || !strings.Contains(r.Stdout, "it: cached credentials removed") || r.Stderr != "" && !strings.Contains(r.Stderr, "aws sso logout") {
		t.Errorf("logout: status %d, stdout %q, stderr %q", r.Status, r.Stdout, r.Stderr)
	}
	if row := listed(t, l, "it"); row.Expires != nil {
		t.Errorf("list after logout: %+v", row)
	}
	switch k.after {
	case works:
		r := l.Run("", "process", "it")
		if renewed := succeeded(t, r); renewed.Expiration == "" || k.kind != "process" && k.kind != "login" && renewed == old {
			t.Error("the credentials outlived their logout")
		}
	case asksLogin:
		failed(t, l.Run("", "process", "it"), 3, "awsmint login it")
	}
}
