package provider_test

import (
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/mfa"
	"github.com/awsmint/awsmint/provider"
)

// proxy is an HTTP proxy on loopback that leads everywhere to one server: plain
// requests to a handler, tunnels to an address ("": it refuses them).
type proxy struct {
	plain  http.Handler
	tunnel string

	mu   sync.Mutex
	seen []string // "CONNECT host:port" and "POST host"
	auth string   // the last Proxy-Authorization
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.seen = append(p.seen, r.Method+" "+r.Host)
	p.auth = r.Header.Get("Proxy-Authorization")
	p.mu.Unlock()
	if r.Method != http.MethodConnect {
		p.plain.ServeHTTP(w, r)
		return
	}
	server, err := net.Dial("tcp", p.tunnel)
	if err != nil {
		http.Error(w, "no way", http.StatusForbidden)
		return
	}
	defer server.Close()
	w.WriteHeader(http.StatusOK)
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer client.Close()
	go func() { _, _ = io.Copy(server, buffered) }()
	_, _ = io.Copy(client, server)
}

// took returns what the proxy was asked for since the last call.
func (p *proxy) took() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer func() { p.seen = nil }()
	return p.seen
}

// asProxy starts p and makes it the proxy of this process, which must not have
// asked for its proxies before.
func asProxy(t *testing.T, p *proxy) (host string) {
	t.Helper()
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	host = strings.TrimPrefix(s.URL, "http://")
	// The one in capitals comes last: to Windows both are the same.
	for _, name := range []string{"HTTPS_PROXY", "HTTP_PROXY"} {
		t.Setenv(strings.ToLower(name), "")
		t.Setenv(name, "http://robot:hunter2@"+host)
	}
	t.Setenv("no_proxy", "")
	t.Setenv("NO_PROXY", "direct.invalid")
	return host
}

// inOwnProcess reports whether this is the test's own process; elsewhere it
// runs one and waits for it. It is for tests of what a process reads from its
// environment once, as net/http does with the proxies.
func inOwnProcess(t *testing.T, environ ...string) bool {
	t.Helper()
	const mark = "AWSMINT_TEST_OWN_PROCESS"
	if os.Getenv(mark) == t.Name() {
		return true
	}
	t.Parallel()
	cmd := exec.CommandContext(within(t), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(append(os.Environ(), environ...), mark+"="+t.Name())
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("in a process of its own: %v\n%s", err, out)
	}
	return false
}

func TestProxiesOfTheEnvironmentAreUsed(t *testing.T) {
	if !inOwnProcess(t) {
		return
	}
	w := newWorld(t)
	p := &proxy{plain: w.sts.Handler()}
	host := asProxy(t, p)
	url, bundle := behindTLS(w)
	p.tunnel = strings.TrimPrefix(url, "https://")

	// The name is one that resolves nowhere: only the proxy knows the way.
	w.env = environment{"AWS_ENDPOINT_URL_STS": "http://sts.awsmint.invalid"}
	w.mustMint(w.settings())
	if seen := p.took(); !slices.Equal(seen, []string{"POST sts.awsmint.invalid"}) {
		t.Errorf("HTTP_PROXY was asked for %q", seen)
	}
	if want := "Basic " + base64.StdEncoding.EncodeToString([]byte("robot:hunter2")); p.auth != want {
		t.Errorf("Proxy-Authorization: %q", p.auth)
	}

	// example.com and its subdomains are what httptest's certificate is for.
	w.env = environment{"AWS_ENDPOINT_URL_STS": "https://sts.example.com", "AWS_CA_BUNDLE": bundle}
	w.mustMint(noMFA)
	if seen := p.took(); !slices.Equal(seen, []string{"CONNECT sts.example.com:443"}) {
		t.Errorf("HTTPS_PROXY was asked for %q", seen)
	}

	w.env["AWS_ENDPOINT_URL_STS"] = "https://another.awsmint.invalid"
	_, err := w.mint(noMFA)
	wantFault(t, err, fault.Network, "is not trusted", "another.awsmint.invalid", "AWS_CA_BUNDLE")

	p.took()
	w.env = environment{"AWS_ENDPOINT_URL_STS": "https://direct.invalid"}
	_, err = w.mint(noMFA)
	wantFault(t, err, fault.Network, "set HTTPS_PROXY")
	if seen := p.took(); len(seen) > 0 {
		t.Errorf("in spite of NO_PROXY the proxy was asked for %q", seen)
	}

	p.tunnel = ""
	w.env = environment{"AWS_ENDPOINT_URL_STS": "https://sts.awsmint.invalid"}
	w.clock.advance(step)
	_, err = w.mint(w.settings())
	wantFault(t, err, fault.Network, "https://sts.awsmint.invalid", "Forbidden", "the proxy in use, http://"+host)
	for _, hidden := range []string{"hunter2", "robot"} {
		if strings.Contains(err.Error()+fault.HintOf(err), hidden) {
			t.Errorf("%q is in: %v\n%s", hidden, err, fault.HintOf(err))
		}
	}
}

func TestProxyThatIsDown(t *testing.T) {
	if !inOwnProcess(t, "https_proxy=", "HTTPS_PROXY=http://robot:hunter2@127.0.0.1:1", "no_proxy=", "NO_PROXY=") {
		return
	}
	w := newWorld(t)
	w.env = nil
	_, err := w.mint(noMFA, brief)
	wantFault(t, err, fault.Network, "AWS in eu-west-1", "refused", "the proxy in use, http://127.0.0.1:1")
	if strings.Contains(err.Error()+fault.HintOf(err), "hunter2") {
		t.Errorf("the password is in: %v\n%s", err, fault.HintOf(err))
	}
}

// TestAWSsOwnEndpoints looks at what a proxy is asked for.
func TestAWSsOwnEndpoints(t *testing.T) {
	if !inOwnProcess(t) {
		return
	}
	w := newWorld(t)
	p := &proxy{}
	asProxy(t, p)
	for _, test := range []struct {
		region          string
		fips, dualstack bool
		sts, iam        string
	}{
		{"eu-west-1", false, false, "sts.eu-west-1.amazonaws.com", "iam.amazonaws.com"},
		{"eu-west-1", true, false, "sts-fips.eu-west-1.amazonaws.com", "iam-fips.amazonaws.com"},
		{"eu-west-1", false, true, "sts.eu-west-1.api.aws", "iam.global.api.aws"},
		{"eu-west-1", true, true, "sts-fips.eu-west-1.api.aws", "iam-fips.global.api.aws"},
		{"us-east-1", false, false, "sts.us-east-1.amazonaws.com", "iam.amazonaws.com"},
		{"us-east-1", true, false, "sts-fips.us-east-1.amazonaws.com", "iam-fips.amazonaws.com"},
		{"aws-global", false, false, "sts.amazonaws.com", "iam.amazonaws.com"},
		{"cn-north-1", false, false, "sts.cn-north-1.amazonaws.com.cn", "iam.cn-north-1.amazonaws.com.cn"},
		{"cn-north-1", false, true, "sts.cn-north-1.api.amazonwebservices.com.cn", "iam.global.api.amazonwebservices.com.cn"},
		{"us-gov-west-1", false, false, "sts.us-gov-west-1.amazonaws.com", "iam.us-gov.amazonaws.com"},
		{"us-gov-west-1", true, false, "sts.us-gov-west-1.amazonaws.com", "iam.us-gov.amazonaws.com"},
		{"us-gov-west-1", true, true, "sts-fips.us-gov-west-1.api.aws", "iam.us-gov.api.aws"},
		{"eusc-de-east-1", false, false, "sts.eusc-de-east-1.amazonaws.eu", "iam.eusc-de-east-1.amazonaws.eu"},
		{"eusc-de-east-1", true, true, "sts-fips.eusc-de-east-1.api.amazonwebservices.eu", "iam-fips.api.amazonwebservices.eu"},
	} {
		name := fmt.Sprintf("%s FIPS %v dualstack %v", test.region, test.fips, test.dualstack)
		lines := fmt.Sprintf("region = %s\nuse_fips_endpoint = %v\nuse_dualstack_endpoint = %v\n", test.region, test.fips, test.dualstack)
		link := session(t, lines+"awsmint_mfa = "+mfa.NameSeed, nil)
		_, err := provider.New(link, provider.Options{Keychain: w.keys, Cache: w.cache, Timeout: once}).Retrieve(within(t))
		wantFault(t, err, fault.Network, "AWS in "+test.region)
		if seen, want := p.took(), "CONNECT "+test.sts+":443"; len(seen) == 0 || seen[0] != want {
			t.Errorf("%s: %q, want %q", name, seen, want)
		}
		v := provider.Verifier{Profile: "work", Client: link.Client, Timeout: once}
		v.Key.AccessKeyID = w.user.AccessKeyID
		if _, err := v.MFADevices(within(t)); err == nil {
			t.Errorf("%s: the proxy refused, and there was an answer", name)
		}
		if seen, want := p.took(), "CONNECT "+test.iam+":443"; len(seen) == 0 || seen[0] != want {
			t.Errorf("%s: %q, want %q", name, seen, want)
		}
	}
}
