package provider_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"testing"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/provider"
)

// TestRegionThatDoesNotExist is told apart from a network that is down: the
// hint names the region and where it is set.
func TestRegionThatDoesNotExist(t *testing.T) {
	noSuchHost(t)
	for _, test := range []struct {
		name, lines string
		env         environment
		words       []string
	}{
		{"in the profile", "region = eu-wset-1\n", nil, []string{`the region "eu-wset-1" (region in profile "work") exists`}},
		{"under awsmint's key", "awsmint_region = eu-wset-1\n", nil, []string{`(awsmint_region in profile "work")`}},
		{"in the environment", "", environment{"AWS_REGION": "eu-wset-1"}, []string{`"eu-wset-1" (AWS_REGION)`}},
		{"in the other variable", "", environment{"AWS_DEFAULT_REGION": "eu-wset-1"}, []string{"(AWS_DEFAULT_REGION)"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.env = test.env
			_, err := w.mint(test.lines)
			wantFault(t, err, fault.Network, append(test.words, `the name "sts.eu-wset-1.amazonaws.com" can't be resolved`, "check the network")...)
		})
	}
	// What is the default exists, and an endpoint is another's business.
	for _, env := range []environment{nil, {"AWS_ENDPOINT_URL": "https://sts.eu-west-1.awsmint.invalid", "AWS_REGION": "eu-west-1"}} {
		w := newWorld(t)
		w.env = env
		_, err := w.mint("")
		wantFault(t, err, fault.Network, "can't be resolved")
		if hint := fault.HintOf(err); hint != "check the network; if it needs a proxy, set HTTPS_PROXY" {
			t.Errorf("hint %q", hint)
		}
	}
}

func TestRegionOfIdentityCenterThatDoesNotExist(t *testing.T) {
	noSuchHost(t)
	w := newSSOWorld(t)
	w.env = environment{}
	config := "[profile dev]\nsso_session = acme\nsso_account_id = 222233334444\nsso_role_name = Dev\n[sso-session acme]\nsso_start_url = " + startURL + "\nsso_region = eu-wset-1\n"
	link, err := provider.Resolve(parsed(t, config), w.env.get, provider.Request{Profile: "dev"})
	if err != nil {
		t.Fatal(err)
	}
	o := w.options()
	o.SignIn = &provider.SignIn{Tell: func(string) error { return nil }}
	_, err = provider.SignInTo(within(t), link, o, false)
	wantFault(t, err, fault.Network, `"eu-wset-1" (sso_region in the section [sso-session acme])`)
}

// noSuchHost is a name server that knows no name.
func noSuchHost(t *testing.T) {
	t.Helper()
	for _, variable := range []string{"HTTPS_PROXY", "https_proxy"} {
		t.Setenv(variable, "")
	}
	before := net.DefaultResolver
	t.Cleanup(func() { net.DefaultResolver = before })
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go refuseNames(server)
		return client, nil
	}}
}

// refuseNames answers NXDOMAIN to every question, in the form that DNS has over
// a stream: the length first (RFC 1035, sections 4.1.1 and 4.2.2).
func refuseNames(conn net.Conn) {
	defer conn.Close()
	for {
		var length [2]byte
		if _, err := io.ReadFull(conn, length[:]); err != nil {
			return
		}
		message := make([]byte, binary.BigEndian.Uint16(length[:]))
		if _, err := io.ReadFull(conn, message); err != nil {
			return
		}
		// No additional records (EDNS), which stand behind the question.
		question := 12
		for message[question] != 0 {
			question += 1 + int(message[question])
		}
		message = message[:question+5]
		const response, noSuchName = 0x8180, 3
		binary.BigEndian.PutUint16(message[2:], response|noSuchName)
		clear(message[6:12])
		binary.BigEndian.PutUint16(length[:], uint16(len(message)))
		if _, err := conn.Write(append(length[:], message...)); err != nil {
			return
		}
	}
}
