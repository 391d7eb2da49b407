//go:build unix

package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

// typesKey answers what `awsmint add` asks for.
func typesKey(id, key string) []reply {
	return []reply{types("Access key id: ", id+"\n"), types("Secret access key (hidden): ", key+"\n")}
}

func agrees(*testing.T, *lab.Lab, *ststest.User) [][]reply {
	return [][]reply{{types("Do this? [y/N]", "y\n")}}
}

func typesCode(_ *testing.T, _ *lab.Lab, alice *ststest.User) [][]reply {
	return [][]reply{{codeOf(alice)}}
}

func codeOf(alice *ststest.User) reply {
	return reply{"MFA code for profile", func(*captured) string { return code(alice) + "\n" }}
}

func typesSeed(_ *testing.T, _ *lab.Lab, alice *ststest.User) [][]reply {
	return [][]reply{{types("Seed of the device", alice.Seed+"\n")}}
}

// deactivate takes a user's device away.
func deactivate(t *testing.T, l *lab.Lab, u *ststest.User) {
	t.Helper()
	client := iam.New(iam.Options{Region: "us-east-1", BaseEndpoint: aws.String(l.AWS.URL()), Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: u.AccessKeyID, SecretAccessKey: u.SecretAccessKey}, nil
	})})
	if _, err := client.DeactivateMFADevice(t.Context(), &iam.DeactivateMFADeviceInput{UserName: &u.Name, SerialNumber: &u.MFASerial}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.DeleteVirtualMFADevice(t.Context(), &iam.DeleteVirtualMFADeviceInput{SerialNumber: &u.MFASerial}); err != nil {
		t.Fatal(err)
	}
}

// noDevice takes alice's device from her, and out of the profile.
func noDevice(t *testing.T, l *lab.Lab, alice *ststest.User) {
	t.Helper()
	deactivate(t, l, alice)
	edit(t, l.ConfigFile(), "awsmint_mfa_serial = "+alice.MFASerial+"\n", "")
}

// enrols types two codes of the device whose seed is on the screen, which is too
// narrow for a QR code.
func enrols(t *testing.T, _ *lab.Lab, _ *ststest.User) [][]reply {
	seed := regexp.MustCompile(`secret=([A-Z2-7]+)`)
	var first, second string
	return [][]reply{{
		{"The code that the app shows: ", func(c *captured) string {
			found := seed.FindStringSubmatch(strings.NewReplacer("\r", "", "\n", "").Replace(c.Screen()))
			if found == nil {
				t.Fatal("no seed is shown")
			}
			first, second = shows(t, found[1], -1), shows(t, found[1], 0)
			return first + "\n"
		}},
		{"The next one, within 30 s: ", func(*captured) string { return second + "\n" }},
	}}
}

// plainKey has the user's key stand in the credentials file, for a profile.
func plainKey(t *testing.T, l *lab.Lab, profile string, u *ststest.User) {
	write(t, credentialsFile(l), fmt.Sprintf("[%s]\naws_access_key_id = %s\naws_secret_access_key = %s\n", profile, u.AccessKeyID, u.SecretAccessKey), 0o600)
}

// anotherKey gives alice a second key, of which nobody has ever made use.
func anotherKey(t *testing.T, l *lab.Lab, alice *ststest.User) {
	key, err := l.AWS.AddAccessKey(alice.Name)
	if err != nil {
		t.Fatal(err)
	}
	l.AWS.SetKeyHistory(key.ID, time.Now().Add(-longAgo), time.Time{})
}

// job has the profile named job, for which no key is stored.
func job(t *testing.T, l *lab.Lab, _ *ststest.User) {
	edit(t, l.ConfigFile(), "[profile work]", "[profile job]")
	edit(t, l.ConfigFile(), " process work", " process job")
}

// keyInFile writes credentials, with more lines, into ~/my app/.env.
func keyInFile(t *testing.T, l *lab.Lab, id, key, more string) string {
	path := filepath.Join(l.Home, "my app", ".env")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, path, "AWS_ACCESS_KEY_ID="+id+"\nAWS_SECRET_ACCESS_KEY="+key+"\n"+more, 0o600)
	return path
}

// repository makes ~/my app one, with a .env that git does what with.
func repository(commands ...string) func(*testing.T, *lab.Lab, *ststest.User) {
	return func(t *testing.T, l *lab.Lab, alice *ststest.User) {
		keyInFile(t, l, alice.AccessKeyID, alice.SecretAccessKey, "AWS_REGION=eu-west-1\n")
		for _, args := range append([]string{"init -q"}, commands...) {
			if r := l.RunProgram("", "git", append([]string{"-C", filepath.Join(l.Home, "my app")}, strings.Fields(args)...)...); r.Err != nil {
				t.Skip("git: ", r.Err, r.Stderr)
			}
		}
	}
}

var inFile = []string{"work", "--file", "~/my app/.env"}

// advices begin with the command that each is about.
var advices = []advice{
	{name: "add: a key that is missing", id: "key-missing", args: []string{"job"}, nth: 1, breaks: job,
		answers: func(_ *testing.T, _ *lab.Lab, alice *ststest.User) [][]reply {
			return [][]reply{typesKey(alice.AccessKeyID, alice.SecretAccessKey)}
		}},
	{name: "add: a profile that is missing", id: "profile-missing", args: []string{"other"}, breaks: func(*testing.T, *lab.Lab, *ststest.User) {},
		answers: func(_ *testing.T, l *lab.Lab, _ *ststest.User) [][]reply {
			bob := l.AWS.AddUser("bob")
			return [][]reply{typesKey(bob.AccessKeyID, bob.SecretAccessKey)}
		}},
	{name: "add --force: a key that was deleted", id: "key-unknown",
		breaks: func(_ *testing.T, l *lab.Lab, alice *ststest.User) { l.AWS.RemoveAccessKey(alice.AccessKeyID) },
		answers: func(t *testing.T, l *lab.Lab, alice *ststest.User) [][]reply {
			key, err := l.AWS.AddAccessKey(alice.Name)
			if err != nil {
				t.Fatal(err)
			}
			return [][]reply{typesKey(key.ID, key.Secret)}
		}},
	{name: "add --from-env: an old key in the environment", id: "key-old", fill: []string{"PROFILE", "job"},
		args: []string{"--file", "~/none"},
		breaks: func(t *testing.T, l *lab.Lab, _ *ststest.User) {
			bob := l.AWS.AddUser("bob")
			old(bob.AccessKeyID, l)
			for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": bob.AccessKeyID, "AWS_SECRET_ACCESS_KEY": bob.SecretAccessKey, "AWS_REGION": "eu-west-1"} {
				l.Set(name, value)
			}
		},
		answers: func(t *testing.T, l *lab.Lab, _ *ststest.User) [][]reply {
			bob := l.AWS.AddUser("bob")
			return [][]reply{{}, {codeOf(bob)}}
		}},
	{name: "import: a key in plain text", id: "key-in-plain-text", args: []string{"old"},
		breaks: func(t *testing.T, l *lab.Lab, alice *ststest.User) { plainKey(t, l, "old", alice) }, answers: agrees},
	{name: "import: another profile's key in plain text", id: "key-in-plain-text", args: []string{},
		breaks: func(t *testing.T, l *lab.Lab, alice *ststest.User) { plainKey(t, l, "old", alice) }, answers: agrees},
	{name: "import: a key that shadows the profile", id: "static-key-shadows",
		breaks: func(t *testing.T, l *lab.Lab, alice *ststest.User) { plainKey(t, l, "work", alice) }, answers: agrees},
	{name: "import: an old key in plain text", id: "key-old", args: []string{"old"},
		breaks: func(t *testing.T, l *lab.Lab, alice *ststest.User) {
			plainKey(t, l, "old", alice)
			old(alice.AccessKeyID, l)
		},
		answers: func(_ *testing.T, _ *lab.Lab, alice *ststest.User) [][]reply {
			return [][]reply{{types("Do this? [y/N]", "y\n")}, {codeOf(alice)}}
		}},
	{name: "import --env-file: an old key in a file", id: "key-old", args: inFile[1:], fill: []string{"PROFILE", "job"},
		breaks: func(t *testing.T, l *lab.Lab, _ *ststest.User) {
			bob := l.AWS.AddUser("bob")
			old(bob.AccessKeyID, l)
			deactivate(t, l, bob)
			keyInFile(t, l, bob.AccessKeyID, bob.SecretAccessKey, "AWS_REGION=eu-west-1\n")
		},
		answers: func(_ *testing.T, l *lab.Lab, _ *ststest.User) [][]reply {
			return [][]reply{{types("ARN of the MFA device", "\n"), types("Do this? [y/N]", "y\n")}}
		}},
	{name: "rotate: an old key", id: "key-old", seeded: true,
		breaks: func(_ *testing.T, l *lab.Lab, alice *ststest.User) { old(alice.AccessKeyID, l) }},
	{name: "rotate: an old key, by a person", id: "key-old",
		breaks: func(_ *testing.T, l *lab.Lab, alice *ststest.User) { old(alice.AccessKeyID, l) }, answers: typesCode},
	{name: "rotate --delete-oldest-unused: a second key", id: "second-key", seeded: true, breaks: anotherKey},
	{name: "rotate: one that was not finished", id: "rotation-unfinished", seeded: true,
		breaks: func(t *testing.T, l *lab.Lab, _ *ststest.User) {
			l.AWS.Inject(ststest.Fault{Action: "UpdateAccessKey", Code: "AccessDenied"})
			if r := l.Run("", "rotate", "work", "--yes"); r.Err == nil {
				t.Fatal("the rotation was finished")
			}
			l.AWS.Reset()
		}},
	{name: "login: nobody can be asked", id: "mfa-no-way", nth: 1, breaks: func(*testing.T, *lab.Lab, *ststest.User) {}, answers: typesCode},
	{name: "mfa add: nobody can be asked", id: "mfa-no-way", nth: 2, breaks: func(*testing.T, *lab.Lab, *ststest.User) {},
		answers: typesSeed},
	{name: "mfa add --force: the seed of another device", id: "mfa-seed-other", seeded: true, nth: 1,
		breaks: func(t *testing.T, l *lab.Lab, alice *ststest.User) {
			const other = "arn:aws:iam::111122223333:mfa/old"
			if r := l.Run(alice.Seed+"\n", "mfa", "add", "work", "--stdin", "--force", "--no-verify", "--mfa-serial", other); r.Err != nil {
				t.Fatal(r.Stderr)
			}
			edit(t, l.ConfigFile(), other, alice.MFASerial)
		},
		answers: typesSeed},
	{name: "mfa enroll: a user without a device", id: "mfa-none", breaks: noDevice, answers: enrols},
	{name: "mfa enroll: a device that is gone", id: "mfa-device-unknown",
		breaks: func(t *testing.T, l *lab.Lab, alice *ststest.User) {
			text := textOf(t, l.ConfigFile())
			noDevice(t, l, alice)
			write(t, l.ConfigFile(), text, 0o600)
		},
		byHand: func(t *testing.T, l *lab.Lab, alice *ststest.User) {
			edit(t, l.ConfigFile(), "awsmint_mfa_serial = "+alice.MFASerial+"\n", "")
		},
		answers: enrols},
	{name: "login --force: a session that AWS does not take", id: "session-invalid", seeded: true,
		breaks: func(t *testing.T, l *lab.Lab, _ *ststest.User) {
			id, _, _ := pasted(t, l)
			l.AWS.DisableKey(id)
		}},
	{name: "export: no file", id: "file-missing", args: inFile, seeded: true,
		breaks: func(t *testing.T, l *lab.Lab, _ *ststest.User) {
			if err := os.Mkdir(filepath.Join(l.Home, "my app"), 0o700); err != nil {
				t.Fatal(err)
			}
		}},
	{name: "export: a session that has expired in a file", id: "expired", args: inFile, seeded: true,
		breaks: func(t *testing.T, l *lab.Lab, _ *ststest.User) {
			l.AWS.SetSessionLifetime(2 * time.Minute)
			id, key, token := pasted(t, l)
			keyInFile(t, l, id, key, "AWS_SESSION_TOKEN="+token+"\nAWS_REGION=eu-west-1\nAWS_CREDENTIAL_EXPIRATION=2026-01-01T00:00:00Z\n")
			l.AWS.SetSessionLifetime(0)
		}},
	{name: "export: a file without a region", id: "region-missing", args: inFile, seeded: true, nth: 1,
		breaks: func(t *testing.T, l *lab.Lab, _ *ststest.User) {
			id, key, token := pasted(t, l)
			keyInFile(t, l, id, key, "AWS_SESSION_TOKEN="+token+"\n")
		}},
	{name: "exec: variables that AWS does not take", id: "token-invalid", seeded: true, within: true, fill: []string{"PROFILE", "work", "COMMAND", "awsmint doctor"},
		breaks: func(t *testing.T, l *lab.Lab, _ *ststest.User) {
			id, key, _ := pasted(t, l)
			for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": id, "AWS_SECRET_ACCESS_KEY": key, "AWS_SESSION_TOKEN": strings.Repeat("aaaa", 60), "AWS_REGION": "eu-west-1"} {
				l.Set(name, value)
			}
		}},
	{name: "git: a file that it tracks", id: "file-tracked", args: inFile, breaks: repository("add .env")},
	{name: "git: a file that it does not ignore", id: "file-not-ignored", args: inFile, breaks: repository()},
	{name: "chmod: a cache that others may look into", id: "cache-open", seeded: true,
		breaks: func(t *testing.T, l *lab.Lab, _ *ststest.User) {
			cache := filepath.Join(l.Home, "my cache")
			l.Set("AWSMINT_CACHE_DIR", cache)
			pasted(t, l)
			if err := os.Chmod(cache, 0o755); err != nil {
				t.Fatal(err)
			}
		}},
}
