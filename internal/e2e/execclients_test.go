//go:build unix

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/lab"
)

const (
	// roleLife of a role's credentials: they are renewed when a third is left.
	roleLife = 4 * time.Second
	renewals = 3
)

// clients are programs of somebody else's that run for long and take their
// credentials where their SDK's default chain finds them: for each line of
// their stdin they call AWS, and print with which key and as whom.
var clients = map[string]func(t *testing.T, l *lab.Lab) (program []string){
	"botocore": func(t *testing.T, l *lab.Lab) []string {
		return []string{boto3(t, l), endpointClient(t, "client.py")}
	},
	"JavaScript": func(t *testing.T, _ *lab.Lab) []string {
		node, program := jsSDK(t)
		text, err := os.ReadFile(endpointClient(t, "client.mjs"))
		if err != nil {
			t.Fatal(err)
		}
		program = filepath.Join(filepath.Dir(program), "client.mjs")
		write(t, program, string(text), 0o600)
		return []string{node, program}
	},
	"Go": func(t *testing.T, _ *lab.Lab) []string { return []string{goSDK(t)} },
}

// endpointClient is one that the endpoint's own tests have too.
func endpointClient(t *testing.T, name string) (path string) {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "endpoint", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

const adminSession = "arn:aws:sts::444455556666:assumed-role/Admin/alice"

// call has the client call AWS once, and returns the id of the key it used.
func (c *command) call(t *testing.T) (id string) {
	t.Helper()
	c.say(t, "call")
	line := c.line(t)
	var arn string
	if _, err := fmt.Sscan(line, &id, &arn); err != nil || arn != adminSession {
		t.Fatalf("the client printed %q: %v", line, err)
	}
	return id
}

// Each SDK has the credentials of the server, through renewals and whatever
// the config file says.
func TestExecServerWithSDKs(t *testing.T) {
	t.Parallel()
	for name, client := range clients {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			program := client(t, newLab(t))
			t.Run("renewals", func(t *testing.T) {
				t.Parallel()
				outlives(t, program)
			})
			t.Run("the default profile", func(t *testing.T) {
				t.Parallel()
				goesBeforeDefault(t, program)
			})
		})
	}
}

// A program goes on through renewals of credentials that live for seconds, and
// notices nothing of them.
func outlives(t *testing.T, program []string) {
	l, _ := withRole(t)
	l.Set("NODE_NO_WARNINGS", "1")
	succeeded(t, l.Run("", "process", "work")) // the session, which lasts
	l.AWS.SetSessionLifetime(roleLife)
	c := begin(t, l, execs([]string{"--server"}, "prod", program...)...)
	var used []string
	for minted := 1; len(used) <= renewals; minted++ {
		waitFor(t, l, "AssumeRole", minted)
		if id := c.call(t); !slices.Contains(used, id) {
			used = append(used, id)
		}
	}
	c.end(t, 0)
	if c.stderr.String() != "" {
		t.Errorf("stderr %q", c.stderr.String())
	}
}

// What SDKs would find in the profile "default" is not what they get.
func goesBeforeDefault(t *testing.T, program []string) {
	l, _ := withRole(t)
	l.Set("NODE_NO_WARNINGS", "1")
	mallory := l.AWS.AddUser("mallory")
	config, err := os.ReadFile(l.ConfigFile())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		config, credentials string
		hidden              bool
	}{
		{"", fmt.Sprintf("[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n", mallory.AccessKeyID, mallory.SecretAccessKey), true},
		{"[default]\ncredential_process = " + l.Binary + " process work\n", "", true},
		{"[default]\nrole_arn = arn:aws:iam::111122223333:role/None\nsource_profile = work\n", "", true},
		{"[default]\nsource_profile = work\n", "", true},
		{"[default]\nregion = us-west-2\noutput = json\n", "", false},
	} {
		write(t, l.ConfigFile(), string(config)+c.config, 0o600)
		write(t, filepath.Join(filepath.Dir(l.ConfigFile()), "credentials"), c.credentials, 0o600)
		run := begin(t, l, execs([]string{"--server"}, "prod", program...)...)
		run.call(t)
		run.end(t, 0)
		want := ""
		if c.hidden {
			want = "awsmint: note: the command sees no AWS config file, because SDKs would take the credentials of its profile \"default\" before those of --server\n"
		}
		if run.stderr.String() != want {
			t.Errorf("%q: stderr %q", c.config+c.credentials, run.stderr.String())
		}
	}
}
