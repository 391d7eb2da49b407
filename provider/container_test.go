package provider_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

const (
	relativeVariable  = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
	fullVariable      = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
	tokenVariable     = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
	tokenFileVariable = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
)

// inContainer is a world in a container whose role may assume another.
func inContainer(t *testing.T, authorization string) (*world, string) {
	t.Helper()
	w, config := sourced(t, "EcsContainer", []string{machineRole})
	w.env[fullVariable] = w.sts.URL() + w.sts.AddContainerRole(machineRole, authorization)
	return w, config
}

func TestContainerAsSource(t *testing.T) {
	w, config := inContainer(t, "")
	w.mustAs(config, "prod")
	w.mustAs(config, "prod")
	w.mustAs(strings.Replace(config, "credential_source", "role_session_name = other\ncredential_source", 1), "prod")
	w.wantAsked("ContainerCredentials", 1)
	w.wantAsked("AssumeRole", 2)
}

func TestContainerAuthorization(t *testing.T) {
	w, config := inContainer(t, "Bearer hunter2")
	_, err := w.as(config, "prod")
	wantFault(t, err, fault.Refused, "AccessDenied", tokenVariable, tokenFileVariable)

	w.env[tokenVariable] = "Bearer tiger"
	_, err = w.as(config, "prod")
	wantFault(t, err, fault.Refused, "AccessDenied")
	if strings.Contains(err.Error(), "tiger") {
		t.Errorf("the token is in %q", err)
	}

	// The file goes before the variable, and is read for each mint.
	file := filepath.Join(t.TempDir(), "token")
	w.env[tokenFileVariable] = file
	_, err = w.as(config, "prod")
	wantFault(t, err, fault.Usage, file, tokenFileVariable, "can't be read")
	writeFile(t, file, "Bearer\nhunter2")
	_, err = w.as(config, "prod")
	wantFault(t, err, fault.Usage, tokenFileVariable, "more than one line")
	writeFile(t, file, "Bearer hunter2\n")
	w.mustAs(config, "prod")

	w, config = inContainer(t, "Bearer hunter2")
	w.env[tokenVariable] = "Bearer hunter2"
	w.mustAs(config, "prod")
}

func containerLink(t *testing.T, env environment) *provider.Container {
	t.Helper()
	return sourceLink[*provider.Container](t, "EcsContainer", env)
}

func TestContainerURI(t *testing.T) {
	const full = "http://127.0.0.1:9/x"
	for _, c := range []struct {
		env  environment
		want string
	}{
		{environment{relativeVariable: "/v2/credentials/7"}, "http://169.254.170.2/v2/credentials/7"},
		{environment{relativeVariable: "/v2/credentials/7", fullVariable: full}, "http://169.254.170.2/v2/credentials/7"},
		{environment{fullVariable: full}, full},
	} {
		if got := containerLink(t, c.env).URI; got != c.want {
			t.Errorf("%v: %s, want %s", c.env, got, c.want)
		}
	}
}

// Credentials cross no network without TLS.
func TestContainerHosts(t *testing.T) {
	refused := func(env environment) error {
		w, config := sourced(t, "EcsContainer", nil)
		for name, value := range env {
			w.env[name] = value
		}
		_, err := w.as(config, "prod", brief)
		if err == nil {
			t.Fatalf("%v: credentials", env)
		}
		return err
	}
	for _, uri := range []string{
		"http://example.com/x", "http://169.254.170.3/", "http://169.254.169.254/", "http://10.0.0.1/", "http://[fd00:ec2::24]/",
		"http://localhost.example.com/", "http://127.0.0.1.example.com/", "http://127.0.0.1@example.com/", "http://2130706433/", "http://0.0.0.0/",
	} {
		wantFault(t, refused(environment{fullVariable: uri}), fault.Usage, "without TLS", "loopback")
	}
	for _, uri := range []string{"/v2/x", "ftp://127.0.0.1/", "169.254.170.2/x", "http://", "://"} {
		wantFault(t, refused(environment{fullVariable: uri}), fault.Usage, fullVariable, "unset it")
	}
	for _, path := range []string{"v2/x", "@example.com/x", ".example.com/x", ":8080/x", "5/x"} {
		wantFault(t, refused(environment{relativeVariable: path}), fault.Usage, relativeVariable, "no path")
	}
	wantFault(t, refused(environment{}), fault.Missing, relativeVariable, fullVariable, `profile "prod"`, "source_profile")

	// These are let through, to where nobody is at home here.
	for _, uri := range []string{
		"http://127.0.0.1:1/", "http://127.8.9.1:1/", "http://localhost:1/", "http://LOCALHOST:1/", "http://[::1]:1/", "https://127.0.0.1:1/",
	} {
		if err := refused(environment{fullVariable: uri}); fault.StatusOf(err) != fault.Network {
			t.Errorf("%s: %v", uri, err)
		}
	}
	for _, host := range []string{"169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"} {
		link := containerLink(t, environment{fullVariable: "http://" + host + "/v1/credentials"})
		if err := link.Check(); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
}

func TestContainerFailures(t *testing.T) {
	t.Parallel()
	answer := func(w *world, status int, kind, body string) {
		server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
			out.Header().Set("Content-Type", kind)
			if body == brokenOff {
				out.Header().Set("Content-Length", "1000")
			}
			out.WriteHeader(status)
			_, _ = out.Write([]byte(body))
		}))
		w.t.Cleanup(server.Close)
		w.env[fullVariable] = server.URL
	}
	for _, c := range []struct {
		name   string
		change func(w *world)
		status fault.Status
		words  []string
	}{
		{"nothing listens", func(w *world) { w.env[fullVariable] = nobody }, fault.Network, []string{"can't be reached", "ECS tasks and EKS pods"}},
		{"no answer", func(w *world) { w.sts.Inject(ststest.Fault{Action: "ContainerCredentials", Hang: true}) }, fault.Network, []string{"does not answer"}},
		{"no role", func(w *world) { w.env[fullVariable] = w.sts.URL() + "/v2/credentials/x" }, fault.Refused, []string{"InvalidIdInRequest", "HTTP status"}},
		{"trouble", func(w *world) { w.sts.Inject(ststest.Fault{Action: "ContainerCredentials", Status: 500}) }, fault.Network,
			[]string{"could not answer: InternalFailure (HTTP status 500)", "this passes"}},
		{"trouble of no form", func(w *world) { answer(w, 502, "text/html", "hunter2") }, fault.Network, []string{"could not answer: HTTP status 502"}},
		{"too many requests", func(w *world) {
			w.sts.Inject(ststest.Fault{Action: "ContainerCredentials", Code: "ThrottlingException"})
		}, fault.Network,
			[]string{"could not answer: ThrottlingException (HTTP status 400)", "this passes"}},
		{"a connection that breaks", func(w *world) { w.sts.Inject(ststest.Fault{Action: "ContainerCredentials", ResetConn: true}) }, fault.Network,
			[]string{"can't be reached: connection reset by peer"}},
		{"an answer that breaks off", func(w *world) { answer(w, 200, "application/json", brokenOff) }, fault.Network, []string{"breaks off: unexpected EOF"}},
		{"an error of no form", func(w *world) { answer(w, 404, "text/html", "hunter2") }, fault.Refused, []string{"HTTP status 404"}},
		{"no JSON", func(w *world) { answer(w, 200, "text/html", "hunter2") }, fault.Refused, []string{"holds no credentials"}},
		{"null", func(w *world) { answer(w, 200, "application/json", "{}") }, fault.Refused, []string{"no complete credentials"}},
		{"no token", func(w *world) {
			answer(w, 200, "application/json", `{"AccessKeyId": "ASIAX", "SecretAccessKey": "hunter2", "Expiration": "2099-01-01T00:00:00Z"}`)
		}, fault.Refused, []string{"no complete credentials"}},
		{"no expiration", func(w *world) {
			answer(w, 200, "application/json", `{"AccessKeyId": "ASIAX", "SecretAccessKey": "hunter2", "Token": "t"}`)
		}, fault.Refused, []string{"no complete credentials"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w, config := inContainer(t, "")
			c.change(w)
			started := time.Now()
			_, err := w.as(config, "prod")
			wantFault(t, err, c.status, append(c.words, "container's credentials endpoint")...)
			if took := time.Since(started); took > 5*time.Second {
				t.Errorf("it took %s to tell", took)
			}
			if strings.Contains(err.Error(), "hunter2") || fault.HintOf(err) == "" {
				t.Errorf("%v\n%s", err, fault.HintOf(err))
			}
		})
	}
	w, config := inContainer(t, "")
	w.sts.Inject(ststest.Fault{Action: "ContainerCredentials", Status: 500, Times: 1})
	w.mustAs(config, "prod")
}

func TestContainersShareNoEntry(t *testing.T) {
	env := environment{fullVariable: "http://127.0.0.1:9/x"}
	one, other := containerLink(t, env), containerLink(t, env)
	if provider.Name(one) != provider.Name(other) {
		t.Error("one container has two entries")
	}
	other.Host = "another"
	if provider.Name(one) == provider.Name(other) {
		t.Error("two machines share an entry")
	}
	for what, variables := range map[string]environment{
		"address":    {fullVariable: "http://127.0.0.1:9/y"},
		"token":      {fullVariable: env[fullVariable], "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a"},
		"token file": {fullVariable: env[fullVariable], "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/a"},
	} {
		if provider.Name(one) == provider.Name(containerLink(t, variables)) {
			t.Errorf("two containers share an entry, with another %s", what)
		}
	}
}
