package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

const ciSubject = "repo:acme/shop:ref:refs/heads/main"

// webRole is a world with a role for web identities, and a token file with the
// config of a profile "ci" that names it.
func webRole(t *testing.T, lines ...string) (w *world, file, config string) {
	t.Helper()
	w = newWorld(t)
	w.sts.AddRole(ststest.Role{ARN: admin, WebIdentity: true, MaxSession: 12 * time.Hour})
	file = filepath.Join(t.TempDir(), "token")
	w.putToken(file, time.Hour)
	return w, file, webConfig("web_identity_token_file = "+file, lines...)
}

func webConfig(from string, lines ...string) string {
	return "[profile ci]\nregion = eu-west-1\nrole_arn = " + admin + "\n" + from + "\n" + strings.Join(lines, "\n") + "\n"
}

func (w *world) putToken(file string, life time.Duration) {
	w.t.Helper()
	writeFile(w.t, file, w.sts.WebIdentityToken(ciSubject, life)+"\n")
}

func writeFile(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestWebIdentityNeedsNoKey(t *testing.T) {
	w, _, config := webRole(t)
	w.keys.fail = func(operation, account string) error {
		if strings.HasPrefix(account, "key/") {
			t.Errorf("%s %s", operation, account)
		}
		return nil
	}
	w.keys.items = map[string]secret.String{}
	c := w.mustAs(config, "ci")
	if c.AccountID != "444455556666" || !c.Expires.Equal(w.clock.Now().Add(time.Hour).Truncate(time.Second)) {
		t.Errorf("account %q, expires %s", c.AccountID, c.Expires)
	}
	if name := w.madeWith(c).SessionName; name != "repo-acme-shop-ref-refs-heads-main" {
		t.Errorf("the session's name is %q, not the token's subject", name)
	}
	if again := w.mustAs(config, "ci"); again != c {
		t.Error("the second run got other credentials")
	}
	w.wantAsked("AssumeRoleWithWebIdentity", 1)
}

func TestWebIdentityReadsTheTokenForEachMint(t *testing.T) {
	w, file, config := webRole(t)
	w.putToken(file, -time.Minute)
	_, err := w.as(config, "ci")
	wantFault(t, err, fault.Refused, file, `profile "ci" has expired`, "newer one")

	w.putToken(file, time.Hour)
	w.mustAs(config, "ci")
	w.clock.advance(50 * time.Minute)
	w.putToken(file, time.Hour)
	w.mustAs(config, "ci")
	w.wantAsked("AssumeRoleWithWebIdentity", 3)
}

func TestAllThatShapesAWebIdentityReachesAWS(t *testing.T) {
	w, _, config := webRole(t, "role_session_name = ci-run.7", "duration_seconds = 43200",
		`awsmint_policy = {"Statement": [], "Version": "2012-10-17"}`, "awsmint_policy_arns = arn:aws:iam::aws:policy/ReadOnlyAccess")
	c := w.mustAs(config, "ci")
	made := w.madeWith(c)
	if made.SessionName != "ci-run.7" || made.Duration != 12*time.Hour || !strings.HasPrefix(made.Policy, `{"Statement":[]`) ||
		len(made.PolicyARNs) != 1 || made.PolicyARNs[0] != "arn:aws:iam::aws:policy/ReadOnlyAccess" {
		t.Errorf("%+v", made)
	}
}

// A role on top of it is a chained one.
func TestRoleFromWebIdentity(t *testing.T) {
	w, _, config := webRole(t)
	const second = "arn:aws:iam::444455556666:role/Second"
	w.sts.AddRole(ststest.Role{ARN: second, TrustedARNs: []string{admin}})
	config += "[profile prod]\nregion = eu-west-1\nsource_profile = ci\nrole_arn = " + second + "\n"
	w.mustAs(config, "prod")
	w.wantAsked("AssumeRoleWithWebIdentity", 1)
	w.wantAsked("AssumeRole", 1)

	_, err := provider.Resolve(parsed(t, config+"duration_seconds = 7200\n"), w.env.get, provider.Request{Profile: "prod"})
	wantFault(t, err, fault.Usage, "2h", "role prod ← web identity ci")
}

func TestWebIdentityCacheEntries(t *testing.T) {
	name := func(from string, lines ...string) string {
		link, err := provider.Resolve(parsed(t, webConfig(from, lines...)), environment{}.get, provider.Request{Profile: "ci"})
		if err != nil {
			t.Fatal(err)
		}
		n := provider.Name(link)
		return string(n.Digest[:])
	}
	const file = "web_identity_token_file = /run/token"
	seen := map[string]string{name(file): "the file"}
	for what, other := range map[string]string{
		"another file":     name("web_identity_token_file = /run/token2"),
		"a command":        name("awsmint_web_identity_token_process = /run/token"),
		"another command":  name("awsmint_web_identity_token_process = /run/token2"),
		"a session's name": name(file, "role_session_name = x7"),
		"a policy":         name(file, "awsmint_policy_arns = arn:aws:iam::aws:policy/ReadOnlyAccess"),
		"a duration":       name(file, "duration_seconds = 7200"),
		"an endpoint":      name(file, "endpoint_url = https://a.test"),
	} {
		if twin, same := seen[other]; same {
			t.Errorf("%s and %s share an entry", what, twin)
		}
		seen[other] = what
	}
	t.Chdir("/")
	if name("web_identity_token_file = run/token") != name(file) {
		t.Error("the same file by a relative path is another entry")
	}
}

func TestWebIdentityTokensThatAreNone(t *testing.T) {
	for text, words := range map[string][]string{
		"":                                   {"is empty"},
		" \n":                                {"is empty"},
		"abc":                                {"has 3 characters", "4 to 20000"},
		strings.Repeat("x", 20001):           {"has 20001 characters"},
		strings.Repeat("hunter2 ", 9):        {"more than one word"},
		strings.Repeat("x", 200000):          {"characters"},
		"hunter2.hunter2.hunter2":            {"AWS does not accept", "not a valid JWT"},
		strings.Repeat("hunter2.", 2) + "\r": {"AWS does not accept"},
	} {
		w, file, config := webRole(t)
		writeFile(t, file, text)
		_, err := w.as(config, "ci")
		wantFault(t, err, fault.StatusOf(err), append(words, file)...)
		if s := fault.StatusOf(err); s != fault.Missing && s != fault.Refused || fault.HintOf(err) == "" {
			t.Errorf("status %d, hint %q", s, fault.HintOf(err))
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the token is in %q", err)
		}
	}
	w, file, config := webRole(t)
	for _, put := range []func() error{
		func() error { return os.Remove(file) },
		func() error { return os.Mkdir(file, 0o700) },
	} {
		if err := put(); err != nil {
			t.Fatal(err)
		}
		_, err := w.as(config, "ci")
		wantFault(t, err, fault.Missing, file, "can't be read", "Kubernetes")
	}
	w.wantAsked("AssumeRoleWithWebIdentity", 0)
}

// minTry is less than what must be left for another try.
const minTry = 900 * time.Millisecond

func TestWebIdentityRefusals(t *testing.T) {
	for _, c := range []struct {
		name   string
		fault  ststest.Fault
		status fault.Status
		words  []string
	}{
		{"the token", ststest.Fault{Code: "InvalidIdentityToken", Message: "Incorrect token audience"}, fault.Refused,
			[]string{"AWS does not accept the token in", "Incorrect token audience", "audience must be"}},
		{"the claims", ststest.Fault{Code: "IDPRejectedClaim", Message: "no"}, fault.Refused, []string{"the identity provider rejects"}},
		{"the role", ststest.Fault{Code: "AccessDenied", Message: "Not authorized to perform sts:AssumeRoleWithWebIdentity"}, fault.Refused,
			[]string{admin, ciSubject, "Not authorized", "trust policy"}},
		{"in passing", ststest.Fault{Code: "IDPCommunicationError", Message: "timed out", Status: 400}, fault.Network,
			[]string{"could not reach the identity provider", "run the same command again"}},
		{"something else", ststest.Fault{Code: "RegionDisabledException", Status: 403}, fault.Refused, []string{"eu-west-1"}},
		{"no answer", ststest.Fault{Hang: true}, fault.Network, []string{"no answer from"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, _, config := webRole(t)
			w.sts.Inject(c.fault)
			timeout := 10 * time.Second
			if c.status == fault.Network {
				timeout = minTry // for one try alone
			}
			_, err := w.as(config, "ci", func(o *provider.Options) { o.Timeout = timeout })
			wantFault(t, err, c.status, c.words...)
			w.wantAsked("AssumeRoleWithWebIdentity", 1)
		})
	}

	// What passes is tried again.
	w, _, config := webRole(t)
	w.sts.Inject(ststest.Fault{Code: "IDPCommunicationError", Status: 400, Times: 1})
	w.mustAs(config, "ci")
	w.wantAsked("AssumeRoleWithWebIdentity", 2)
}

func TestWebIdentitySettings(t *testing.T) {
	const file = "web_identity_token_file = /run/token"
	for lines, words := range map[string][]string{
		"external_id = abc":               {"config:5: external_id", "a web identity can't have it"},
		"awsmint_external_id = abc":       {"awsmint_external_id", "a web identity can't have it"},
		"awsmint_session_tags = A=b":      {"awsmint_session_tags", "a web identity can't have it"},
		"awsmint_source_identity = alice": {"awsmint_source_identity", "a web identity can't have it"},
		"duration_seconds = 50000":        {"too long"},
		"awsmint_expiry_window = 2h":      {"leaves nothing"},
		"web_identity_token_process = x":  {"can have only one of them"},
		"source_profile = x":              {"can have only one of them"},
		"role_session_name = a b":         {"role session name"},
	} {
		_, err := provider.Resolve(parsed(t, webConfig(file, lines)), environment{}.get, provider.Request{Profile: "ci"})
		wantFault(t, err, fault.Usage, words...)
	}
}
