package provider

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/mfa"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/internal/ststest"
)

// oneCode is a device that gives a code when it is used.
type oneCode struct {
	use               func() secret.String
	cooling, notReady error
	req               mfa.Request // that Cooling was asked about
}

func (c *oneCode) Attended(context.Context) bool { return true }
func (c *oneCode) Cooling(req mfa.Request) error { c.req = req; return c.cooling }
func (c *oneCode) Ready(context.Context, mfa.Request) error {
	return c.notReady
}
func (c *oneCode) Use(ctx context.Context, _ mfa.Request, send func(context.Context, mfa.Code) error) error {
	return send(ctx, mfa.Code{Digits: c.use(), Way: mfa.NameTerminal})
}

// TestCallerIsKnownBeforeTheCode: a code must not grow old while AWS is asked
// for a name, and one that is not told is done without.
func TestCallerIsKnownBeforeTheCode(t *testing.T) {
	const arn = "arn:aws:iam::444455556666:role/Admin"
	for _, test := range []struct {
		name  string
		fault ststest.Fault
		want  string
	}{
		{"told", ststest.Fault{}, "alice"},
		{"not told", ststest.Fault{Action: "GetCallerIdentity", Delay: time.Minute}, "awsmint"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server, err := ststest.Start(ststest.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			user := server.AddUser("alice")
			server.AddRole(ststest.Role{ARN: arn, RequireMFA: true})
			if test.fault.Action != "" {
				server.Inject(test.fault)
			}
			asked := -1
			role := &Role{
				assumption: assumption{RoleARN: arn, Duration: time.Hour}, Serial: user.MFASerial, profile: "prod",
				Client: Client{Region: "eu-west-1", STSEndpoint: server.URL()}, source: &Key{},
			}
			p := &roleProvider{
				link: role, now: time.Now, timeout: time.Second,
				source: static(aws.Credentials{AccessKeyID: user.AccessKeyID, SecretAccessKey: user.SecretAccessKey}),
				codes: &oneCode{use: func() secret.String {
					asked = server.Calls("GetCallerIdentity")
					return secret.New(user.Code(time.Now()))
				}},
			}
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			got, err := p.Retrieve(ctx)
			if err != nil {
				t.Fatal(err)
			}
			made, _ := server.Session(got.AccessKeyID)
			if made.SessionName != test.want || asked != 1 || server.Calls("GetCallerIdentity") != 1 {
				t.Errorf("the role session is %q, want %q; AWS was asked %d times for the name before the code", made.SessionName, test.want, asked)
			}
		})
	}
}

// TestNothingIsOpenedInTheCooldown: nobody types a passphrase for a code that
// nobody is asked for. Who asked for the credentials, and when, reaches the
// device through all links.
func TestNothingIsOpenedInTheCooldown(t *testing.T) {
	began := time.Now()
	ctx := withStart(withStart(t.Context(), began), began.Add(time.Hour))
	opened := false
	source := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		opened = true
		return aws.Credentials{}, errors.New("opened")
	})
	client := Client{Region: "eu-west-1"}
	for name, provider := range map[string]func(c codes) aws.CredentialsProvider{
		"session": func(c codes) aws.CredentialsProvider {
			return &sessionProvider{link: &Session{Serial: "GAHT12345678", Client: client, source: &Key{}}, source: source, codes: c}
		},
		"role from a key": func(c codes) aws.CredentialsProvider {
			return &roleProvider{link: &Role{Serial: "GAHT12345678", Client: client, source: &Key{}}, source: source, codes: c}
		},
	} {
		device := &oneCode{cooling: mfa.ErrCooldown}
		if _, err := provider(device).Retrieve(ctx); !errors.Is(err, mfa.ErrCooldown) || opened {
			t.Errorf("%s: %v, opened: %v", name, err, opened)
		}
		if !device.req.Started.Equal(began) || device.req.Serial != "GAHT12345678" {
			t.Errorf("%s: asked for %+v; want the run's start, %s", name, device.req, began)
		}
	}
}

// TestNoNameWithoutACode: that nobody can be asked is said at once.
func TestNoNameWithoutACode(t *testing.T) {
	server, err := ststest.Start(ststest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	p := &roleProvider{
		link:   &Role{Serial: "GAHT12345678", Client: Client{Region: "eu-west-1", STSEndpoint: server.URL()}, source: &Key{}},
		source: static(aws.Credentials{AccessKeyID: "AKIA", SecretAccessKey: "s"}),
		codes:  &oneCode{notReady: mfa.ErrUnavailable}, timeout: time.Second, now: time.Now,
	}
	if _, err := p.Retrieve(t.Context()); !errors.Is(err, mfa.ErrUnavailable) {
		t.Error(err)
	}
	if n := server.Calls(""); n != 0 {
		t.Errorf("AWS was asked %d times", n)
	}
}
