package provider_test

import (
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

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
