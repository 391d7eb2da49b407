package keycheck_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/keycheck"
)

// What is said of boto3 is so: which token it takes, and which times.
func TestWhatBoto3MakesOfIt(t *testing.T) {
	const python = "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import botocore").Run(); err != nil {
		if os.Getenv("AWSMINT_TEST_REQUIRE") == "all" {
			t.Fatalf("%s has no botocore: %v", python, err)
		}
		t.Skipf("%s has no botocore: %v", python, err)
	}
	const script = "import botocore.session\nprint(botocore.session.Session().get_credentials().get_frozen_credentials().token)"
	other := strings.Repeat("abcd", 50)
	for name, c := range map[string]struct {
		vars vars
		want string // what is printed
	}{
		"a whole session":                     {session(asia, secretKey, token).and(keycheck.Expiration, "2126-01-02 03:04:06+00:00"), token},
		"the older name goes first":           {session(asia, secretKey, token).and(keycheck.SecurityToken, other), other},
		"and beside a permanent key":          {key(akia, secretKey).and(keycheck.SecurityToken, other), other},
		"a time without a zone":               {session(asia, secretKey, token).and(keycheck.Expiration, "2126-01-02T03:04:05"), "TypeError"},
		"no time at all":                      {session(asia, secretKey, token).and(keycheck.Expiration, "soon"), "ParserError"},
		"a time that is over":                 {key(akia, secretKey).and(keycheck.Expiration, "2020-01-02T03:04:05Z"), "still expired"},
		"an id without a secret":              {key(akia, ""), "PartialCredentialsError"},
		"a space behind a token stays in it.": {session(asia, secretKey, token+" "), token + " "},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		cmd := exec.CommandContext(ctx, python, "-c", script)
		cmd.Env = []string{"HOME=" + t.TempDir(), "AWS_EC2_METADATA_DISABLED=true"}
		for variable, value := range c.vars {
			cmd.Env = append(cmd.Env, variable+"="+value)
		}
		out, err := cmd.CombinedOutput()
		cancel()
		if !strings.Contains(string(out), c.want) {
			t.Errorf("%s: got %s, %v; want %s", name, out, err, c.want)
		}
		if found := check(c.vars); (len(found) > 0) != (name != "a whole session") {
			t.Errorf("%s: %+v", name, found)
		}
	}
}
