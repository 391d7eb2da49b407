package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/provider"
)

// roleLink resolves the profile "work", a role over the key of "key", with
// these lines more.
func roleLink(t *testing.T, lines string) (*provider.Role, error) {
	t.Helper()
	config := "[profile work]\nsource_profile = key\n" + lines + "\n[profile key]\nmfa_serial = " + serial + "\n"
	link, err := provider.Resolve(parsed(t, config), environment{}.get, provider.Request{Profile: "work"})
	if err != nil {
		return nil, err
	}
	return link.(*provider.Role), nil
}

func TestRoleSettings(t *testing.T) {
	policyFile := filepath.Join(t.TempDir(), "policy.json")
	if err := os.WriteFile(policyFile, []byte("{\n  \"Version\": \"2012-10-17\"\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := roleLink(t, strings.Join([]string{
		"role_arn = " + roleA,
		"role_session_name = alice@example.com",
		"external_id = team:a/b-1",
		"duration_seconds = 1800",
		"awsmint_session_tags = Project = Apollo , Team=Ops Ö",
		"awsmint_transitive_tags = Project",
		"awsmint_source_identity = alice",
		"awsmint_policy = " + policyFile,
		"awsmint_policy_arns = arn:aws:iam::aws:policy/ReadOnlyAccess, arn:aws:iam::444455556666:policy/team/P",
		"awsmint_expiry_window = 10m",
	}, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"arn": roleA, "name": "alice@example.com", "id": "team:a/b-1", "duration": 30 * time.Minute,
		"tags": []provider.Tag{{Key: "Project", Value: "Apollo"}, {Key: "Team", Value: "Ops Ö"}}, "transitive": []string{"Project"},
		"identity": "alice", "policy": `{"Version":"2012-10-17"}`,
		"arns":   []string{"arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::444455556666:policy/team/P"},
		"window": 10 * time.Minute, "serial": "", "source": serial,
	}
	is := map[string]any{
		"arn": got.RoleARN, "name": got.SessionName, "id": got.ExternalID, "duration": got.Duration,
		"tags": got.Tags, "transitive": got.TransitiveTags, "identity": got.SourceIdentity, "policy": got.Policy,
		"arns": got.PolicyARNs, "window": got.Window, "serial": got.Serial, "source": got.Source().(*provider.Session).Serial,
	}
	if diff := cmp.Diff(want, is); diff != "" {
		t.Error(diff)
	}
}

func TestWrongRoleSettings(t *testing.T) {
	tags := make([]string, 51)
	arns := make([]string, 11)
	for i := range tags {
		tags[i] = "k" + strings.Repeat("x", i) + "=v"
	}
	for i := range arns {
		arns[i] = "arn:aws:iam::aws:policy/P"
	}
	for _, test := range []struct {
		line  string
		words []string
	}{
		{"role_arn = Admin", []string{`"Admin"`, "arn:aws:iam::ACCOUNT:role/NAME"}},
		{"role_arn = arn:aws:iam::12345:role/Admin", []string{"12 digits"}},
		{"role_arn = arn:aws:iam::444455556666:user/alice", []string{"not the ARN of a role"}},
		{"role_arn = arn:aws:iam::444455556666:role/", []string{"not the ARN of a role"}},
		{"role_arn = arn:aws:iam::444455556666:role/" + strings.Repeat("x", 2048), []string{"not the ARN of a role"}},
		{"role_session_name = a", []string{`"a"`, "2 to 64"}},
		{"role_session_name = Alice Smith", []string{`"Alice Smith"`}},
		{"role_session_name = " + strings.Repeat("x", 65), []string{"2 to 64"}},
		{"external_id = x", []string{"2 to 1224"}},
		{"external_id = a b", []string{`"a b"`}},
		{"awsmint_source_identity = a b", []string{"source identity"}},
		{"awsmint_session_tags = Project", []string{`"Project"`, "KEY=VALUE"}},
		{"awsmint_session_tags = =x", []string{"not a tag"}},
		{"awsmint_session_tags = a=1, A=2", []string{`"A"`, "twice"}},
		{"awsmint_session_tags = " + strings.Repeat("k", 129) + "=v", []string{"too long"}},
		{"awsmint_session_tags = k=" + strings.Repeat("v", 257), []string{"too long"}},
		{"awsmint_session_tags = " + strings.Join(tags, ","), []string{"51 tags", "50"}},
		{"awsmint_transitive_tags = Team", []string{`"Team"`}},
		{"awsmint_policy = nonsense", []string{"absolute path"}},
		{"awsmint_policy = /nosuch/policy.json", []string{"/nosuch/policy.json"}},
		{"awsmint_policy = {nonsense", []string{"not a JSON object"}},
		{`awsmint_policy = {"a": "` + strings.Repeat("x", 2048) + `"}`, []string{"2048"}},
		{`awsmint_policy = {"a": "` + strings.Repeat("ö", 2048-7) + `"}`, []string{"2049 characters", "2048"}},
		{"awsmint_policy_arns = ReadOnlyAccess", []string{`"ReadOnlyAccess"`, "arn:aws:iam::aws:policy/"}},
		{"awsmint_policy_arns = " + strings.Join(arns, ","), []string{"11", "10"}},
		{"awsmint_expiry_window = 1h", []string{"leaves nothing"}},
	} {
		lines := test.line
		if !strings.HasPrefix(lines, "role_arn") {
			lines += "\nrole_arn = " + roleA
		}
		_, err := roleLink(t, lines)
		key, _, _ := strings.Cut(test.line, " ")
		wantFault(t, err, fault.Usage, append(test.words, "config:3: "+key)...)
	}
}

// Whatever shapes a role's credentials is in the name of their entry.
func TestRolesThatDifferShareNoEntry(t *testing.T) {
	seen := map[[32]byte]string{}
	for _, lines := range []string{
		"", "role_session_name = x1", "role_session_name = x2", "external_id = x1", "external_id = x2", "duration_seconds = 1800",
		"duration_seconds = 7200", "awsmint_session = off", "awsmint_session_tags = a=1", "awsmint_session_tags = c=1", "awsmint_session_tags = a=2", "awsmint_session_tags = a=1,b=2",
		"awsmint_session_tags = a=1,b=2\nawsmint_transitive_tags = a", "awsmint_session_tags = a=1,b=2\nawsmint_transitive_tags = b", "awsmint_source_identity = x1",
		`awsmint_policy = {"a":1}`, `awsmint_policy = {"a":2}`, "awsmint_policy_arns = arn:aws:iam::aws:policy/P",
		"awsmint_policy_arns = arn:aws:iam::aws:policy/P,arn:aws:iam::aws:policy/Q", "region = eu-west-1", "endpoint_url = https://a.test",
		"awsmint_role_arn = " + roleB, "awsmint_session = off\nmfa_serial = " + serial + "2",
	} {
		link, err := roleLink(t, "role_arn = "+roleA+"\n"+lines)
		if err != nil {
			t.Fatal(err)
		}
		digest := provider.Name(link).Digest
		if other, found := seen[digest]; found {
			t.Errorf("%q and %q have one digest", lines, other)
		}
		seen[digest] = lines
	}
	one, _ := roleLink(t, "role_arn = "+roleA)
	// AWS counts characters.
	if _, err := roleLink(t, "role_arn = "+roleA+"\n"+`awsmint_policy = {"a":"`+strings.Repeat("ö", 2048-8)+`"}`); err != nil {
		t.Errorf("a policy of 2048 characters: %v", err)
	}
	for _, same := range []string{`awsmint_policy = `, "awsmint_duration = 60m", "use_fips_endpoint = true", "mfa_serial = " + serial} {
		link, err := roleLink(t, "role_arn = "+roleA+"\n"+same)
		if err != nil {
			t.Fatal(err)
		}
		if provider.Name(link) != provider.Name(one) {
			t.Errorf("%q costs another AssumeRole", same)
		}
	}
}

// A plaintext key counts by its id: another one has other credentials.
func TestPlaintextKeysThatDifferShareNoEntry(t *testing.T) {
	one := resolved(t, "[profile work]\n"+keyB)
	for what, config := range map[string]string{
		"key": "[profile work]\n" + keyC, "account": "[profile work]\n" + keyB + "aws_account_id = 111122223333\n",
	} {
		if provider.Name(one).Digest == provider.Name(resolved(t, config)).Digest {
			t.Errorf("another %s, and the same digest", what)
		}
	}
}

func TestMFADeviceOfAChain(t *testing.T) {
	const device2 = serial + "2"
	for _, test := range []struct{ name, role, key, session, straight string }{
		{"the source's", "", "mfa_serial = " + serial, serial, serial},
		{"the role's, where the source has none", "mfa_serial = " + serial, "", serial, serial},
		{"each its own: one session serves all, a role of its own code uses its own", "mfa_serial = " + device2, "mfa_serial = " + serial, serial, device2},
		{"none", "", "", "", ""},
	} {
		config := "[profile work]\nrole_arn = " + roleA + "\nsource_profile = key\n" + test.role + "\n%s\n[profile key]\n" + test.key + "\n"
		link := resolved(t, strings.Replace(config, "%s", "", 1))
		if got := link.Source().(*provider.Session).Serial; got != test.session {
			t.Errorf("%s: the session's device is %q, want %q", test.name, got, test.session)
		}
		link = resolved(t, strings.Replace(config, "%s", "duration_seconds = 7200", 1))
		if got := link.(*provider.Role).Serial; got != test.straight {
			t.Errorf("%s: the role's device is %q, want %q", test.name, got, test.straight)
		}
	}
}

func resolved(t *testing.T, config string) provider.Link {
	t.Helper()
	link, err := provider.Resolve(parsed(t, config), environment{}.get, provider.Request{Profile: "work"})
	if err != nil {
		t.Fatal(err)
	}
	return link
}

// The line of a profile asks for the role: whoever runs it must not get the
// role on top of itself.
func TestShorthandOfTheProfilesOwnLine(t *testing.T) {
	config := parsed(t, "[profile work]\n"+own+"work --role-arn "+roleA+"\n")
	for _, test := range []struct {
		request provider.Request
		want    string
	}{
		{provider.Request{Profile: "work"}, "role work ← session work ← key work"},
		{provider.Request{Profile: "work", RoleARN: roleA}, "role work ← session work ← key work"},
		{provider.Request{Profile: "work", RawKey: true}, "key work"},
	} {
		link, err := provider.Resolve(config, environment{}.get, test.request)
		if err != nil {
			t.Fatal(err)
		}
		if got := provider.Describe(link); got != test.want {
			t.Errorf("%+v: %s, want %s", test.request, got, test.want)
		}
	}
}

// A role in another profile's line is one entry with the same command's.
func TestShorthandIsOneEntryHoweverItIsAskedFor(t *testing.T) {
	for _, work := range []string{"", own + "work\n", own + "work --role-arn " + roleB + "\n"} {
		config := parsed(t, "[profile x]\nregion = eu-west-2\n"+own+"work --role-arn "+roleA+" --external-id e-1\n[profile work]\nregion = eu-west-1\n"+work)
		name := func(request provider.Request) any {
			link, err := provider.Resolve(config, environment{}.get, request)
			if err != nil {
				t.Fatal(err)
			}
			return provider.Name(link)
		}
		run := name(provider.Request{Profile: "work", RoleARN: roleA, ExternalID: "e-1"})
		if name(provider.Request{Profile: "x"}) != run {
			t.Errorf("with %q in the other profile its line and its command have an entry each", work)
		}
	}
}

func TestShorthand(t *testing.T) {
	config := parsed(t, "[profile work]\nawsmint_expiry_window = 2h\nmfa_serial = "+serial+"\n[profile prod]\nrole_arn = "+roleA+"\nsource_profile = work\n")
	for _, test := range []struct {
		request provider.Request
		want    string
		words   []string
	}{
		{request: provider.Request{Profile: "work", RoleARN: roleA, ExternalID: "x-1"}, want: "role work ← session work ← key work"},
		{request: provider.Request{Profile: "work", RoleARN: roleA, Duration: 4 * time.Hour}, want: "role work ← key work"},
		{request: provider.Request{Profile: "prod", RoleARN: roleB}, want: "role prod ← role prod ← session work ← key work"},
		{request: provider.Request{Profile: "prod", RoleARN: roleB, Duration: 2 * time.Hour}, words: []string{"2h", "1h at most", "take out --duration, or"}},
		{request: provider.Request{Profile: "work", RoleARN: "Admin"}, words: []string{`--role-arn: "Admin"`}},
		{request: provider.Request{Profile: "work", RoleARN: roleA, ExternalID: "a b"}, words: []string{`--external-id: "a b"`}},
		{request: provider.Request{Profile: "work", RoleARN: roleA, Duration: time.Minute}, words: []string{"--duration: ", "1m is too short"}},
		{request: provider.Request{Profile: "work", RawKey: true}, want: "key work"},
		{request: provider.Request{Profile: "prod", RawKey: true}, words: []string{`"prod"`, "no key of its own", "--raw-key"}},
	} {
		link, err := provider.Resolve(config, environment{}.get, test.request)
		if test.words != nil {
			wantFault(t, err, fault.Usage, test.words...)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := provider.Describe(link); got != test.want {
			t.Errorf("%+v: %s, want %s", test.request, got, test.want)
		}
	}
}

// Without a region a role is assumed in its own partition: a key of another one
// must not be sent there by a default.
func TestRegionOfARole(t *testing.T) {
	for _, test := range []struct{ arn, lines, want string }{
		{"arn:aws:iam::444455556666:role/A", "", "us-east-1"},
		{"arn:aws-cn:iam::444455556666:role/A", "", "cn-north-1"},
		{"arn:aws-us-gov:iam::444455556666:role/A", "", "us-gov-west-1"},
		{"arn:aws-eusc:iam::444455556666:role/A", "", "eusc-de-east-1"},
		{"arn:aws-cn:iam::444455556666:role/A", "region = cn-northwest-1", "cn-northwest-1"},
	} {
		link, err := roleLink(t, "role_arn = "+test.arn+"\n"+test.lines)
		if err != nil {
			t.Fatal(err)
		}
		if link.Client.Region != test.want {
			t.Errorf("%s %s: %q, want %q", test.arn, test.lines, link.Client.Region, test.want)
		}
	}
}
