package provider_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

const machineRole = "arn:aws:iam::111122223333:role/Machine"

const metadataVariable = "AWS_EC2_METADATA_SERVICE_ENDPOINT"

// onInstance is a world on an EC2 instance whose role may assume another.
func onInstance(t *testing.T, lines ...string) (*world, string) {
	t.Helper()
	w, config := sourced(t, "Ec2InstanceMetadata", []string{machineRole}, lines...)
	w.sts.AddInstanceRole(machineRole)
	w.env[metadataVariable] = w.sts.URL()
	return w, config
}

func TestInstanceAsSource(t *testing.T) {
	w, config := onInstance(t)
	first := w.mustAs(config, "prod")
	if name := w.madeWith(first).SessionName; !strings.HasPrefix(name, "i-") {
		t.Errorf("the session's name is %q, not the instance", name)
	}
	w.mustAs(config, "prod")
	w.wantAsked("IMDSCredentials", 1)
	w.wantAsked("IMDSToken", 1)
	w.wantAsked("AssumeRole", 1)

	// The instance's credentials are served from the cache, too.
	w.mustAs(strings.Replace(config, "credential_source", "role_session_name = other\ncredential_source", 1), "prod")
	w.wantAsked("IMDSCredentials", 1)
	w.wantAsked("AssumeRole", 2)
}

func instanceLink(t *testing.T, env environment, lines string) *provider.Instance {
	t.Helper()
	return sourceLink[*provider.Instance](t, "Ec2InstanceMetadata", env, lines)
}

func TestInstanceEndpoint(t *testing.T) {
	const mode = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"
	for _, c := range []struct {
		env   environment
		lines string
		want  string
	}{
		{nil, "", "http://169.254.169.254"},
		{nil, "ec2_metadata_service_endpoint_mode = ipv6", "http://[fd00:ec2::254]"},
		{environment{mode: "IPv6"}, "", "http://[fd00:ec2::254]"},
		{environment{mode: "IPv4"}, "ec2_metadata_service_endpoint_mode = IPv6", "http://169.254.169.254"},
		{nil, "ec2_metadata_service_endpoint = http://127.0.0.1:9", "http://127.0.0.1:9"},
		{environment{mode: "IPv6"}, "ec2_metadata_service_endpoint = http://127.0.0.1:9", "http://127.0.0.1:9"},
		{environment{metadataVariable: "http://127.0.0.1:8"}, "ec2_metadata_service_endpoint = http://127.0.0.1:9", "http://127.0.0.1:8"},
		{environment{metadataVariable: "http://127.0.0.1:8", mode: "none"}, "", "http://127.0.0.1:8"},
	} {
		if got := instanceLink(t, c.env, c.lines).Endpoint; got != c.want {
			t.Errorf("%v, %q: %s, want %s", c.env, c.lines, got, c.want)
		}
	}
	for lines, words := range map[string][]string{
		"ec2_metadata_service_endpoint_mode = IPv5": {"config:5", "IPv4 or IPv6"},
		"ec2_metadata_service_endpoint = here":      {"config:5", "not the URL"},
	} {
		_, config := sourced(t, "Ec2InstanceMetadata", nil, lines)
		_, err := provider.Resolve(parsed(t, config), environment{}.get, provider.Request{Profile: "prod"})
		wantFault(t, err, fault.Usage, words...)
	}
	for _, env := range []environment{{metadataVariable: "here"}, {mode: "IPv5"}} {
		w, config := sourced(t, "Ec2InstanceMetadata", nil)
		for name, value := range env {
			w.env[name] = value
		}
		_, err := w.as(config, "prod")
		wantFault(t, err, fault.Usage, "AWS_EC2_METADATA_SERVICE_ENDPOINT")
	}
}

func TestInstanceFailures(t *testing.T) {
	t.Parallel()
	start := func(handler http.HandlerFunc) string {
		server := httptest.NewServer(handler)
		t.Cleanup(server.Close)
		return server.URL
	}
	for _, c := range []struct {
		name   string
		change func(w *world)
		status fault.Status
		words  []string
	}{
		{"no role", func(w *world) { w.sts.AddInstanceRole("") }, fault.Missing, []string{"this instance has no role", "EC2 console"}},
		{"forbidden by the environment", func(w *world) { w.env["AWS_EC2_METADATA_DISABLED"] = "True" }, fault.Usage,
			[]string{"AWS_EC2_METADATA_DISABLED", `profile "prod"`}},
		{"nothing listens", func(w *world) { w.env[metadataVariable] = nobody }, fault.Network,
			[]string{"can't be reached", "EC2 instances only"}},
		{"no answer", func(w *world) { w.sts.Inject(ststest.Fault{Action: "IMDSToken", Hang: true}) }, fault.Network,
			[]string{"does not answer", "two hops"}},
		{"turned off for the instance", func(w *world) { w.sts.Inject(ststest.Fault{Action: "IMDSToken", Status: 403}) }, fault.Refused,
			[]string{"HTTP status 403", "metadata options"}},
		{"trouble", func(w *world) { w.sts.Inject(ststest.Fault{Action: "IMDSCredentials", Status: 500}) }, fault.Network,
			[]string{"could not answer: HTTP status 500", "this passes"}},
		{"trouble with the token", func(w *world) { w.sts.Inject(ststest.Fault{Action: "IMDSToken", Status: 503}) }, fault.Network,
			[]string{"could not answer: HTTP status 503", "this passes"}},
		{"too many requests", func(w *world) { w.sts.Inject(ststest.Fault{Action: "IMDSRole", Status: 429}) }, fault.Network,
			[]string{"could not answer: HTTP status 429", "this passes"}},
		{"a connection that breaks", func(w *world) { w.sts.Inject(ststest.Fault{Action: "IMDSCredentials", ResetConn: true}) }, fault.Network,
			[]string{"can't be reached: connection reset by peer"}},
		{"an answer that breaks off", func(w *world) { w.env[metadataVariable] = start(metadata(brokenOff)) }, fault.Network,
			[]string{"breaks off: unexpected EOF"}},
		{"a role that can't be assumed", func(w *world) {
			w.env[metadataVariable] = start(metadata(`{"Code": "AssumeRoleUnauthorizedAccess", "Message": "hunter2"}`))
		}, fault.Refused, []string{"AssumeRoleUnauthorizedAccess"}},
		{"no JSON", func(w *world) { w.env[metadataVariable] = start(metadata("hunter2")) }, fault.Refused, []string{"holds no credentials"}},
		{"half an answer", func(w *world) {
			w.env[metadataVariable] = start(metadata(`{"Code": "Success", "AccessKeyId": "ASIAX", "SecretAccessKey": "hunter2", "Expiration": "2099-01-01T00:00:00Z"}`))
		}, fault.Refused, []string{"no complete credentials"}},
		{"the first version alone", func(w *world) {
			w.env[metadataVariable] = start(func(out http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodGet {
					http.Error(out, "", http.StatusNotFound)
					return
				}
				t.Errorf("asked for %s without a token", r.URL)
			})
		}, fault.Refused, []string{"HTTP status 404"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w, config := onInstance(t)
			c.change(w)
			started := time.Now()
			_, err := w.as(config, "prod")
			wantFault(t, err, c.status, c.words...)
			if took := time.Since(started); took > 5*time.Second {
				t.Errorf("it took %s to tell", took)
			}
			if strings.Contains(err.Error(), "hunter2") || fault.HintOf(err) == "" {
				t.Errorf("%v\n%s", err, fault.HintOf(err))
			}
		})
	}
}

// nobody is a URL where nothing listens: a port of the system's own, which no
// other test can be given.
const nobody = "http://127.0.0.1:1"

// brokenOff is what a service says whose connection then ends.
const brokenOff = `{"Code": "Success", "AccessKeyId": "ASIAX", "SecretAcc`

// metadata is a metadata service whose role has these credentials.
func metadata(credentials string) http.HandlerFunc {
	return func(out http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPut:
			out.Header().Set("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", "300")
			_, _ = out.Write([]byte("token"))
		case strings.HasSuffix(r.URL.Path, "/"):
			_, _ = out.Write([]byte("role"))
		default:
			if credentials == brokenOff {
				out.Header().Set("Content-Length", "1000")
			}
			_, _ = out.Write([]byte(credentials))
		}
	}
}

// A home directory may be shared by several machines.
func TestInstancesShareNoEntry(t *testing.T) {
	one, other := instanceLink(t, nil, ""), instanceLink(t, nil, "")
	if provider.Name(one) != provider.Name(other) {
		t.Error("one machine has two entries")
	}
	if name, _ := os.Hostname(); one.Host != name {
		t.Errorf("the host is %q, want %q", one.Host, name)
	}
	other.Host = "another"
	if provider.Name(one) == provider.Name(other) {
		t.Error("two machines share an entry")
	}
	if provider.Name(one) == provider.Name(instanceLink(t, environment{metadataVariable: "http://127.0.0.1:8"}, "")) {
		t.Error("two metadata services share an entry")
	}
}
