//go:build unix

package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

// A program that uses this package tells the commands of a chain whose
// credentials are made, and heeds what it was told itself.
func TestOpenKeepsProgramsFromWaitingForThemselves(t *testing.T) {
	w := newWorld(t)
	w.sts.AddRole(ststest.Role{ARN: admin})
	seen := filepath.Join(t.TempDir(), "seen")
	p := newTool(t, `printf %s "$AWSMINT_CHAIN" >'`+seen+`'`, prints(w.user.AccessKeyID, w.user.SecretAccessKey, ""))
	role := func(name, source string) string {
		return "[profile " + name + "]\nregion = eu-west-1\nrole_arn = " + admin + "\nsource_profile = " + source + "\n"
	}
	config := p.profile() + role("prod", "ext") + role("other", "ext") + role("straight", "work") + "awsmint_session = off\n" +
		"[profile work]\n" + noMFA
	w.env["AWS_CONFIG_FILE"] = filepath.Join(t.TempDir(), "config")
	w.env["AWS_SHARED_CREDENTIALS_FILE"] = w.env["AWS_CONFIG_FILE"] + "-none"
	writeFile(t, w.env["AWS_CONFIG_FILE"], config)

	open := func(profile string) error {
		t.Helper()
		c, err := provider.Open(provider.Request{Profile: profile}, provider.Options{
			Keychain: w.keys, Cache: w.cache, Getenv: w.env.get, Now: w.clock.Now, Timeout: 10 * time.Second, NoInput: true,
		})
		if err != nil {
			return err
		}
		_, err = c.Retrieve(within(t))
		return err
	}
	if err := open("prod"); err != nil {
		t.Fatalf("%v\n%s", err, fault.HintOf(err))
	}
	note, err := os.ReadFile(seen)
	if err != nil || !strings.HasPrefix(string(note), "prod,ext@") {
		t.Fatalf("the command was told %q, %v", note, err)
	}

	w.env["AWSMINT_CHAIN"] = string(note)
	p.wantStarts(t, 1)
	for profile, chain := range map[string]string{
		"prod":  "prod → ext → prod",
		"ext":   "prod → ext → ext",
		"other": "prod → ext → other → ext",
	} {
		wantFault(t, open(profile), fault.Failure, chain, "asks for itself")
	}
	p.wantStarts(t, 1)
	// A key that both are made from is read by both.
	for _, profile := range []string{"work", "straight"} {
		if err := open(profile); err != nil {
			t.Errorf("%s: %v", profile, err)
		}
	}
	w.env["AWSMINT_CHAIN"] = strings.Replace(string(note), "prod", "work", 1)
	if err := open("straight"); err != nil {
		t.Error(err)
	}

	// In another file the names mean other profiles.
	w.env["AWSMINT_CHAIN"] = string(note)
	w.env["AWS_CONFIG_FILE"] += "-other"
	writeFile(t, w.env["AWS_CONFIG_FILE"], config)
	if err := open("other"); err != nil {
		t.Error(err)
	}
}
