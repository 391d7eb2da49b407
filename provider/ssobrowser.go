package provider

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// errNoBrowser says that no page could be opened, or nothing could listen for
// its answer.
var errNoBrowser = errors.New("no browser")

// withBrowser signs in with the authorization code grant and PKCE (RFC 7636,
// RFC 8252): the browser brings a code to a page on this machine.
func (t *ssoTokens) withBrowser(ctx context.Context, client oidcClient) (signedIn, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return signedIn{}, errors.Join(errNoBrowser, err)
	}
	host := listener.Addr().String()
	redirect := "http://" + host + callbackPath
	verifier, state := randomText(), randomText()
	page, err := t.authorizeURL(ctx, client, redirect, verifier, state)
	if err != nil {
		_ = listener.Close()
		return signedIn{}, err
	}
	answer := &callback{
		host:  host,
		state: state,
		done:  make(chan struct{}),
		redeem: func(code secret.String) (signedIn, error) {
			return t.center.redeem(ctx, client, code, verifier, redirect)
		},
	}
	stop := answer.serve(listener)
	defer stop()
	if err := t.signIn.Browser(page); err != nil {
		return signedIn{}, errors.Join(errNoBrowser, err)
	}
	if err := t.signIn.Tell(fmt.Sprintf("Sign in to IAM Identity Center in the browser within %s. If it shows no page, open this one:\n%s",
		minutes(t.signIn.time()), page)); err != nil {
		t.log.Debug("nothing told", "error", err)
	}
	select {
	case <-answer.done:
	case <-ctx.Done():
		return signedIn{}, ctx.Err()
	}
	stop()
	if errors.Is(answer.err, errDenied) {
		return signedIn{}, fault.Wrap(answer.err, fault.Person, "the sign-in was declined in the browser",
			"run: awsmint login "+t.center.link.profile)
	}
	return answer.got, answer.err
}

// authorizeURL is the page that the browser begins with, in the form that the
// AWS CLI uses.
func (t *ssoTokens) authorizeURL(ctx context.Context, client oidcClient, redirect string, verifier, state secret.String) (string, error) {
	base, err := t.center.link.oidcURL(ctx)
	if err != nil {
		return "", err
	}
	challenge := sha256.Sum256([]byte(verifier.Reveal()))
	query := url.Values{
		"response_type":         {"code"},
		"client_id":             {client.id},
		"redirect_uri":          {redirect},
		"state":                 {state.Reveal()},
		"code_challenge_method": {"S256"},
		"code_challenge":        {base64.RawURLEncoding.EncodeToString(challenge[:])},
		"scopes":                {strings.Join(t.center.link.Scopes, " ")},
	}
	return strings.TrimRight(base, "/") + "/authorize?" + query.Encode(), nil
}

// randomText is 32 random bytes in 43 letters, which is what RFC 7636, section
// 4.1, asks of a verifier.
func randomText() secret.String {
	random := make([]byte, 32)
	// crypto/rand.Read never fails: it ends the program instead.
	_, _ = rand.Read(random)
	return secret.New(base64.RawURLEncoding.EncodeToString(random))
}
