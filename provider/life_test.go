package provider_test

import (
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/provider"
)

// TestRequestedLife: it is the last link's, and a role of over an hour is
// minted straight from the key, as where the profile asks for it.
func TestRequestedLife(t *testing.T) {
	config := parsed(t, "[profile work]\nawsmint_duration = 4h\n[profile prod]\nrole_arn = "+roleA+"\nsource_profile = work\n"+
		"[profile deep]\nrole_arn = "+roleB+"\nsource_profile = prod\n[profile alias]\n"+own+"work\n"+
		"[profile self]\nrole_arn = "+roleA+"\nsource_profile = self\n")
	for _, c := range []struct {
		request provider.Request
		want    string
		life    time.Duration
		words   []string
	}{
		{request: provider.Request{Profile: "work", Duration: time.Hour}, want: "session work ← key work", life: time.Hour},
		{request: provider.Request{Profile: "alias", Duration: time.Hour}, want: "session work ← key work", life: time.Hour},
		{request: provider.Request{Profile: "prod", Duration: 45 * time.Minute}, want: "role prod ← session work ← key work", life: 45 * time.Minute},
		{request: provider.Request{Profile: "prod", Duration: 8 * time.Hour}, want: "role prod ← key work", life: 8 * time.Hour},
		{request: provider.Request{Profile: "self", Duration: 8 * time.Hour}, want: "role self ← key self", life: 8 * time.Hour},
		{request: provider.Request{Profile: "deep", Duration: 8 * time.Hour}, words: []string{"8h", "1h at most"}},
		{request: provider.Request{Profile: "prod", Duration: 13 * time.Hour}, words: []string{"--duration: a duration of 13h is too long"}},
		{request: provider.Request{Profile: "work", Duration: 37 * time.Hour}, words: []string{"--duration: a duration of 37h is too long", "36h"}},
		{request: provider.Request{Profile: "work", Duration: time.Minute}, words: []string{"--duration: a duration of 1m is too short"}},
	} {
		link, err := provider.Resolve(config, environment{}.get, c.request)
		if c.words != nil {
			wantFault(t, err, fault.Usage, c.words...)
			continue
		}
		if err != nil {
			t.Errorf("%+v: %v", c.request, err)
			continue
		}
		var life time.Duration
		switch l := link.(type) {
		case *provider.Session:
			life = l.Duration
		case *provider.Role:
			life = l.Duration
		}
		if got := provider.Describe(link); got != c.want || life != c.life {
			t.Errorf("%+v: %s for %s, want %s for %s", c.request, got, life, c.want, c.life)
		}
	}
}

func TestLifeThatOthersChoose(t *testing.T) {
	config := parsed(t, "[profile dev]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = Dev\n")
	_, err := provider.Resolve(config, environment{}.get, provider.Request{Profile: "dev", Duration: time.Hour})
	wantFault(t, err, fault.Usage, "awsmint can't choose how long these credentials live", "leave --duration out")
}
