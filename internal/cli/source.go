package cli

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/format"
	"github.com/awsmint/awsmint/internal/secret"
	"github.com/awsmint/awsmint/provider"
)

// Source is where export and exec get their credentials: from a profile, or
// for development without AWS from nowhere.
type Source struct {
	Profile string `arg:"" optional:"" help:"The profile to get credentials for."`
	Wish
	Narrowing
	Region  string `placeholder:"REGION" help:"The region to pass on; the profile's otherwise."`
	Local   string `placeholder:"URL" help:"Without a profile: credentials that are none, and this endpoint in place of AWS."`
	Service string `placeholder:"NAME" help:"With --local: the endpoint is this service's alone, such as dynamodb."`
	NoInput bool   `help:"Never ask for anything, fail instead; so does AWSMINT_NO_INPUT=1."`
}

// What stands for credentials where there is no AWS. Local stand-ins take any,
// some of them letters and digits only; AWS takes neither.
const (
	localKeyID  = "NOTAREALKEYLOCALONLY"
	localSecret = "not-a-real-secret-local-only"
	localRegion = "us-east-1" // SDKs want one
)

// supply is a source that was found to be good. Nobody was asked for anything
// yet.
type supply struct {
	provider aws.CredentialsProvider
	run      *run // nil: local
	what     string
	words    string // of the command line, that change what is asked for
	region   string
	more     []format.Variable // beside credentials and region
	unset    []format.Variable // of the caller's, for a command
}

// open checks the source. raw asks for a profile's long-term key itself.
func (s *Source) open(app *App, raw bool) (*supply, error) {
	if s.Region != "" {
		if err := provider.CheckRegion(s.Region); err != nil {
			return nil, fault.Wrap(err, fault.Usage, "--region: "+err.Error(), "it has a form like eu-west-1")
		}
	}
	if s.Local != "" {
		return s.local(app, raw)
	}
	switch {
	case s.Profile == "":
		return nil, fault.New(fault.Usage, "no profile given", "name one, as awsmint list shows them; or give --local URL for development without AWS")
	case s.Service != "":
		return nil, fault.New(fault.Usage, "--service goes with --local only", "leave it out")
	}
	request, err := s.request(s.Profile)
	if err != nil {
		return nil, err
	}
	s.apply(&request)
	if request.RawKey = raw; raw && (s.Wish != Wish{} || s.narrows()) {
		return nil, fault.New(fault.Usage, "--raw-key goes with no role, duration or policy", "leave one of them out: the permanent key has no end, and may do what its user may")
	}
	run, err := app.begin(request, ask{noInput: app.noInput(s.NoInput), asked: true})
	if err != nil {
		return nil, err
	}
	section, err := run.config.Profile(s.Profile)
	if err != nil {
		return nil, err
	}
	result := &supply{
		provider: provider.New(run.link, run.options), run: run, what: s.Profile, words: s.Wish.words() + s.Narrowing.words(),
		region: s.Region,
	}
	if s.Region == "" {
		result.takeRegion(app, section)
		return result, nil
	}
	return result, provider.CheckHome(s.Region, run.link, section)
}

// retrieve gets credentials within a run's time.
func (s *supply) retrieve(ctx context.Context) (format.Values, error) {
	if s.run != nil {
		var cancel context.CancelFunc
		ctx, cancel = s.run.bounded(ctx)
		defer cancel()
	}
	credentials, err := s.provider.Retrieve(ctx)
	return format.Values{Credentials: credentials, Region: s.region, More: s.more}, s.hinted(err)
}

// hinted has a hint name the login that gets what was asked for.
func (s *supply) hinted(err error) error { return hinted(err, s.what, s.words) }

// renewing is the supply for who has credentials that live, and wants to hear
// that there are no newer ones. Where ask is false, nobody is asked for a code.
func (s *supply) renewing(ask bool) *supply {
	if s.run == nil {
		return s
	}
	o := s.run.options
	o.NoInput = o.NoInput || !ask
	p := provider.New(s.run.link, o)
	p.Strict = true
	renewing := *s
	renewing.provider = p
	return &renewing
}

// local is for programs that talk to a stand-in for AWS. It needs neither
// keychain nor network.
func (s *Source) local(app *App, raw bool) (*supply, error) {
	switch {
	case s.Profile != "":
		return nil, fault.New(fault.Usage, "--local takes no profile", fmt.Sprintf("leave %q out, or --local", s.Profile))
	case raw || s.Wish != Wish{} || s.narrows():
		return nil, fault.New(fault.Usage, "--local takes no role, duration, policy or key: there is no AWS to ask", "leave them out")
	}
	u, err := url.Parse(s.Local)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		// What stands before an @ may be a password.
		shown := s.Local[strings.LastIndex(s.Local, "@")+1:]
		return nil, fault.New(fault.Usage, fmt.Sprintf("--local: %q is not the URL of an endpoint", shown), "it has a form like http://localhost:8000, without a user or a password")
	}
	names := []string{endpointVariable}
	if s.Service != "" {
		if names, err = endpointVariables(s.Service); err != nil {
			return nil, err
		}
	}
	result := &supply{
		what: "local", region: firstSet(s.Region, callersRegion(app, anywhere), localRegion),
		// It would have SDKs go to AWS.
		// https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
		unset: []format.Variable{{Name: "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"}},
	}
	result.provider = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: localKeyID, SecretAccessKey: localSecret}, nil
	})
	for _, name := range names {
		result.more = append(result.more, format.Variable{Name: name, Value: secret.New(s.Local)})
	}
	return result, nil
}

// serviceNames are service ids of the SDKs, which may hold spaces.
var serviceNames = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z][A-Za-z0-9 _-]*$`) })

// endpointVariables are a service's own.
func endpointVariables(service string) ([]string, error) {
	if !serviceNames().MatchString(service) {
		return nil, fault.New(fault.Usage, fmt.Sprintf("--service: %q is not the name of a service", service), "it is the SDKs' service id: dynamodb, s3, sqs")
	}
	id := strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToUpper(service))
	sdks, programs := serviceVariables(id)
	return []string{sdks, programs}, nil
}

func firstSet(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
