package awsconfig

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// conformanceFile is data of AWS's own suite for SDKs. It lies beside the
// project's folder where there is a copy; the project is also built without.
const conformanceFile = "../../../shared/conformance/profile-parser-tests.json"

// conformanceCase is a case of that suite. Output.Config is nil where the files
// are broken.
type conformanceCase struct {
	Name  string
	Input struct{ ConfigFile, CredentialsFile string }

	Output struct {
		Config *struct {
			Profiles    map[string]map[string]string
			SSOSessions map[string]map[string]string `json:"sso_sessions"`
		}
		ErrorContaining string
	}
}

func conformanceCases(t *testing.T) []conformanceCase {
	t.Helper()
	data, err := os.ReadFile(conformanceFile)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("no copy of AWS's conformance suite at " + conformanceFile)
	}
	if err != nil {
		t.Fatal(err)
	}
	var suite struct{ Tests []conformanceCase }
	if err := json.Unmarshal(data, &suite); err != nil {
		t.Fatal(err)
	}
	if len(suite.Tests) < 40 {
		t.Fatalf("the suite has %d cases; is the file whole?", len(suite.Tests))
	}
	return suite.Tests
}

func TestConformance(t *testing.T) {
	for _, c := range conformanceCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			config, err := Parse([]byte(c.Input.ConfigFile), []byte(c.Input.CredentialsFile))
			if err == nil {
				err = config.Check()
			}
			if c.Output.Config == nil {
				// The suite's texts begin with a capital, ours never do.
				if err == nil || !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(c.Output.ErrorContaining)) {
					t.Fatalf("got %v; want an error with %q", err, c.Output.ErrorContaining)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got := view(t, config)
			if diff := cmp.Diff(c.Output.Config.Profiles, got.profiles); diff != "" {
				t.Errorf("profiles (-want +got):\n%s", diff)
			}
			want := c.Output.Config.SSOSessions
			if want == nil {
				want = map[string]map[string]string{}
			}
			if diff := cmp.Diff(want, got.sessions); diff != "" {
				t.Errorf("sso_sessions (-want +got):\n%s", diff)
			}
		})
	}
}

// views is what a Config holds, or the error where a section is broken.
type views struct{ profiles, sessions, services map[string]map[string]string }

func view(t *testing.T, c *Config) views {
	t.Helper()
	all := func(names []string, get func(string) (*Section, error)) map[string]map[string]string {
		found := map[string]map[string]string{}
		for _, name := range names {
			s, err := get(name)
			if err != nil {
				found[name] = map[string]string{"error": err.Error()}
				continue
			}
			if s.Name() != name {
				t.Errorf("%q is named %q", name, s.Name())
			}
			found[name] = map[string]string{}
			for _, key := range s.Keys() {
				found[name][key] = s.Get(key)
			}
		}
		return found
	}
	named := func(kind string) (names []string) {
		for _, sec := range c.config.sections {
			if sec.title.kind == kind && sec.title.usable() {
				names = append(names, sec.title.name)
			}
		}
		return names
	}
	return views{
		all(c.Profiles(), c.Profile),
		all(named(kindSSOSession), c.SSOSession),
		all(named(kindServices), c.Services),
	}
}
