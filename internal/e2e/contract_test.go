//go:build unix

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/lab"
	"github.com/awsmint/awsmint/internal/ststest"
)

func TestMintThenHit(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	before := time.Now()
	first := l.Run("", "process", "work")
	c := succeeded(t, first)
	wantCalls(t, l.AWS, "GetSessionToken", 1)
	if life := c.expires(t).Sub(before).Round(time.Minute); life != 12*time.Hour {
		t.Errorf("a session of %v, want 12h", life)
	}
	if c.AccountID != ststest.AccountID {
		t.Errorf("account %q", c.AccountID)
	}
	if len(first.Stdout) > 8192 || strings.Count(first.Stdout, "\n") != 1 {
		t.Errorf("%d bytes in %d lines; the Go SDK reads 8192", len(first.Stdout), strings.Count(first.Stdout, "\n"))
	}

	// A hit needs neither AWS nor the config's endpoint to be there.
	l.AWS.Inject(ststest.Fault{Status: 500, Code: "InternalFailure", Message: "down"})
	second := l.Run("", "process", "work")
	if succeeded(t, second); second.Stdout != first.Stdout {
		t.Error("the hit differs from the mint")
	}
	wantCalls(t, l.AWS, "GetSessionToken", 1)
}

func TestNobodyToAsk(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, false)
	r := l.Run("", "process", "work")
	failed(t, r, 3, "awsmint login work", "arn:aws:iam::111122223333:mfa/alice")
	wantCalls(t, l.AWS, "GetSessionToken", 0)

	failed(t, l.Run("", "process", "work", "--no-input"), 3, "awsmint login work")
	l.Set("AWSMINT_NO_INPUT", "1")
	failed(t, l.Run("", "process", "work"), 3, "awsmint login work")
}

func TestAWSNeverAnswers(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	l.Set("AWSMINT_TIMEOUT", "2s")
	l.AWS.Inject(ststest.Fault{Action: "GetSessionToken", Hang: true})
	failed(t, l.Run("", "process", "work"), 6, "no answer from "+l.AWS.URL(), "2s")
}

func TestAWSIsNotThere(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	l.Set("AWSMINT_TIMEOUT", "1s")
	l.Set("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")
	failed(t, l.Run("", "process", "work"), 6, "http://127.0.0.1:1", "check the network")
}

// The environment of the caller is about the caller: it changes nothing.
func TestForeignVariables(t *testing.T) {
	t.Parallel()
	l, _ := withKey(t, true)
	want := succeeded(t, l.Run("", "process", "work"))
	for name, value := range map[string]string{
		"AWS_PROFILE": "nosuch", "AWS_DEFAULT_PROFILE": "nosuch",
		"AWS_ACCESS_KEY_ID": "AKIAFOREIGNFOREIGN00", "AWS_SECRET_ACCESS_KEY": "foreign", "AWS_SESSION_TOKEN": "foreign",
		"AWS_SECURITY_TOKEN": "foreign", "AWS_REGION": "ap-south-1", "AWS_DEFAULT_REGION": "ap-south-2",
		"AWS_ROLE_ARN": "arn:aws:iam::999999999999:role/foreign", "AWS_WEB_IDENTITY_TOKEN_FILE": "/nosuch",
		"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/", "AWS_SDK_LOAD_CONFIG": "0",
		"AWS_CREDENTIAL_EXPIRATION": "1999-01-01T00:00:00Z", "AWS_RETRY_MODE": "nonsense", "AWS_MAX_ATTEMPTS": "0",
	} {
		l.Set(name, value)
	}
	if got := succeeded(t, l.Run("", "process", "work")); got != want {
		t.Error("a hit changed with the caller's environment")
	}
	// What a mint could not do with, a hit does not look at.
	for name, value := range map[string]string{
		"AWS_USE_FIPS_ENDPOINT": "1", "AWS_USE_DUALSTACK_ENDPOINT": "yes", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "0",
		"AWS_ENDPOINT_URL_IAM": "x", "AWS_CA_BUNDLE": "/nosuch",
	} {
		l.Set(name, value)
		if got := succeeded(t, l.Run("", "process", "work")); got != want {
			t.Errorf("a hit changed with %s", name)
		}
		l.Set(name, "")
	}
	if r := l.Run("", "logout", "work"); r.Err != nil {
		t.Fatal(r.Stderr)
	}
	// A mint too is for the profile's user.
	edit(t, l.ConfigFile(), "awsmint_mfa_serial", "# awsmint_mfa_serial")
	c := succeeded(t, l.Run("", "process", "work"))
	for name := range map[string]bool{"AWS_ACCESS_KEY_ID": true, "AWS_SECRET_ACCESS_KEY": true, "AWS_SESSION_TOKEN": true} {
		l.Set(name, "")
	}
	if c.AccessKeyID == want.AccessKeyID {
		t.Error("the old session came back")
	}
}

// Where the answer can't be written the run fails, and the credentials are in
// the cache all the same.
func TestStdoutThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	for name, stdout := range map[string]string{"closed": ">&-", "full": "> /dev/full"} {
		t.Run(name, func(t *testing.T) {
			l, _ := withKey(t, true)
			r := l.RunProgram("", "/bin/sh", "-c", l.Binary+" process work "+stdout)
			if r.Status == 0 {
				t.Error("status 0")
			}
			if !strings.Contains(r.Stderr, "can't be written") {
				t.Errorf("stderr %q", r.Stderr)
			}
			succeeded(t, l.Run("", "process", "work"))
			wantCalls(t, l.AWS, "GetSessionToken", 1)
		})
	}
	t.Run("gone reader", func(t *testing.T) {
		l, _ := withKey(t, true)
		r := l.RunProgram("", need(t, "bash", "bash"), "-c", "set -o pipefail; "+l.Binary+" process work | true; echo ${PIPESTATUS[0]}")
		if r.Stderr != "" {
			t.Errorf("stderr %q", r.Stderr)
		}
		succeeded(t, l.Run("", "process", "work"))
		wantCalls(t, l.AWS, "GetSessionToken", 1)
	})
}

// A cache that can't be written never fails a run that has credentials, but one
// that is to leave them there: before it has used a code up.
func TestCacheThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		skip(t, "mounting a full and a read-only disk needs root")
	}
	for _, c := range []struct{ name, options string }{
		{"full disk", "size=4k,nr_inodes=2"},
		{"read-only directory", "ro"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, _ := withKey(t, true)
			l.Set("AWSMINT_CACHE_DIR", mountTmpfs(t, c.options)+"/cache")
			succeeded(t, l.Run("", "process", "work"))
			wantCalls(t, l.AWS, "GetSessionToken", 1)
			failed(t, l.Run("", "login", "work"), 1, "the credentials can't be kept: ", "the disk has room", "/cache")
			wantCalls(t, l.AWS, "GetSessionToken", 1)
		})
	}
}

// An add on a full disk says where, loses nothing that was there, and works
// once there is room.
func TestAddOnAFullDisk(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		skip(t, "mounting a full disk needs root")
	}
	for _, c := range []struct{ name, dir, variable string }{
		{"under the config file", "aws", "AWS_CONFIG_FILE"},
		{"under the vault", "vault", "AWSMINT_VAULT"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, _ := withKey(t, true)
			bob := l.AWS.AddUser("bob")
			disk := mountTmpfs(t, "size=32k")
			file := filepath.Join(disk, "file")
			old := map[string]string{"aws": l.ConfigFile(), "vault": filepath.Join(l.Home, ".config", "awsmint", "vault.json")}[c.dir]
			before, err := os.ReadFile(old)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, before, 0o600); err != nil {
				t.Fatal(err)
			}
			l.Set(c.variable, file)
			filler := filepath.Join(disk, "filler")
			_ = os.WriteFile(filler, make([]byte, 1<<20), 0o600) // as far as it goes

			r := l.Run(lab.KeyJSON(bob, false), "add", "other", "--stdin")
			if r.Status != 1 && r.Status != 7 || !strings.Contains(r.Stderr, file) || !strings.Contains(r.Stderr, "no space left") {
				t.Errorf("status %d, stderr %q", r.Status, r.Stderr)
			}
			if after, err := os.ReadFile(file); err != nil || string(after) != string(before) {
				t.Errorf("the file changed: %v", err)
			}
			if err := os.Remove(filler); err != nil {
				t.Fatal(err)
			}
			if r := l.Run(lab.KeyJSON(bob, false), "add", "other", "--stdin"); r.Err != nil {
				t.Errorf("with room: status %d, stderr %q", r.Status, r.Stderr)
			}
			if r := l.Run("", "list"); !strings.Contains(r.Stdout, "…"+bob.AccessKeyID[16:]) || strings.Contains(r.Stdout, "no key") {
				t.Errorf("list: %s%s", r.Stdout, r.Stderr)
			}
		})
	}
}

func mountTmpfs(t *testing.T, options string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	mount, umount := need(t, "mount", "mount"), need(t, "umount", "mount")
	if out, err := lab.Output(mount, "-t", "tmpfs", "-o", options, "awsmint-test", dir); err != nil {
		skip(t, "tmpfs can't be mounted here: "+out)
	}
	t.Cleanup(func() {
		if out, err := lab.Output(umount, dir); err != nil {
			t.Error(out)
		}
	})
	return dir
}

// The kinds of refusal, each with its own words and what to do next.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		spoil  func(l *lab.Lab, u *ststest.User)
		status int
		words  []string
	}{
		{"a disabled key", func(l *lab.Lab, u *ststest.User) { l.AWS.DisableKey(u.AccessKeyID) },
			5, []string{"does not know the access key …", "awsmint add work --force"}},
		{"a clock that is 20 minutes behind", func(l *lab.Lab, u *ststest.User) { l.AWS.SetSkew(20 * time.Minute) },
			5, []string{"this machine's clock is", "behind AWS's", "hwclock -s"}},
		{"a clock that is ahead", func(l *lab.Lab, u *ststest.User) { l.AWS.SetSkew(-20 * time.Minute) },
			5, []string{"clock is", "ahead of"}},
		{"STS off in the region", func(l *lab.Lab, u *ststest.User) {
			l.AWS.Inject(ststest.Fault{Status: 403, Code: "RegionDisabledException", Message: "STS is not activated in this region"})
		}, 5, []string{"turned off in the region \"eu-west-1\""}},
		{"throttling", func(l *lab.Lab, u *ststest.User) {
			l.AWS.Inject(ststest.Fault{Status: 400, Code: "Throttling", Message: "Rate exceeded"})
		}, 6, []string{"Rate exceeded"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, alice := withKey(t, true)
			c.spoil(l, alice)
			failed(t, l.Run("", "process", "work"), c.status, c.words...)
			wantCalls(t, l.AWS, "GetSessionToken", 1) // a code is sent once
		})
	}
}
