package provider_test

import (
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/provider"
)

const (
	roleA = "arn:aws:iam::444455556666:role/A"
	roleB = "arn:aws:iam::444455556666:role/B"
	keyB  = "aws_access_key_id = AKIAIOSFODNN7EXAMPLB\naws_secret_access_key = bbbb\n"
	keyC  = "aws_access_key_id = AKIAIOSFODNN7EXAMPLC\naws_secret_access_key = cccc\n"
	own   = "credential_process = /usr/local/bin/awsmint process "
)

// chainCase is a config and the chain that it gives for the profile A, or the
// words of its error.
type chainCase struct {
	name   string
	config string
	env    environment
	want   string
	words  []string
}

func testChains(t *testing.T, cases []chainCase) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			config, err := awsconfig.Parse([]byte(c.config), nil)
			if err != nil {
				t.Fatal(err)
			}
			link, err := provider.Resolve(config, c.env.get, provider.Request{Profile: "A"})
			if c.words != nil {
				if err == nil {
					t.Fatalf("resolved to %s", provider.Describe(link))
				}
				wantFault(t, err, fault.StatusOf(err), c.words...)
				if fault.HintOf(err) == "" {
					t.Errorf("no hint: %v", err)
				}
				if s := fault.StatusOf(err); s != fault.Usage && s != fault.Missing {
					t.Errorf("status %d", s)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := provider.Describe(link); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func role(arn string, more ...string) string {
	return "role_arn = " + arn + "\n" + strings.Join(more, "\n") + "\n"
}

// The rules of the SDKs' own suite for profiles that assume roles.
func TestAssumeRoleRulesOfTheSDKs(t *testing.T) {
	testChains(t, []chainCase{
		{name: "a role backed by a key",
			config: "[profile A]\n" + role(roleA, "source_profile = B") + "[profile B]\n" + keyB,
			want:   "role A ← session B ← plaintext key B"},
		{name: "keys beside a source profile are not looked at",
			config: "[profile A]\n" + keyC + role(roleA, "source_profile = B") + "[profile B]\n" + keyB,
			want:   "role A ← session B ← plaintext key B"},
		{name: "a profile that is its own source uses its own keys",
			config: "[profile A]\n" + keyB + role(roleA, "source_profile = A"),
			want:   "role A ← session A ← plaintext key A"},
		{name: "credential_source",
			config: "[profile A]\n" + role(roleA, "credential_source = Ec2InstanceMetadata"),
			want:   "role A ← instance A"},
		{name: "a role without a source",
			config: "[profile A]\n" + role(roleA),
			words:  []string{"config:2", "what the role is assumed with", "source_profile", "credential_source"}},
		{name: "a role without a source, beside keys",
			config: "[profile A]\n" + keyB + role(roleA),
			words:  []string{"what the role is assumed with", `"A", means its own key`}},
		{name: "both source_profile and credential_source",
			config: "[profile A]\n" + role(roleA, "credential_source = Environment", "source_profile = B") + "[profile B]\n" + keyB,
			words:  []string{"source_profile", "credential_source", "one of them"}},
		{name: "half a key: no secret",
			config: "[profile A]\n" + role(roleA, "source_profile = B") + "[profile B]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n",
			words:  []string{`"B"`, "aws_access_key_id", "no aws_secret_access_key", "config:5", "(A ← B)\n"}},
		{name: "half a key: no id",
			config: "[profile A]\n" + role(roleA, "source_profile = B") + "[profile B]\naws_secret_access_key = verysecret\n",
			words:  []string{`"B"`, "no aws_access_key_id", "(A ← B)\n"}},
		{name: "both source_profile and credential_source, two profiles on",
			config: "[profile A]\n" + role(roleA, "source_profile = B") + "[profile B]\n" + role(roleB, "source_profile = C") + "[profile C]\n" + role(roleB, "credential_source = Environment", "source_profile = D"),
			words:  []string{`profile "C"`, "one of them", "(A ← B ← C)\n"}},
		{name: "a mistake behind awsmint's own line",
			config: "[profile A]\n" + own + "B\n[profile B]\n" + role(roleB, "credential_source = Moon"),
			words:  []string{`profile "B"`, `"Moon"`, "(A ← B)\n"}},
		{name: "half a key of a profile that is its own source",
			config: "[profile A]\n" + role(roleA, "source_profile = A") + "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\n",
			words:  []string{`profile "A" has aws_access_key_id and no aws_secret_access_key` + "\n"}},
		{name: "an empty source profile is one whose key is in the keychain",
			config: "[profile A]\n" + role(roleA, "source_profile = B") + "[profile B]\n",
			want:   "role A ← session B ← key B"},
		{name: "a source profile that does not exist",
			config: "[profile A]\n" + role(roleA, "source_profile = B"),
			words:  []string{"config:3", `no profile "B"`, "A ← B"}},
		{name: "a source profile that is misspelt",
			config: "[profile A]\n" + role(roleA, "source_profile = Wrok") + "[profile work]\n",
			words:  []string{"config:3", `no profile "Wrok"`, `did you mean "work"?`}},
		{name: "a source profile whose header is the other file's",
			config: "[profile A]\n" + role(roleA, "source_profile = B") + "[B]\n",
			words:  []string{`no profile "B"`, "must be written [profile B]"}},
		{name: "an empty source_profile is none",
			config: "[profile A]\n" + role(roleA, "source_profile =", "credential_source = EcsContainer"),
			want:   "role A ← container A"},
		{name: "an empty source_profile alone",
			config: "[profile A]\n" + role(roleA, "source_profile ="),
			words:  []string{`config:3: source_profile in profile "A": it is empty`, "what the role is assumed with"}},
		{name: "an empty source_profile without a role", config: "[profile A]\nsource_profile =\n", want: "session A ← key A"},
		{name: "no profile at all", config: "", words: []string{`no profile "A"`}},
		{name: "a chain of roles",
			config: "[profile A]\n" + role(roleA, "source_profile = B") + "[profile B]\n" + role(roleB, "source_profile = C") + "[profile C]\n" + keyC,
			want:   "role A ← role B ← session C ← plaintext key C"},
		{name: "static keys in the middle end the chain",
			config: "[profile A]\n" + keyC + role(roleA, "source_profile = B") + "[profile B]\n" + keyB + role(roleB, "source_profile = C") + "[profile C]\n" + keyC,
			want:   "role A ← session B ← plaintext key B"},
		{name: "a circle",
			config: "[profile A]\n" + role(roleA, "source_profile = B") + "[profile B]\n" + role(roleB, "source_profile = A"),
			words:  []string{"A ← B ← A", "circle"}},
		{name: "a circle of three, entered from outside",
			config: "[profile A]\n" + role(roleA, "source_profile = B") + "[profile B]\n" + role(roleB, "source_profile = C") + "[profile C]\n" + role(roleB, "source_profile = D") + "[profile D]\n" + role(roleB, "source_profile = B"),
			words:  []string{"B ← C ← D ← B"}},
		{name: "web identity",
			config: "[profile A]\n" + role(roleA, "web_identity_token_file = /var/token.jwt"),
			want:   "web identity A"},
		{name: "web identity without a role",
			config: "[profile A]\nweb_identity_token_file = /var/token.jwt\n",
			words:  []string{"no role_arn", "web_identity_token_file"}},
		{name: "web identity as the source of a role",
			config: "[profile A]\n" + role(roleA, "source_profile = B") + "[profile B]\n" + role(roleB, "web_identity_token_file = /var/token.jwt"),
			want:   "role A ← web identity B"},
		{name: "IAM Identity Center as the source of a role",
			config: "[profile A]\n" + role(roleA, "source_profile = B") + "[profile B]\nsso_session = s\nsso_account_id = 111122223333\nsso_role_name = Dev\n[sso-session s]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\n",
			want:   "role A ← sso B"},
		{name: "a login session as the source of a role",
			config: "[profile A]\n" + role(roleA, "source_profile = B") + "[profile B]\nlogin_session = arn:aws:iam::111122223333:user/alice\nregion = eu-west-1\n",
			want:   "role A ← login B"},
		{name: "another credential_process as the source of a role",
			config: "[profile A]\n" + role(roleA, "source_profile = B") + "[profile B]\ncredential_process = /bin/tool\n",
			want:   "role A ← process B"},
		{name: "source_profile without a role", config: "[profile A]\nsource_profile = B\n[profile B]\n" + keyB, words: []string{"no role_arn"}},
		{name: "an unknown credential_source", config: "[profile A]\n" + role(roleA, "credential_source = Moon"), words: []string{`"Moon"`, "Ec2InstanceMetadata"}},
	})
}

// The order of what a profile can have, and what is awsmint's own.
func TestKindsOfProfiles(t *testing.T) {
	testChains(t, []chainCase{
		{name: "nothing but a name", config: "[profile A]\n", want: "session A ← key A"},
		{name: "what add writes", config: "[profile A]\nregion = eu-west-1\n" + own + "A\n", want: "session A ← key A"},
		{name: "a role that add writes",
			config: "[profile A]\n" + own + "A\nawsmint_role_arn = " + roleA + "\nawsmint_source_profile = B\n[profile B]\n" + own + "B\n",
			want:   "role A ← session B ← key B"},
		{name: "awsmint's own profile leaves plaintext keys alone", config: "[profile A]\n" + own + "A\n" + keyB, want: "session A ← key A"},
		{name: "so does one that is a source", config: "[profile A]\n" + role(roleA, "source_profile = B") + "[profile B]\n" + own + "B\n" + keyB, want: "role A ← session B ← key B"},
		{name: "its own source, with the key in the keychain",
			config: "[profile A]\n" + own + "A\nawsmint_role_arn = " + roleA + "\nawsmint_source_profile = A\n",
			want:   "role A ← session A ← key A"},
		{name: "awsmint's settings go before the plain ones",
			config: "[profile A]\n" + role(roleA, "source_profile = B", "awsmint_source_profile = C") + "[profile B]\n" + keyB + "[profile C]\n" + keyC,
			want:   "role A ← session C ← plaintext key C"},
		{name: "plaintext keys", config: "[profile A]\n" + keyB, want: "session A ← plaintext key A"},
		{name: "temporary plaintext keys", config: "[profile A]\n" + strings.Replace(keyB, "AKIA", "ASIA", 1) + "aws_session_token = t\n", want: "temporary key A"},
		{name: "a temporary key without its token", config: "[profile A]\n" + strings.Replace(keyB, "AKIA", "ASIA", 1), words: []string{"config:2", "session token", "aws_session_token"}},
		{name: "keys go before IAM Identity Center", config: "[profile A]\n" + keyB + "sso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = Dev\n", want: "session A ← plaintext key A"},
		{name: "another credential_process", config: "[profile A]\ncredential_process = /bin/tool --json\n", want: "process A"},
		{name: "another credential_process behind awsmint's",
			config: "[profile A]\n" + own + "A\nawsmint_credential_process = /bin/tool --json\n", want: "process A"},
		{name: "a session from another process's key", config: "[profile A]\ncredential_process = /bin/tool\nmfa_serial = " + serial + "\n", want: "session A ← process A"},
		{name: "awsmint for another profile is followed, not run", config: "[profile A]\n" + own + "B\n[profile B]\n" + own + "B\n", want: "session B ← key B"},
		{name: "awsmint for another profile with a role", config: "[profile A]\n" + own + "B --role-arn " + roleA + "\n[profile B]\n" + own + "B\n", want: "role B ← session B ← key B"},
		{name: "with the other's own role, which the line does not ask for", config: "[profile A]\n" + own + "B --role-arn " + roleA + "\n[profile B]\n" + own + "B --role-arn " + roleB + "\n", want: "role B ← session B ← key B"},
		{name: "a wrong role in a line", config: "[profile A]\n" + own + "B --role-arn Admin\n[profile B]\n", words: []string{"config:2: credential_process", `"A"`, `--role-arn: "Admin"`}},
		{name: "a wrong duration in a line", config: "[profile A]\n" + own + "A --role-arn " + roleA + " --duration 5m\n", words: []string{"config:2: credential_process", "--duration: a duration of 5m", "30m"}},
		{name: "a duration in a line that the chain does not allow", config: "[profile A]\nawsmint_" + own + "B --role-arn " + roleA + " --duration 2h\n[profile B]\ncredential_source = EcsContainer\n" + role(roleB),
			words: []string{"1h at most", `take out --duration in the awsmint_credential_process of profile "A"`}},
		{name: "awsmint for itself with a role", config: "[profile A]\n" + own + "A --role-arn " + roleA + "\n", want: "role A ← session A ← key A"},
		{name: "such a profile as a source", config: "[profile A]\n" + role(roleA, "source_profile = B") + "[profile B]\n" + own + "B --role-arn " + roleB + "\n", want: "role A ← role B ← session B ← key B"},
		{name: "awsmint for each other", config: "[profile A]\n" + own + "B\n[profile B]\n" + own + "A\n", words: []string{"A ← B ← A"}},
		{name: "awsmint for a profile that is not there", config: "[profile A]\n" + own + "B\n", words: []string{`no profile "B"`, "credential_process"}},
		{name: "a circle through a credential_process",
			config: "[profile A]\n" + role(roleA, "source_profile = B") + "[profile B]\n" + own + "A\n", words: []string{"A ← B ← A"}},
		{name: "no session", config: "[profile A]\nawsmint_session = off\n", words: []string{"awsmint_session = off", "--raw-key"}},
		{name: "a role straight from the key", config: "[profile A]\n" + role(roleA, "source_profile = B") + "[profile B]\nawsmint_session = off\n", want: "role A ← key B"},
		{name: "one role straight from the key", config: "[profile A]\nawsmint_session = off\n" + role(roleA, "source_profile = B") + "[profile B]\n", want: "role A ← key B"},
		{name: "no such choice", config: "[profile A]\nawsmint_session = maybe\n", words: []string{`"maybe"`, "on", "off"}},
	})
}

// Role credentials of over an hour come straight from a key.
func TestDurationsOfChains(t *testing.T) {
	const long = "duration_seconds = 14400"
	testChains(t, []chainCase{
		{name: "an hour, from the session", config: "[profile A]\n" + role(roleA, "source_profile = B", "duration_seconds = 3600") + "[profile B]\n", want: "role A ← session B ← key B"},
		{name: "four hours, from the key", config: "[profile A]\n" + role(roleA, "source_profile = B", long) + "[profile B]\n", want: "role A ← key B"},
		{name: "four hours, from a plaintext key", config: "[profile A]\n" + role(roleA, "source_profile = B", long) + "[profile B]\n" + keyB, want: "role A ← plaintext key B"},
		{name: "four hours, chained", config: "[profile A]\n" + role(roleA, "source_profile = B", long) + "[profile B]\n" + role(roleB, "source_profile = C") + "[profile C]\n",
			words: []string{`"A"`, "4h", "1h at most", "role A ← role B ← session C ← key C"}},
		{name: "four hours, from an instance", config: "[profile A]\n" + role(roleA, "credential_source = Ec2InstanceMetadata", long), words: []string{"4h", "1h at most", `take out duration_seconds in profile "A"`}},
		{name: "four hours of awsmint's own setting, from an instance", config: "[profile A]\n" + role(roleA, "credential_source = Ec2InstanceMetadata", "awsmint_duration = 4h"), words: []string{`take out awsmint_duration in profile "A"`}},
		{name: "four hours, from temporary keys", config: "[profile A]\n" + role(roleA, "source_profile = B", long) + "[profile B]\n" + keyB + "aws_session_token = t\n", words: []string{"1h at most"}},
		{name: "four hours in the middle of a chain", config: "[profile A]\n" + role(roleA, "source_profile = B") + "[profile B]\n" + role(roleB, "source_profile = C", long) + "[profile C]\n", want: "role A ← role B ← key C"},
		{name: "four hours by web identity", config: "[profile A]\n" + role(roleA, "web_identity_token_file = /t", long), want: "web identity A"},
		{name: "over twelve hours", config: "[profile A]\n" + role(roleA, "source_profile = B", "duration_seconds = 43201") + "[profile B]\n", words: []string{"12h0m1s is too long", "12h"}},
		{name: "under half an hour", config: "[profile A]\n" + role(roleA, "source_profile = B", "duration_seconds = 900") + "[profile B]\n", words: []string{"15m is too short", "30m", "for every request"}},
		{name: "awsmint's own setting", config: "[profile A]\n" + role(roleA, "source_profile = B", "awsmint_duration = 4h") + "[profile B]\n", want: "role A ← key B"},
	})
}

// A missing source is not taken for the very profile that names it.
func TestMissingSourceIsNotItsNamer(t *testing.T) {
	_, err := provider.Resolve(parsed(t, "[profile x]\nrole_arn = "+roleA+"\nsource_profile = y\n"), environment{}.get, provider.Request{Profile: "x"})
	wantFault(t, err, fault.Missing, `there is no profile "y"`, "awsmint add y")
}
