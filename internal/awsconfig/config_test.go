package awsconfig

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/fault"
)

type properties = map[string]string

// Cases that AWS's suite does not have.
func TestReading(t *testing.T) {
	for _, c := range []struct {
		name, config, credentials string
		want                      map[string]properties
	}{
		{
			"line ends of Windows",
			"[profile a]\r\nx = 1\r\n  more\r\ns3 =\r\n  k = v\r\n\r\n[profile b] ; c\r\ny = 2\r\n", "",
			map[string]properties{"a": {"x": "1\nmore", "s3": "\nk = v"}, "b": {"y": "2"}},
		},
		{
			"byte order mark",
			"\ufeff[profile a]\nx = 1\n", "\ufeff# comment\n[a]\ny = 2\n",
			map[string]properties{"a": {"x": "1", "y": "2"}},
		},
		{
			"credentials win over config, key by key",
			"[profile a]\nx = config\ny = config\n", "[a]\nX = credentials\n",
			map[string]properties{"a": {"x": "credentials", "y": "config"}},
		},
		{
			"names are case-sensitive",
			"[profile a]\nx = 1\n[profile A]\nx = 2\n", "",
			map[string]properties{"a": {"x": "1"}, "A": {"x": "2"}},
		},
		{
			"inline comments need a space or tab before them",
			"[profile a]\nx = 1\t# c\ny = 2\t;c\nz = a;b#c\nw = # nothing\nv =# something\n", "",
			map[string]properties{"a": {"x": "1", "y": "2", "z": "a;b#c", "w": "", "v": "# something"}},
		},
		{
			"comments and blank lines do not end a value",
			"[profile a]\nx = 1\n# c\n\n  # indented\n  ; too\n  2\ny = 3", "",
			map[string]properties{"a": {"x": "1\n2", "y": "3"}},
		},
		{
			"a profile that is indented as a whole",
			"[default]\n  region = eu-west-1 ; here\n  output = json\n  s3 =\n    a = b\n", "",
			map[string]properties{"default": {"region": "eu-west-1", "output": "json", "s3": "\na = b"}},
		},
		{
			"a value of several lines loses its first line's quotes only",
			"[profile a]\nx = \"1\"\n  \"2\"\n", "",
			map[string]properties{"a": {"x": "1\n\"2\""}},
		},
		{
			"quotes round a value are taken off, but a command keeps them",
			"[profile a]\nx = \"1 2\"\ny = 'z'\nz = \"\nw = '1\"\ncredential_process = \"/a b/tool\"\nawsmint_mfa_process = '/a b/c'\n", "",
			map[string]properties{"a": {"x": "1 2", "y": "z", "z": `"`, "w": `'1"`, "credential_process": `"/a b/tool"`, "awsmint_mfa_process": "'/a b/c'"}},
		},
		{
			"names in quotes are read in the config file only",
			"[profile \"my work\"]\nx = 1\n[profile 'b']\nx = 2\n[profile \"]\n[profile 'a\"]\n[profile \"\"]\n", "[\"c\"]\nx = 3\n['d e']\n",
			map[string]properties{"my work": {"x": "1"}, "b": {"x": "2"}},
		},
		{
			"a bracket or a comment sign in a header only makes the name invalid",
			"[profile a]b]\nx = 1\n[profile c#1]\n[profile d]#] comment\ny = 2\n", "",
			map[string]properties{"d": {"y": "2"}},
		},
		{
			"indented headers, and tabs in them",
			"  [ profile\ta ]\nx = 1\n\t[profile b]", "",
			map[string]properties{"a": {"x": "1"}, "b": {}},
		},
		{
			"an indented bracket that is no header continues the value",
			"[profile a]\nx = 1\n  [2\ny = [3]\n", "",
			map[string]properties{"a": {"x": "1\n[2", "y": "[3]"}},
		},
		{
			"other sections are no profiles",
			"[sso-session s]\n[services t]\n[plugins]\ncli = x\n[profile]\n[]\n[preview]\n", "[sso-session s]\n[services t]\n[profile]\nx = 1\n",
			map[string]properties{"profile": {"x": "1"}},
		},
		{
			"every character of a valid name",
			"[profile aZ09_-@+.%:/]\nx = 1\n[profile \u00e4]\n", "[a@b]\n[a,b]\n",
			map[string]properties{"aZ09_-@+.%:/": {"x": "1"}, "a@b": {}},
		},
		{
			"a sub-property section in a duplicate replaces the whole value",
			"[profile a]\ns3 =\n  x = 1\n[profile a]\ns3 =\n  y = 2\n", "",
			map[string]properties{"a": {"s3": "\ny = 2"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := mustParse(t, c.config, c.credentials)
			if err := config.Check(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, view(t, config).profiles); diff != "" {
				t.Errorf("profiles (-want +got):\n%s", diff)
			}
		})
	}
}

func TestStructuralErrorsFailAtOnce(t *testing.T) {
	for _, c := range []struct{ name, config, credentials, want string }{
		{"property before a section", "# c\n\nregion = x\n[default]\n", "", "config:3: expected a profile definition"},
		{"continuation before a section", "", "\ufeff\r\n  x\r\n", "credentials:2: expected a profile definition"},
		{"header without an end", "[default]\nx = 1\n[profile a\n", "", "config:3: profile definition must end with ']'"},
		{"text behind a header", "[profile a] b\n", "", "config:1: profile definition must end with ']'"},
		{"the first error counts", "x\n[profile a\n", "", "config:1: expected"},
		{"UTF-16", "\xff\xfe[\x00d\x00", "", "config:1: the file is UTF-16"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse([]byte(c.config), []byte(c.credentials))
			wantFault(t, err, fault.Failure, c.want)
		})
	}
}

func TestBrokenLineHarmsItsOwnProfileOnly(t *testing.T) {
	const text = "[profile good]\nx = 1\n[profile bad]\nx = 1\nAKIASECRET\n  y\n[profile worse]\ny = 1\n  = 2\n[profile worst]\ns3 =\n  = x\n"
	config := mustParse(t, text, "")
	if s, err := config.Profile("good"); err != nil || s.Get("x") != "1" {
		t.Errorf("a neighbour's broken line broke this profile: %v", err)
	}
	_, err := config.Profile("bad")
	wantFault(t, err, fault.Failure, "config:5: expected an '=' sign defining a property")
	if strings.Contains(err.Error()+fault.HintOf(err), "AKIASECRET") {
		t.Error("the error shows the line, which may be a secret")
	}
	_, err = config.Profile("worse")
	wantFault(t, err, fault.Failure, "config:9: property did not have a name")
	_, err = config.Profile("worst")
	wantFault(t, err, fault.Failure, "config:12: sub-property did not have a name")
	wantFault(t, config.Check(), fault.Failure, "config:5: ")

	// Check also reads what no SDK would use, and the second file.
	wantFault(t, mustParse(t, "[x]\njunk\n", "").Check(), fault.Failure, "config:2: ")
	wantFault(t, mustParse(t, "", "[x]\na = 1\njunk\n").Check(), fault.Failure, "credentials:3: ")
}

func TestErrorInCredentialsReachesTheProfile(t *testing.T) {
	_, err := mustParse(t, "[profile a]\nx = 1\n", "[a]\njunk\n").Profile("a")
	wantFault(t, err, fault.Failure, "credentials:2: ")
}

func TestProfilesInFileOrder(t *testing.T) {
	config := mustParse(t, "[profile z]\n[default]\n[profile a]\n[profile z]\n[x]\n", "[m]\n[a]\n[default]\n[profile q]\n[b]\n")
	want := []string{"z", "default", "a", "m", "b"}
	if diff := cmp.Diff(want, config.Profiles()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSection(t *testing.T) {
	config := mustParse(t, `[profile a]
Role_ARN = arn:plain
awsmint_role_arn = arn:ours
awsmint_duration =
duration = 1h
services = s
[profile b]
[profile a]
region = eu-west-1
`, "\n[a]\nREGION = us-east-1\n")
	s, err := config.Profile("a")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ got, want string }{
		{s.Name(), "a"},
		{s.Get("role_arn"), "arn:plain"},
		{s.Get("ROLE_ARN"), "arn:plain"},
		{s.Get("none"), ""},
		{s.Setting("role_arn"), "arn:ours"},
		{s.Setting("Role_Arn"), "arn:ours"},
		{s.Setting("duration"), ""},
		{s.Setting("services"), "s"},
		{s.Setting("none"), ""},
		{strings.Join(s.Keys(), " "), "awsmint_duration awsmint_role_arn duration region role_arn services"},
		{origin(s, "role_arn"), "config:2"},
		{origin(s, "Region"), "credentials:3"},
		{origin(s, "none"), ":0"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestEmptySectionAnswersEverything(t *testing.T) {
	s := Empty("work")
	if s.Name() != "work" || s.Get("k")+s.Setting("k")+s.Sub("k", "l") != "" || len(s.Keys()) != 0 || origin(s, "k") != ":0" {
		t.Errorf("%s is not empty", s)
	}
}

func origin(s *Section, key string) string {
	file, line := s.Origin(key)
	return fmt.Sprintf("%s:%d", file, line)
}

func mustParse(t *testing.T, config, credentials string) *Config {
	t.Helper()
	c, err := Parse([]byte(config), []byte(credentials))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// wantFault checks that err is a fault whose fact holds text, with a hint.
func wantFault(t *testing.T, err error, status fault.Status, text string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) {
		t.Fatalf("got %v; want a fault with %q", err, text)
	}
	// Quoting doubles the backslashes of a path on Windows.
	fact := strings.ReplaceAll(f.Fact, `\\`, `\`)
	if !strings.Contains(fact, text) || f.Status != status || f.Hint == "" {
		t.Errorf("got %q, status %d, hint %q; want %q, status %d and a hint", f.Fact, f.Status, f.Hint, text, status)
	}
}

// Each file by itself, the one first that SDKs take a plaintext key from.
func TestInFiles(t *testing.T) {
	c, err := Parse([]byte("[profile a]\nx = 1\ny = 1\n[profile b]\n[profile broken]\njunk\n"), []byte("[a]\nx = 2\n[c]\nx = 3\n"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"a": "credentials:2=2/ config:2=1/1 ", "b": "", "c": "credentials:4=3/ ", "none": ""} {
		sections, err := c.InFiles(name)
		got := ""
		for _, s := range sections {
			got += origin(s, "x") + "=" + s.Get("x") + "/" + s.Get("y") + " "
		}
		if err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, want)
		}
	}
	_, err = c.InFiles("broken")
	wantFault(t, err, fault.Failure, "config:6: ")
}
