package provider

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/logincreds"
	"github.com/aws/aws-sdk-go-v2/service/signin"

	"github.com/awsmint/awsmint/cache"
	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
)

// loginDuration is how long the credentials of a login session live, from the
// AWS CLI user guide; the session itself goes on. Its third is their expiry
// window, as everywhere.
const loginDuration = 15 * time.Minute

// Login is a session that `aws login` (AWS CLI 2.32 and later) began.
type Login struct {
	Session string        // the ARN of who signed in
	Window  time.Duration // the expiry window; 0: the default for the credentials' life
	Client  Client

	SigninEndpoint string // empty: the region's own

	profile   string
	directory string // AWS_LOGIN_CACHE_DIRECTORY; empty: .aws/login/cache in the home
}

func (r *resolver) login(section *awsconfig.Section) (Link, error) {
	l := &Login{
		Session:   strings.TrimSpace(section.Setting("login_session")),
		profile:   section.Name(),
		directory: r.getenv("AWS_LOGIN_CACHE_DIRECTORY"),
	}
	var err error
	if l.Client, err = clientSettings(r.config, section, r.getenv, partitionOf(l.Session)); err != nil {
		return nil, err
	}
	if l.SigninEndpoint, err = l.Client.endpoint(r.config, section, r.getenv, "signin"); err != nil {
		return nil, err
	}
	l.Client.note(l.Client.checkEndpoint(l.profile, l.SigninEndpoint))
	if !isRole(section) {
		l.Window, err = expiryWindow(section, loginDuration)
	}
	return l, err
}

// Profile is the section that names the session.
func (l *Login) Profile() string { return l.profile }

// Source is nil: who signs in is a person.
func (l *Login) Source() Link { return nil }

func (l *Login) kind() string { return "login" }

func (l *Login) shape(add func(name, value string)) {
	add("session", l.Session)
	add("directory", l.directory)
	add("region", l.Client.configured)
	add("endpoint", l.SigninEndpoint)
}

func (l *Login) window() time.Duration { return l.Window }

func (l *Login) provider(o *Options, _ aws.CredentialsProvider) aws.CredentialsProvider {
	name := cache.Name{Scope: "login " + l.Session, Digest: sha256.Sum256([]byte(l.directory))}
	return &loginProvider{link: l, home: o.Home, timeout: o.Timeout, kept: o.kept(name)}
}

// loginProvider takes credentials out of the AWS CLI's file, and renews them
// there as the AWS CLI does.
type loginProvider struct {
	link    *Login
	home    string
	timeout time.Duration

	kept // for its lock alone: nothing is stored
}

// refreshing is for the lock of a login session.
var refreshing = doing{"refreshing a login session", "it may be waiting for the network"}

// Retrieve renews one at a time: each refresh token works once.
func (p *loginProvider) Retrieve(ctx context.Context) (aws.Credentials, error) {
	if err := p.link.Client.ready(); err != nil {
		return aws.Credentials{}, err
	}
	path, err := p.path()
	if err != nil {
		return aws.Credentials{}, err
	}
	unlock, err := p.lock(ctx, refreshing)
	if err != nil {
		return aws.Credentials{}, err
	}
	defer unlock()
	file, err := p.link.readLogin(path)
	if err != nil {
		return aws.Credentials{}, err
	}
	window := p.link.Window
	if window == 0 {
		window = loginDuration / 3
	}
	left := file.expires.Sub(p.now())
	if left > window {
		if credentials, err := take(ctx, file.path, asItIs{}); err == nil {
			return credentials, nil
		}
	}
	renewed, err := p.renew(ctx, file)
	if err != nil && left > 0 {
		if old, inVain := take(ctx, file.path, asItIs{}); inVain == nil {
			p.log.Debug("login session not renewed, still valid", "expires", old.Expires, "error", err)
			return old, nil
		}
	}
	return renewed, err
}

// renew has the SDK renew a copy of the file, which then takes its place. The
// copy is written first: where there is no room for it, AWS is not asked for
// what could not be kept.
func (p *loginProvider) renew(ctx context.Context, file *loginFile) (aws.Credentials, error) {
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	client, err := p.link.signin(patient(ctx))
	if err != nil {
		return aws.Credentials{}, err
	}
	call := call{
		action:   "CreateOAuth2Token",
		profile:  p.link.profile,
		service:  "AWS Sign-In",
		endpoint: p.link.SigninEndpoint,
		region:   p.link.Client.Region,
		from:     p.link.Client.regionFrom,
		started:  p.now(),
		now:      p.now,
	}
	renewed, err := file.expiredCopy()
	if err != nil {
		return aws.Credentials{}, p.link.notKept(file.path, err)
	}
	watched := &watchedSignin{client: client}
	credentials, err := take(ctx, renewed, watched)
	if err != nil {
		_ = os.Remove(renewed)
		return aws.Credentials{}, p.link.explain(ctx, call, file.path, watched, err)
	}
	// What can't be replaced now is found by the next run.
	if err := file.replace(renewed); err != nil {
		p.log.Debug("the renewed login session is left beside the old one", "error", err)
	}
	return credentials, nil
}

// take returns the credentials in a file of the AWS CLI's, which the SDK renews
// with client where they have expired.
func take(ctx context.Context, path string, client logincreds.TokenAPIClient) (aws.Credentials, error) {
	credentials, err := logincreds.New(client, path, func(o *logincreds.Options) { o.RestrictPermissions = true }).Retrieve(ctx)
	if err != nil {
		return aws.Credentials{}, err
	}
	credentials.Expires = credentials.Expires.UTC().Truncate(time.Second)
	credentials.Source = providerName
	return credentials, nil
}

// path is the AWS CLI's file for the session.
func (p *loginProvider) path() (string, error) {
	directory := p.link.directory
	if directory == "" && p.home != "" {
		directory = filepath.Join(p.home, ".aws", "login", "cache")
	}
	path, err := logincreds.StandardCachedTokenFilepath(p.link.Session, directory)
	if err != nil {
		return "", fault.Wrap(err, fault.Failure, fmt.Sprintf("the AWS CLI's logins can't be found: %v", err), "set HOME, or AWS_LOGIN_CACHE_DIRECTORY")
	}
	return path, nil
}

func (l *Login) signin(retryer aws.Retryer) (*signin.Client, error) {
	config, err := l.Client.config(l.SigninEndpoint, aws.AnonymousCredentials{}, retryer)
	if err != nil {
		return nil, err
	}
	return signin.NewFromConfig(config), nil
}
