package provider

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// WebIdentity is what AssumeRoleWithWebIdentity returns for a token of an
// identity provider that the account trusts, such as a CI system's. It needs no
// key.
type WebIdentity struct {
	assumption

	TokenFile    string // an absolute path
	TokenProcess string // or a line for the shell, which prints the token

	Window time.Duration // the expiry window; 0: the default for its life
	Client Client

	profile string
}

const tokenFileKey, tokenProcessKey = "web_identity_token_file", "web_identity_token_process"

// webIdentity is for a role profile that has one of the two settings.
func (r *resolver) webIdentity(section *awsconfig.Section, a assumption) (Link, error) {
	w := &WebIdentity{assumption: a, TokenProcess: section.Setting(tokenProcessKey), profile: section.Name()}
	if err := checkWebIdentity(section); err != nil {
		return nil, err
	}
	var err error
	if file := section.Setting(tokenFileKey); file != "" {
		// SDKs look for it in the working directory; the cache must not.
		if w.TokenFile, err = filepath.Abs(file); err != nil {
			return nil, at(section, tokenFileKey, err)
		}
	}
	if w.Window, err = expiryWindow(section, a.Duration); err != nil {
		return nil, err
	}
	w.Client, err = clientSettings(r.config, section, r.getenv, partitionOf(a.RoleARN))
	return w, err
}

// checkWebIdentity refuses what goes with AssumeRole alone: left out of the
// request, it would be missed where someone relies on it.
func checkWebIdentity(section *awsconfig.Section) error {
	for _, key := range []string{"external_id", "awsmint_session_tags", "awsmint_transitive_tags", "awsmint_source_identity"} {
		if section.Setting(key) == "" {
			continue
		}
		return at(section, key, fault.New(fault.Usage, "a role assumed with a web identity can't have it",
			"take the line out: such things come with the token, from the identity provider"))
	}
	return nil
}

// Profile is the section that the role stands in.
func (w *WebIdentity) Profile() string { return w.profile }

// Source is nil: the token comes from outside.
func (w *WebIdentity) Source() Link { return nil }

func (w *WebIdentity) kind() string { return "web identity" }

func (w *WebIdentity) shape(add func(name, value string)) {
	w.assumption.shape(add)
	add("token file", w.TokenFile)
	add("token process", w.TokenProcess)
	w.Client.shape(add)
}

func (w *WebIdentity) window() time.Duration { return w.Window }

func (w *WebIdentity) provider(o *Options, _ aws.CredentialsProvider) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		if err := w.Client.ready(); err != nil {
			return aws.Credentials{}, err
		}
		ctx, cancel := context.WithTimeout(ctx, o.Timeout)
		defer cancel()
		token, err := w.token(ctx, o)
		if err != nil {
			return aws.Credentials{}, err
		}
		return w.mint(ctx, token, o.Now)
	})
}

func (w *WebIdentity) mint(ctx context.Context, token secret.String, now func() time.Time) (aws.Credentials, error) {
	client, err := w.Client.sts(aws.AnonymousCredentials{}, patient(ctx))
	if err != nil {
		return aws.Credentials{}, err
	}
	call := call{
		action:   "AssumeRoleWithWebIdentity",
		profile:  w.profile,
		endpoint: w.Client.STSEndpoint,
		region:   w.Client.Region,
		from:     w.Client.regionFrom,
		duration: w.durationFrom,
		started:  now(),
		now:      now,
	}
	subject := subjectOf(token)
	output, err := client.AssumeRoleWithWebIdentity(ctx, &sts.AssumeRoleWithWebIdentityInput{
		RoleArn:          aws.String(w.RoleARN),
		RoleSessionName:  aws.String(firstSet(w.SessionName, cleanSessionName(subject))),
		WebIdentityToken: aws.String(token.Reveal()),
		DurationSeconds:  seconds(w.Duration),
		Policy:           optional(w.Policy),
		PolicyArns:       w.policies(),
	})
	if err != nil {
		return aws.Credentials{}, w.explain(ctx, call, subject, err)
	}
	return temporary(call, output.Credentials, accountOf(w.RoleARN))
}

// subjectOf is who a token speaks for, as it says itself: a JSON Web Token has
// three parts, of which the second tells (RFC 7519). Empty where it tells none.
func subjectOf(token secret.String) string {
	parts := strings.Split(token.Reveal(), ".")
	if len(parts) != 3 {
		return ""
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return ""
	}
	var claims struct {
		Subject string `json:"sub"`
	}
	if json.Unmarshal(payload, &claims) != nil {
		return ""
	}
	return claims.Subject
}

// origin is where the token comes from, for a person.
func (w *WebIdentity) origin() string {
	if w.TokenFile != "" {
		return fmt.Sprintf("the token in %q", w.TokenFile)
	}
	return "the token of awsmint_" + tokenProcessKey
}
