package provider_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/ststest"
	"github.com/awsmint/awsmint/provider"
)

// signInURL is the URL for what a request gives, of the server's own console.
func (w *world) signInURL(config string, request provider.Request, page provider.ConsolePage) (string, error) {
	w.t.Helper()
	w.env["AWS_ENDPOINT_URL_SIGNIN"] = w.sts.URL()
	parsed := parsed(w.t, config)
	link, err := provider.Resolve(parsed, w.env.get, request)
	if err != nil {
		w.t.Fatal(err)
	}
	console, err := provider.NewConsole(parsed, w.env.get, link, page)
	if err != nil {
		w.t.Fatal(err)
	}
	credentials, err := w.of(config, request).Retrieve(within(w.t))
	if err != nil {
		w.t.Fatalf("%v\n%s", err, fault.HintOf(err))
	}
	url, err := console.SignInURL(within(w.t), credentials)
	return url.Reveal(), err
}

// TestSignInURL: the console takes it, once, for as long as it should.
func TestSignInURL(t *testing.T) {
	for _, c := range []struct {
		name    string
		request provider.Request
		who     string
		life    time.Duration
	}{
		{"a role", provider.Request{Profile: "prod", Console: true}, ":assumed-role/Admin/", time.Hour},
		{"a user", provider.Request{Profile: "work", Console: true}, ":federated-user/", 12 * time.Hour},
		{"a role for long", provider.Request{Profile: "work", RoleARN: admin, Duration: 8 * time.Hour, Console: true}, ":assumed-role/Admin/", 8 * time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, config := roles(t, ststest.Role{MaxSession: 12 * time.Hour})
			url, err := w.signInURL(config, c.request, provider.ConsolePage{Service: "s3"})
			if err != nil {
				t.Fatalf("%v\n%s", err, fault.HintOf(err))
			}
			answer, err := http.Get(url)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			body, err := io.ReadAll(answer.Body)
			if err != nil {
				t.Fatal(err)
			}
			until := w.clock.Now().Add(c.life).UTC().Format(time.RFC3339)
			for _, want := range []string{c.who, "until " + until, "at https://console.aws.amazon.com/s3/home?region=eu-west-1"} {
				if !strings.Contains(string(body), want) {
					t.Errorf("the console shows no %q:\n%s", want, body)
				}
			}
		})
	}
}

// TestConsoleSessionOfALongRole: the whole life is asked for, although the
// credentials in the cache have less left.
func TestConsoleSessionOfALongRole(t *testing.T) {
	w, config := roles(t, ststest.Role{MaxSession: 12 * time.Hour})
	request := provider.Request{Profile: "work", RoleARN: admin, Duration: 8 * time.Hour, Console: true}
	if _, err := w.signInURL(config, request, provider.ConsolePage{}); err != nil {
		t.Fatal(err)
	}
	w.clock.advance(2 * time.Hour)
	url, err := w.signInURL(config, request, provider.ConsolePage{})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	if until := w.clock.Now().Add(8 * time.Hour).UTC().Format(time.RFC3339); !strings.Contains(string(body), until) {
		t.Errorf("not until %s:\n%s", until, body)
	}
	w.wantAsked("AssumeRole", 1)
}

// TestConsoleAddresses: those of each partition, and of the page asked for.
func TestConsoleAddresses(t *testing.T) {
	arn := func(partition string) string { return "arn:" + partition + ":iam::111122223333:role/Admin" }
	for _, c := range []struct {
		name, lines string
		page        provider.ConsolePage
		signIn      string
		destination string
	}{
		{"aws", "region = eu-west-1", provider.ConsolePage{}, "https://signin.aws.amazon.com/federation", "https://console.aws.amazon.com/console/home?region=eu-west-1"},
		{"China", "region = cn-north-1\nrole_arn = " + arn("aws-cn"), provider.ConsolePage{}, "https://signin.amazonaws.cn/federation", "https://console.amazonaws.cn/console/home?region=cn-north-1"},
		{"GovCloud", "region = us-gov-west-1\nrole_arn = " + arn("aws-us-gov"), provider.ConsolePage{Service: "ec2"}, "https://signin.amazonaws-us-gov.com/federation", "https://console.amazonaws-us-gov.com/ec2/home?region=us-gov-west-1"},
		{"the European Sovereign Cloud", "region = eusc-de-east-1", provider.ConsolePage{}, "https://eusc-de-east-1.signin.amazonaws-eusc.eu/federation", "https://console.amazonaws-eusc.eu/console/home?region=eusc-de-east-1"},
		{"another region", "region = eu-west-1", provider.ConsolePage{Region: "us-east-2"}, "https://signin.aws.amazon.com/federation", "https://console.aws.amazon.com/console/home?region=us-east-2"},
		{"a path", "region = eu-west-1", provider.ConsolePage{Path: "/cloudwatch/home#alarmsV2:"}, "https://signin.aws.amazon.com/federation", "https://console.aws.amazon.com/cloudwatch/home?region=eu-west-1#alarmsV2:"},
		{"a path with a region", "region = eu-west-1", provider.ConsolePage{Path: "/s3/buckets?region=us-west-2"}, "https://signin.aws.amazon.com/federation", "https://console.aws.amazon.com/s3/buckets?region=us-west-2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if strings.Contains(c.lines, "role_arn") {
				c.lines += "\nsource_profile = work"
			}
			config := parsed(t, "[profile work]\n"+c.lines+"\n")
			link, err := provider.Resolve(config, environment{}.get, provider.Request{Profile: "work", Console: true})
			if err != nil {
				t.Fatal(err)
			}
			console, err := provider.NewConsole(config, environment{}.get, link, c.page)
			if err != nil {
				t.Fatal(err)
			}
			if got := console.Endpoint(); got != c.signIn {
				t.Errorf("signs in at %s, want %s", got, c.signIn)
			}
			if got := console.Destination(); got != c.destination {
				t.Errorf("leads to %s, want %s", got, c.destination)
			}
		})
	}
}

// TestConsoleOfTheCredentials: a shell's region sends no credentials to another
// partition.
func TestConsoleOfTheCredentials(t *testing.T) {
	env := environment{"AWS_REGION": "cn-north-1"}
	const key = "aws_access_key_id = ASIAQQQQQQQQQQQQQQQQ\naws_secret_access_key = s\naws_session_token = t\n"
	for name, c := range map[string]struct{ lines, signIn string }{
		"a user with a device":   {"mfa_serial = arn:aws:iam::111122223333:mfa/alice\n", "https://signin.aws.amazon.com/federation"},
		"a user":                 {"", "https://signin.aws.amazon.com/federation"},
		"given keys":             {key, "https://signin.aws.amazon.com/federation"},
		"IAM Identity Center":    {"sso_start_url = https://acme.awsapps.com/start\nsso_region = us-gov-west-1\nsso_account_id = 111122223333\nsso_role_name = Dev\n", "https://signin.amazonaws-us-gov.com/federation"},
		"a login session":        {"login_session = arn:aws:iam::111122223333:user/alice\n", "https://signin.aws.amazon.com/federation"},
		"a profile with regions": {"region = cn-northwest-1\n", "https://signin.amazonaws.cn/federation"},
	} {
		t.Run(name, func(t *testing.T) {
			config := parsed(t, "[profile work]\n"+c.lines)
			link, err := provider.Resolve(config, env.get, provider.Request{Profile: "work", Console: true})
			if err != nil {
				t.Fatal(err)
			}
			console, err := provider.NewConsole(config, env.get, link, provider.ConsolePage{})
			if err != nil {
				t.Fatal(err)
			}
			if got := console.Endpoint(); got != c.signIn {
				t.Errorf("signs in at %s, want %s", got, c.signIn)
			}
			if got := console.Destination(); strings.Contains(c.signIn, ".aws.amazon.com") != strings.HasSuffix(got, "region=us-east-1") {
				t.Errorf("leads to %s", got)
			}
		})
	}
}

func TestConsolePagesThatAreNone(t *testing.T) {
	config := parsed(t, "[profile work]\nregion = eu-west-1\n")
	link, err := provider.Resolve(config, environment{}.get, provider.Request{Profile: "work", Console: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range []provider.ConsolePage{
		{Service: "s3/../evil"}, {Service: "s3.evil.example"}, {Path: "evil.example"}, {Path: "//evil.example/"}, {Path: `/\evil.example`},
		{Path: "/%zz"}, {Region: "eu west"}, {Service: "s3", Path: "/s3"},
	} {
		_, err := provider.NewConsole(config, environment{}.get, link, page)
		wantFault(t, err, fault.Usage)
	}
}

// TestConsoleRefuses: what the endpoint refuses is told, with neither key nor
// token.
func TestConsoleRefuses(t *testing.T) {
	w, config := roles(t, ststest.Role{})
	_, err := w.signInURL(config, provider.Request{Profile: "work"}, provider.ConsolePage{}) // a user's session
	wantFault(t, err, fault.Refused, `refused the credentials of profile "work"`, "session work ← key work")

	w.env["AWS_ENDPOINT_URL_SIGNIN"] = "http://127.0.0.1:1"
	parsed := parsed(t, config)
	link, err := provider.Resolve(parsed, w.env.get, provider.Request{Profile: "prod"})
	if err != nil {
		t.Fatal(err)
	}
	console, err := provider.NewConsole(parsed, w.env.get, link, provider.ConsolePage{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = console.SignInURL(within(t), aws.Credentials{AccessKeyID: "ASIAQQQQQQQQQQQQQQQQ", SecretAccessKey: "hidden", SessionToken: "hidden"})
	wantFault(t, err, fault.Network, "can't be reached")
	if strings.Contains(err.Error(), "hidden") {
		t.Error(err)
	}
	_, err = console.SignInURL(within(t), aws.Credentials{AccessKeyID: "AKIAQQQQQQQQQQQQQQQQ", SecretAccessKey: "hidden"})
	wantFault(t, err, fault.Usage, "temporary credentials only")
}
