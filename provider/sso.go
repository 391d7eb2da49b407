package provider

import (
	"context"
	"crypto/sha256"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsmint/awsmint/cache"
	"github.com/awsmint/awsmint/internal/secret"
)

// SSO is a role of IAM Identity Center, whose access portal gives its
// credentials to who is signed in.
type SSO struct {
	Session   string // the sso-session's name; empty: the profile says it all itself
	StartURL  string // of the access portal
	Region    string // of the IAM Identity Center
	AccountID string // 12 digits
	RoleName  string // of the permission set
	Scopes    []string
	Window    time.Duration // the expiry window; 0: the default for the credentials' life
	Client    Client

	PortalEndpoint string // empty: the region's own
	OIDCEndpoint   string // likewise

	profile string
}

// Profile is the section that names account and role.
func (s *SSO) Profile() string { return s.profile }

// Source is nil: who signs in is a person.
func (s *SSO) Source() Link { return nil }

func (s *SSO) kind() string { return "sso" }

func (s *SSO) shape(add func(name, value string)) {
	add("session", s.Session)
	add("start url", s.StartURL)
	add("region", s.Region)
	add("account", s.AccountID)
	add("role", s.RoleName)
	add("endpoint", s.PortalEndpoint)
	add("oidc endpoint", s.OIDCEndpoint)
}

func (s *SSO) window() time.Duration { return s.Window }

func (s *SSO) provider(o *Options, _ aws.CredentialsProvider) aws.CredentialsProvider {
	return &ssoProvider{link: s, tokens: o.ssoTokens(s)}
}

// SSOScope is the scope in the cache of a sign-in, which all profiles of an
// sso-session share.
func SSOScope(s *SSO) string {
	if s.Session != "" {
		return "sso-session " + s.Session
	}
	return "sso " + s.StartURL
}

// tokenName is what the sign-in is cached under: everything that shapes a
// token, and nothing of account and role.
func (s *SSO) tokenName() cache.Name {
	h := sha256.New()
	for _, text := range []string{s.StartURL, s.Region, s.Session, s.OIDCEndpoint, strings.Join(s.Scopes, " ")} {
		writeText(h, text)
	}
	name := cache.Name{Scope: SSOScope(s)}
	h.Sum(name.Digest[:0])
	return name
}

// ssoProvider gets role credentials from the access portal.
type ssoProvider struct {
	link   *SSO
	tokens *ssoTokens
}

// attended is for the page in the browser, or the device code.
func (p *ssoProvider) attended(context.Context) bool { return p.tokens.signIn != nil }

// Retrieve gives a token that the portal no longer takes, because someone
// signed out or an administrator ended the session, up and gets another, once.
func (p *ssoProvider) Retrieve(ctx context.Context) (aws.Credentials, error) {
	if err := p.link.Client.ready(); err != nil {
		return aws.Credentials{}, err
	}
	token, err := p.tokens.get(ctx, secret.String{})
	if err != nil {
		return aws.Credentials{}, err
	}
	minted, err := p.tokens.center.roleCredentials(ctx, token)
	if !isUnauthorized(err) {
		return minted, err
	}
	if token, err = p.tokens.get(ctx, token); err != nil {
		return aws.Credentials{}, err
	}
	return p.tokens.center.roleCredentials(ctx, token)
}
