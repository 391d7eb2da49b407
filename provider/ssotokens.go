package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/ssooidc/types"

	"github.com/awsmint/awsmint/cache"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// ssoTokens finds the access token for an access portal: our own, one of
// `aws sso login`, a refreshed one, or one that a person signs in for.
// However many processes need one, one of them gets it for all.
type ssoTokens struct {
	center center
	signIn *SignIn // nil: nobody can be asked
	home   string

	kept // the sign-in, sealed
}

func (o *Options) ssoTokens(link *SSO) *ssoTokens {
	entry := o.kept(link.tokenName())
	entry.log = entry.log.With("profile", link.profile, "kind", "sso token")
	return &ssoTokens{
		center: center{link: link, timeout: o.Timeout, now: o.Now},
		signIn: o.SignIn,
		home:   o.Home,
		kept:   entry,
	}
}

// get returns an access token other than spurned, which the portal refused.
func (t *ssoTokens) get(ctx context.Context, spurned secret.String) (secret.String, error) {
	if token, _, err := t.lookUp(ctx, spurned); err != nil || !token.IsZero() {
		return token, err
	}
	unlock, err := t.lock(ctx, signingIn)
	if err != nil {
		return secret.String{}, err
	}
	defer unlock()
	token, ours, err := t.lookUp(ctx, spurned)
	if err != nil || !token.IsZero() {
		return token, err
	}
	renewed, err := t.renew(ctx, ours, spurned)
	if err != nil && ours.usable(t.now(), 0) && ours.access != spurned {
		t.log.Debug("no new token, the old one still valid", "expires", ours.expires, "error", err)
		return ours.access, nil
	}
	return renewed.access, err
}

// lookUp returns a token that can be used as it is, if there is one, and what
// is sealed in our cache.
func (t *ssoTokens) lookUp(ctx context.Context, spurned secret.String) (token secret.String, ours signedIn, err error) {
	plain, _, ok, err := t.read(ctx)
	if err != nil {
		return secret.String{}, signedIn{}, err
	}
	if ok {
		ours = decodeSignedIn(plain)
	}
	if ours.usable(t.now(), tokenWindow) && ours.access != spurned {
		return ours.access, ours, nil
	}
	if token, _ := cliToken(t.home, t.center.link, t.now()); token != spurned {
		return token, ours, nil
	}
	return secret.String{}, ours, nil
}

// renew gets a new token, under the lock.
func (t *ssoTokens) renew(ctx context.Context, ours signedIn, spurned secret.String) (signedIn, error) {
	if ours.renewable(t.now()) {
		// The refresh token works once: where the next one can't be kept, it
		// is not used up.
		release, err := t.room(fmt.Sprintf("the renewed sign-in to IAM Identity Center (%s)", t.center.link.StartURL), 2*len(ours.encode()))
		if err != nil {
			return signedIn{}, err
		}
		begun, asked := t.cache.Generation(t.name.Scope), t.now()
		renewed, err := t.center.refresh(ctx, ours)
		release()
		if err == nil {
			t.store(ctx, begun, cache.Times{Issued: asked, Expires: renewed.useless()}, renewed.encode())
			return renewed, nil
		}
		if fault.StatusOf(err) != fault.Refused {
			return signedIn{}, err
		}
		t.log.Debug("not refreshed", "error", err)
		ours.refresh = secret.String{}
		if isUnknownClient(err) {
			ours.client = oidcClient{}
		}
	}
	if ours.access == spurned {
		ours.access = secret.String{}
	}
	t.remember(ctx, ours)
	if t.signIn == nil {
		return signedIn{}, t.notSignedIn()
	}
	return t.signInAnew(ctx, ours.client)
}

// remember keeps what is left of a sign-in that AWS ended, so that no other
// run tries what was refused.
func (t *ssoTokens) remember(ctx context.Context, left signedIn) {
	begun := t.cache.Generation(t.name.Scope)
	plain, times, ok, err := t.read(ctx)
	if err == nil && ok && string(plain) != string(left.encode()) {
		times.Expires = left.useless()
		t.store(ctx, begun, times, left.encode())
	}
}

// isUnknownClient reports whether AWS no longer knows awsmint's registration.
func isUnknownClient(err error) bool {
	var invalid *types.InvalidClientException
	var unauthorized *types.UnauthorizedClientException
	return errors.As(err, &invalid) || errors.As(err, &unauthorized)
}

func (t *ssoTokens) notSignedIn() error {
	link := t.center.link
	return fault.New(fault.Person,
		fmt.Sprintf("profile %q is not signed in to IAM Identity Center (%s)", link.profile, link.StartURL),
		"run: awsmint login "+link.profile)
}
