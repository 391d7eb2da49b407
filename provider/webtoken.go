package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	smithy "github.com/aws/smithy-go"

	"github.com/awsmint/awsmint/internal/child"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// Limits of a web identity token in characters, from the STS API reference.
const minWebToken, maxWebToken = 4, 20000

// maxWebTokenBytes is what a program may print: white space round it is let pass.
const maxWebTokenBytes = 64 << 10

// token gets the token, anew for each mint: they live for minutes.
func (w *WebIdentity) token(ctx context.Context, o *Options) (secret.String, error) {
	read := w.readToken
	if w.TokenProcess != "" {
		read = func() ([]byte, error) { return w.runToken(ctx, o) }
	}
	data, err := read()
	if err != nil {
		return secret.String{}, err
	}
	token := strings.TrimSpace(string(data))
	switch n := utf8.RuneCountInString(token); {
	case n == 0:
		return secret.String{}, w.noToken(nil, "is empty")
	case n < minWebToken, n > maxWebToken:
		return secret.String{}, w.noToken(nil, fmt.Sprintf("has %d characters, and AWS allows %d to %d", n, minWebToken, maxWebToken))
	case strings.ContainsAny(token, " \t\r\n"):
		return secret.String{}, w.noToken(nil, "has more than one word: it must be the token alone")
	}
	return secret.New(token), nil
}

func (w *WebIdentity) readToken() ([]byte, error) {
	data, err := readSmall(w.TokenFile)
	if err != nil {
		return nil, w.noToken(err, "can't be read: "+innermost(err).Error())
	}
	return data, nil
}

func (w *WebIdentity) runToken(ctx context.Context, o *Options) ([]byte, error) {
	run := program{
		what:  fmt.Sprintf("the awsmint_%s of profile %q", tokenProcessKey, w.profile),
		gave:  "token",
		limit: maxWebTokenBytes,
	}
	return run.output(ctx, child.Shell(ctx, w.TokenProcess, o.Environ))
}

func (w *WebIdentity) noToken(err error, what string) error {
	hint := "run that command in a terminal to see what it prints"
	if w.TokenFile != "" {
		hint = "the file is written by what runs this program (Kubernetes, a CI system); check that it gives this job a token, and check web_identity_token_file"
	}
	return fault.Wrap(err, fault.Missing, fmt.Sprintf("%s for profile %q %s", w.origin(), w.profile, what), hint)
}

// explain is for the refusals that are about the token; the others are as for
// every call.
func (w *WebIdentity) explain(ctx context.Context, c call, subject string, err error) error {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return c.explain(ctx, err)
	}
	const hint = "the IAM console shows the account's identity providers; issuer and audience must be the same as there"
	message := short(api.ErrorMessage())
	switch api.ErrorCode() {
	case "ExpiredTokenException", "ExpiredToken":
		return c.refused(err, fmt.Sprintf("%s for profile %q has expired", w.origin(), w.profile), w.renewal())
	case "InvalidIdentityToken":
		return c.refused(err, fmt.Sprintf("AWS does not accept %s: %s", w.origin(), message), hint)
	case "IDPRejectedClaim":
		return c.refused(err, fmt.Sprintf("the identity provider rejects %s: %s", w.origin(), message), w.renewal())
	case "IDPCommunicationError":
		return fault.Wrap(err, fault.Network, "AWS could not reach the identity provider: "+message,
			"this is temporary; run the same command again in a moment")
	case "AccessDenied":
		return c.refused(err, fmt.Sprintf("AWS refused the role %q to the web identity %q: %s", w.RoleARN, short(subject), message),
			"the role's trust policy must name the identity provider, and its conditions must fit the token's subject and audience")
	}
	return c.explain(ctx, err)
}

func (w *WebIdentity) renewal() string {
	if w.TokenFile != "" {
		return "the file must hold a newer one: look at what writes it"
	}
	return "the command must print a newer one: run it in a terminal and look at what it does"
}
