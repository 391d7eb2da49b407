package provider_test

import (
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

const admin = "arn:aws:iam::444455556666:role/Admin"

// roles is a world with a role, and the config of a profile "prod" for it over
// the key of "work".
func roles(t *testing.T, role ststest.Role, lines ...string) (*world, string) {
	t.Helper()
	w := newWorld(t)
	role.ARN = admin
	w.sts.AddRole(role)
	return w, "[profile work]\n" + w.settings() + "[profile prod]\nregion = eu-west-1\nrole_arn = " + admin + "\nsource_profile = work\n" + strings.Join(lines, "\n") + "\n"
}

// as retrieves for a profile of a config, as a process of its own would.
func (w *world) as(config, profile string, change ...func(*provider.Options)) (aws.Credentials, error) {
	w.t.Helper()
	return w.of(config, provider.Request{Profile: profile}, change...).Retrieve(within(w.t))
}

func (w *world) of(config string, request provider.Request, change ...func(*provider.Options)) *provider.Cached {
	w.t.Helper()
	link, err := provider.Resolve(parsed(w.t, config), w.env.get, request)
	if err != nil {
		w.t.Fatalf("%v\n%s", err, fault.HintOf(err))
	}
	o := provider.Options{Keychain: w.keys, Cache: w.cache, Now: w.clock.Now, Timeout: 10 * time.Second, NoInput: true}
	for _, f := range change {
		f(&o)
	}
	return provider.New(link, o)
}

// mustAs is as where nothing goes wrong.
func (w *world) mustAs(config, profile string) aws.Credentials {
	w.t.Helper()
	c, err := w.as(config, profile)
	if err != nil {
		w.t.Fatalf("%v\n%s", err, fault.HintOf(err))
	}
	return c
}

// madeWith is how AWS made credentials.
func (w *world) madeWith(c aws.Credentials) ststest.Session {
	w.t.Helper()
	s, ok := w.sts.Session(c.AccessKeyID)
	if !ok {
		w.t.Fatalf("AWS knows nothing of %q", c.AccessKeyID)
	}
	return s
}

func (w *world) wantAsked(action string, n int) {
	w.t.Helper()
	if got := w.sts.Calls(action); got != n {
		w.t.Errorf("%s was asked %d times, want %d", action, got, n)
	}
}

// sealed is the number of entries in the cache.
func (w *world) sealed() int {
	w.t.Helper()
	entries, err := filepath.Glob(filepath.Join(w.cache.Dir, "*.sealed"))
	if err != nil {
		w.t.Fatal(err)
	}
	return len(entries)
}

func TestRoleIsMintedOnceFromTheSession(t *testing.T) {
	w, config := roles(t, ststest.Role{RequireMFA: true})
	first := w.mustAs(config, "prod")
	if first.AccountID != "444455556666" || first.SessionToken == "" || !first.Expires.Equal(w.clock.Now().Add(time.Hour).Truncate(time.Second)) {
		t.Errorf("account %q, expires %s", first.AccountID, first.Expires)
	}
	if again := w.mustAs(config, "prod"); again != first {
		t.Error("the second run got other credentials")
	}
	w.mustAs(config, "work")
	w.wantAsked("GetSessionToken", 1)
	w.wantAsked("AssumeRole", 1)
}

// CloudTrail names a person: the user's name, cleaned, wherever it comes from.
func TestRoleSessionName(t *testing.T) {
	stored := func(w *world, arn string) {
		w.keys.items[keychain.KeyAccount("work")] = keychain.EncodeKey(keychain.Key{
			AccessKeyID: w.user.AccessKeyID, SecretAccessKey: secret.New(w.user.SecretAccessKey), ARN: arn,
		})
	}
	for _, test := range []struct {
		name, arn, line, want string
		asked                 int
	}{
		{"as it was stored with the key", "arn:aws:iam::111122223333:user/team/alice", "", "alice", 0},
		{"cleaned", "arn:aws:iam::111122223333:user/Älice Smith", "", "-lice-Smith", 0},
		{"cut", "arn:aws:iam::111122223333:user/" + strings.Repeat("a", 70), "", strings.Repeat("a", 64), 0},
		{"too short", "arn:aws:iam::111122223333:user/x", "", "awsmint", 0},
		{"AWS knows it", "", "", "alice", 1},
		{"the profile's own", "arn:aws:iam::111122223333:user/alice", "role_session_name = ci-run.7", "ci-run.7", 0},
	} {
		w, config := roles(t, ststest.Role{}, test.line)
		stored(w, test.arn)
		made := w.madeWith(w.mustAs(config, "prod"))
		if made.SessionName != test.want {
			t.Errorf("%s: %q, want %q", test.name, made.SessionName, test.want)
		}
		w.wantAsked("GetCallerIdentity", test.asked)
	}
}

func TestAllThatShapesARoleReachesAWS(t *testing.T) {
	w, config := roles(t, ststest.Role{ExternalID: "team-1", MaxSession: 2 * time.Hour},
		"external_id = team-1", "duration_seconds = 1800", "awsmint_session_tags = Project=Apollo,Team=Ops", "awsmint_transitive_tags = Project",
		"awsmint_source_identity = alice", `awsmint_policy = {"Version": "2012-10-17", "Statement": []}`, "awsmint_policy_arns = arn:aws:iam::aws:policy/ReadOnlyAccess")
	minted := w.mustAs(config, "prod")
	made := w.madeWith(minted)
	if made.ExternalID != "team-1" || made.Duration != 30*time.Minute || made.Tags["Project"] != "Apollo" || made.Tags["Team"] != "Ops" ||
		len(made.TransitiveTags) != 1 || made.SourceIdentity != "alice" || made.Policy != `{"Version":"2012-10-17","Statement":[]}` ||
		len(made.PolicyARNs) != 1 {
		t.Errorf("AWS got %+v", made)
	}
}

// A role of over an hour takes a code of its own, straight from the key; the
// same code can't be the session's.
func TestLongRoleIsMintedStraightFromTheKey(t *testing.T) {
	w, config := roles(t, ststest.Role{RequireMFA: true, MaxSession: 4 * time.Hour}, "duration_seconds = 14400")
	c := w.mustAs(config, "prod")
	w.wantAsked("GetSessionToken", 0)
	made := w.madeWith(c)
	if made.SourceARN != w.user.ARN || made.Duration != 4*time.Hour {
		t.Errorf("minted from %q for %s", made.SourceARN, made.Duration)
	}
	w.wantAsked("AssumeRole", 1)
}

func TestChainOfRoles(t *testing.T) {
	w, config := roles(t, ststest.Role{RequireMFA: true})
	const deep = "arn:aws:iam::777788889999:role/Deep"
	w.sts.AddRole(ststest.Role{ARN: deep, TrustedARNs: []string{admin}})
	config += "[profile deep]\nregion = eu-west-1\nrole_arn = " + deep + "\nsource_profile = prod\n"
	c := w.mustAs(config, "deep")
	if made := w.madeWith(c); made.RoleARN != deep || !strings.Contains(made.SourceARN, ":assumed-role/Admin/") {
		t.Errorf("made with %+v", made)
	}
	w.mustAs(config, "prod")
	w.wantAsked("AssumeRole", 2)
	w.wantAsked("GetSessionToken", 1)
}

func TestManyRolesOneCode(t *testing.T) {
	w, config := roles(t, ststest.Role{RequireMFA: true})
	const n = 20
	for i := range n {
		arn := admin + string(rune('a'+i))
		w.sts.AddRole(ststest.Role{ARN: arn, RequireMFA: true})
		config += "[profile " + string(rune('a'+i)) + "]\nregion = eu-west-1\nsource_profile = work\nrole_arn = " + arn + "\n"
	}
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			if _, err := w.as(config, string(rune('a'+i))); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	w.wantAsked("GetSessionToken", 1)
	w.wantAsked("AssumeRole", n)
}

// The window of a role: with 21 minutes left a hit, with 19 a renewal; where
// that can't be had, what still lives, with its true end.
func TestRenewalOfRoles(t *testing.T) {
	w, config := roles(t, ststest.Role{})
	first := w.mustAs(config, "prod")
	// AWS's own clock stays where the signatures are made: at the real time.
	var passed time.Duration
	pass := func(d time.Duration) {
		w.clock.advance(d)
		passed += d
		w.sts.SetSkew(-passed)
	}
	pass(39 * time.Minute)
	if w.mustAs(config, "prod") != first {
		t.Error("with 21 minutes left the credentials were minted anew")
	}
	pass(2 * time.Minute)
	w.sts.Inject(ststest.Fault{Action: "AssumeRole", Times: 1, Code: "AccessDenied", Message: "not today"})
	if old := w.mustAs(config, "prod"); old != first {
		t.Error("valid credentials were thrown away")
	}
	if second := w.mustAs(config, "prod"); second == first {
		t.Error("with 19 minutes left the credentials were not renewed")
	}
	w.wantAsked("AssumeRole", 3)
	w.wantAsked("GetSessionToken", 1)
	pass(time.Hour)
	w.sts.Inject(ststest.Fault{Action: "AssumeRole", Times: 1, Code: "AccessDenied", Message: "not today"})
	if _, err := w.as(config, "prod"); err == nil {
		t.Error("credentials that are over were handed out")
	}
}

func TestRefusedRoles(t *testing.T) {
	for _, test := range []struct {
		name   string
		role   ststest.Role
		lines  string
		change func(*world)
		words  []string
	}{
		{name: "trust", role: ststest.Role{TrustedARNs: []string{"arn:aws:iam::999999999999:root"}},
			words: []string{admin, `"work"`, "whose session has MFA", "arn:aws:iam::111122223333:user/alice", "sts:AssumeRole", "trust policy", "awsmint_external_id", "\ncheck the account and the role's name"}},
		{name: "external id", role: ststest.Role{ExternalID: "xyz"}, words: []string{admin, "awsmint_external_id"}},
		{name: "too long", role: ststest.Role{MaxSession: 2 * time.Hour}, lines: "duration_seconds = 10800", words: []string{admin, "3h", "(duration_seconds in profile ", `"prod"`}},
		{name: "session revoked", words: []string{"role prod ← session work ← key work", `"work"`, "awsmint login work --force"}, change: func(w *world) {
			w.sts.Inject(ststest.Fault{Action: "AssumeRole", Code: "InvalidClientTokenId", Message: "The security token included in the request is invalid."})
		}},
		{name: "session over", words: []string{`"work"`, "have expired", "awsmint login work --force"}, change: func(w *world) {
			w.sts.Inject(ststest.Fault{Action: "AssumeRole", Code: "ExpiredToken", Message: "The security token included in the request is expired"})
		}},
		{name: "chained too long, which only AWS knew", words: []string{"1h at most", "source_profile"}, change: func(w *world) {
			w.sts.Inject(ststest.Fault{Action: "AssumeRole", Code: "ValidationError", Message: "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"})
		}},
		{name: "policy too large", words: []string{"awsmint_policy", "Packed"}, change: func(w *world) {
			w.sts.Inject(ststest.Fault{Action: "AssumeRole", Code: "PackedPolicyTooLarge", Message: "Packed policy consumes 110% of allotted space"})
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w, config := roles(t, test.role, test.lines)
			if test.change != nil {
				test.change(w)
			}
			_, err := w.as(config, "prod")
			wantFault(t, err, fault.Refused, test.words...)
		})
	}
}

func TestRoleWithoutMFASaysSo(t *testing.T) {
	w, config := roles(t, ststest.Role{RequireMFA: true})
	_, err := w.as(strings.Replace(config, "mfa_serial", "ignored", 1), "prod")
	wantFault(t, err, fault.Refused, "without MFA", "awsmint_mfa_serial", `"work"`)

	// Of a role no MFA comes to another role, so no setting would help.
	const deep = "arn:aws:iam::777788889999:role/Deep"
	w, config = roles(t, ststest.Role{})
	w.sts.AddRole(ststest.Role{ARN: deep})
	_, err = w.as(config+"[profile deep]\nregion = eu-west-1\nrole_arn = "+deep+"\nsource_profile = prod\n", "deep")
	wantFault(t, err, fault.Refused, deep, `"prod"`, "trust policy")
	if text := err.Error() + fault.HintOf(err); strings.Contains(text, "MFA") || strings.Contains(text, "awsmint_mfa_serial") {
		t.Errorf("a device is spoken of: %s", text)
	}
}

// Static keys of the config files do all that keys of the keychain do.
func TestPlaintextKeys(t *testing.T) {
	w, config := roles(t, ststest.Role{RequireMFA: true})
	config = strings.Replace(config, "[profile work]\n", "[profile work]\naws_access_key_id = "+w.user.AccessKeyID+"\naws_secret_access_key = "+w.user.SecretAccessKey+"\n", 1)
	delete(w.keys.items, keychain.KeyAccount("work"))
	w.mustAs(config, "prod")
	session := w.mustAs(config, "work")
	w.wantAsked("GetSessionToken", 1)

	// Temporary ones are handed on as they are, as the SDKs do, and kept nowhere.
	temporary := "[profile work]\naws_access_key_id = " + session.AccessKeyID + "\naws_secret_access_key = " + session.SecretAccessKey +
		"\naws_session_token = " + session.SessionToken + "\n"
	kept := w.sealed()
	c := w.mustAs(temporary, "work")
	if c.SessionToken != session.SessionToken || c.CanExpire {
		t.Errorf("got %q, expiring %v", c.AccessKeyID, c.CanExpire)
	}
	if after := w.sealed(); after != kept {
		t.Errorf("%d entries, %d before: temporary keys of the user's own were kept", after, kept)
	}
}

func TestRawKey(t *testing.T) {
	w, config := roles(t, ststest.Role{})
	c, err := w.of(config, provider.Request{Profile: "work", RawKey: true}).Retrieve(within(t))
	if err != nil {
		t.Fatal(err)
	}
	if c.AccessKeyID != w.user.AccessKeyID || c.SecretAccessKey != w.user.SecretAccessKey || c.SessionToken != "" || c.CanExpire {
		t.Errorf("got %q with a token %v", c.AccessKeyID, c.SessionToken != "")
	}
	w.wantAsked("", 0)
	if w.sealed() != 0 {
		t.Error("the key was kept in the cache")
	}
}

// A code goes out once, whatever becomes of the answer.
func TestCodeOfARoleIsSentOnce(t *testing.T) {
	w, config := roles(t, ststest.Role{RequireMFA: true, MaxSession: 4 * time.Hour}, "duration_seconds = 14400")
	w.sts.Inject(ststest.Fault{Action: "AssumeRole", Late: true, ResetConn: true})
	_, err := w.as(config, "prod", oneTry)
	wantFault(t, err, fault.Network, "broke off")
	w.wantAsked("AssumeRole", 1)
}

// What a role profile says of durations is said of the role; the session below
// it has its own.
func TestRoleThatIsItsOwnSource(t *testing.T) {
	link, err := provider.Resolve(parsed(t, "[profile work]\nrole_arn = "+admin+"\nsource_profile = work\nawsmint_duration = 45m\nawsmint_expiry_window = 5m\n"),
		environment{}.get, provider.Request{Profile: "work"})
	if err != nil {
		t.Fatal(err)
	}
	role, session := link.(*provider.Role), link.Source().(*provider.Session)
	if role.Duration != 45*time.Minute || role.Window != 5*time.Minute || session.Duration != 12*time.Hour || session.Window != 0 {
		t.Errorf("role %s, %s; session %s, %s", role.Duration, role.Window, session.Duration, session.Window)
	}
}

// Waiting for the process that mints the session does not count as AWS's time
// to answer.
func TestRoleWaitsForTheSessionOfAnother(t *testing.T) {
	w, config := roles(t, ststest.Role{})
	link, err := provider.Resolve(parsed(t, config), w.env.get, provider.Request{Profile: "prod"})
	if err != nil {
		t.Fatal(err)
	}
	unlock, err := w.cache.Lock(within(t), provider.Name(link.Source()))
	if err != nil {
		t.Fatal(err)
	}
	const limit = time.Second
	time.AfterFunc(limit+limit/2, unlock)
	if _, err := w.as(config, "prod", func(o *provider.Options) { o.Timeout = limit }); err != nil {
		t.Error(err)
	}
}

// Force reaches the sources that cost nobody a code, and no other profile's
// session, which would.
func TestForceReachesSources(t *testing.T) {
	w, config := roles(t, ststest.Role{})
	const deep = "arn:aws:iam::777788889999:role/Deep"
	w.sts.AddRole(ststest.Role{ARN: deep, TrustedARNs: []string{admin}})
	config += "[profile deep]\nregion = eu-west-1\nrole_arn = " + deep + "\nsource_profile = prod\n"
	w.mustAs(config, "deep")
	force := func(o *provider.Options) { o.Force = true }
	if _, err := w.as(config, "deep", force); err != nil {
		t.Fatal(err)
	}
	w.wantAsked("AssumeRole", 4)
	w.wantAsked("GetSessionToken", 1)

	self := "[profile work]\nregion = eu-west-1\nrole_arn = " + admin + "\nsource_profile = work\n"
	for range 2 {
		if _, err := w.as(self, "work", force); err != nil {
			t.Fatal(err)
		}
	}
	w.wantAsked("GetSessionToken", 3)
}

// What is forgotten for a source is out of reach for all that was made with it,
// also for profiles of another config file, which nobody looks through.
func TestForgettingASourceReachesItsRoles(t *testing.T) {
	w, config := roles(t, ststest.Role{})
	first := w.mustAs(config, "prod")
	if _, err := w.cache.RemoveScope(provider.Scope("work")); err != nil {
		t.Fatal(err)
	}
	if _, ok := w.of(config, provider.Request{Profile: "prod"}).Cached(); ok {
		t.Error("the role is shown as cached")
	}
	w.clock.advance(30 * time.Second) // to the next code
	second := w.mustAs(config, "prod")
	if second == first {
		t.Error("the role made with the earlier session is handed out")
	}
	if w.mustAs(config, "prod") != second {
		t.Error("the new role is not kept")
	}
	w.wantAsked("AssumeRole", 2)
}
