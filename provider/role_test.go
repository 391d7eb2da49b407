package provider_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

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
