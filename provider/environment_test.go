package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

// sourced is a world with a role that trusts anyone of the account, and the
// config of a profile "prod" with a credential_source.
func sourced(t *testing.T, source string, trusted []string, lines ...string) (*world, string) {
	t.Helper()
	w := newWorld(t)
	w.sts.AddRole(ststest.Role{ARN: admin, TrustedARNs: trusted})
	return w, "[profile prod]\nregion = eu-west-1\nrole_arn = " + admin + "\ncredential_source = " + source + "\n" + strings.Join(lines, "\n") + "\n"
}

// sourceLink resolves the credential_source of such a profile.
func sourceLink[L provider.Link](t *testing.T, source string, env environment, lines ...string) L {
	t.Helper()
	_, config := sourced(t, source, nil, lines...)
	link, err := provider.Resolve(parsed(t, config), env.get, provider.Request{Profile: "prod"})
	if err != nil {
		t.Fatal(err)
	}
	return link.Source().(L)
}

func TestEnvironmentAsSource(t *testing.T) {
	w, config := sourced(t, "Environment", nil)
	w.env["AWS_ACCESS_KEY_ID"], w.env["AWS_SECRET_ACCESS_KEY"] = w.user.AccessKeyID, w.user.SecretAccessKey
	first := w.mustAs(config, "prod")
	if first.SessionToken == "" || w.madeWith(first).SessionName != "alice" {
		t.Errorf("%+v", w.madeWith(first))
	}
	w.mustAs(config, "prod")
	w.wantAsked("AssumeRole", 1)

	// Another key is another entry, and a session goes with its token.
	session := w.mustMint(noMFA)
	w.env["AWS_ACCESS_KEY_ID"], w.env["AWS_SECRET_ACCESS_KEY"], w.env["AWS_SESSION_TOKEN"] = session.AccessKeyID, session.SecretAccessKey, session.SessionToken
	w.mustAs(config, "prod")
	w.wantAsked("AssumeRole", 2)
}

func TestEnvironmentThatIsIncomplete(t *testing.T) {
	const id, key, token = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"
	for _, c := range []struct {
		env  environment
		word string
	}{
		{environment{}, "neither AWS_ACCESS_KEY_ID nor AWS_SECRET_ACCESS_KEY is set"},
		{environment{token: "hunter2"}, "neither AWS_ACCESS_KEY_ID nor"},
		{environment{id: "AKIAX"}, "AWS_SECRET_ACCESS_KEY is not set"},
		{environment{key: "hunter2"}, "AWS_ACCESS_KEY_ID is not set"},
		{environment{id: "ASIAX", key: "hunter2"}, "AWS_SESSION_TOKEN is not set"},
	} {
		w, config := sourced(t, "Environment", nil)
		for name, value := range c.env {
			w.env[name] = value
		}
		_, err := w.as(config, "prod")
		wantFault(t, err, fault.Missing, `profile "prod" has credential_source = Environment`, c.word, "source_profile")
		w.wantAsked("AssumeRole", 0)
	}

	// It is missed only where it is needed.
	w, config := sourced(t, "Environment", nil)
	w.env[id], w.env[key] = w.user.AccessKeyID, w.user.SecretAccessKey
	w.mustAs(config, "prod")
	delete(w.env, key)
	w.mustAs(config, "prod")
}

func TestEnvironmentShowsNoSecret(t *testing.T) {
	env := environment{"AWS_ACCESS_KEY_ID": "AKIAX", "AWS_SECRET_ACCESS_KEY": "hunter2", "AWS_SESSION_TOKEN": "tiger"}
	source := sourceLink[*provider.Environment](t, "Environment", env)
	if !source.Temporary {
		t.Error("credentials with a session token are not told as temporary")
	}
	if text := fmt.Sprintf("%+v %#v", source, source); strings.Contains(text, "hunter2") || strings.Contains(text, "tiger") {
		t.Errorf("a secret is in %s", text)
	}
}
