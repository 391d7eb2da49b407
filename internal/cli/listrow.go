package cli

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/keychain"
	"github.com/awsmint/awsmint/provider"
)

// row is one profile. The zero Expires means that nothing is cached.
type row struct {
	Profile   string     `json:"profile"`
	Kind      string     `json:"kind,omitempty"`
	Account   string     `json:"account_id,omitempty"` // the one that the credentials are for
	User      string     `json:"user_arn,omitempty"`
	Key       string     `json:"access_key_last_four,omitempty"`
	KeyDays   *int       `json:"key_age_days,omitempty"`     // since AWS made it, if that is known, else since it was stored
	AtLeast   bool       `json:"key_age_at_least,omitempty"` // it was stored then, and made nobody knows when
	KeyTooOld bool       `json:"key_too_old,omitempty"`      // by awsmint_max_key_age
	Rotation  string     `json:"rotation,omitempty"`         // where an unfinished one stands
	Role      string     `json:"role_arn,omitempty"`
	SSORole   string     `json:"sso_role_name,omitempty"`
	Source    string     `json:"source,omitempty"`
	Serial    string     `json:"mfa_serial,omitempty"` // of the device whose code the credentials take
	Region    string     `json:"region,omitempty"`
	SignInURL string     `json:"sign_in_url,omitempty"`
	SignedIn  *bool      `json:"signed_in,omitempty"` // where there is a sign_in_url
	SignInEnd *time.Time `json:"signed_in_until,omitempty"`
	Reachable bool       `json:"reachable"` // SDKs come to awsmint for it
	Issued    *time.Time `json:"session_issued,omitempty"`
	Expires   *time.Time `json:"session_expires,omitempty"`
	Renewal   *time.Time `json:"session_renewal,omitempty"` // from then on whoever asks gets new ones
	Expired   bool       `json:"session_expired,omitempty"` // the last one, and there is no other

	SessionOff bool `json:"session_off,omitempty"` // by awsmint_session: the key makes none

	Problem string `json:"problem,omitempty"`
	Hint    string `json:"hint,omitempty"`

	what     string // the credentials column
	codeless bool   // a key's, without MFA
	short    string // the problem in a phrase
	unopened bool
}

// aged says how old the key is.
func (r *row) aged(key keychain.Key, limit time.Duration, now time.Time) {
	age, old := provider.TooOld(key, limit, now)
	if !key.Since().IsZero() {
		n := max(0, int(age/(24*time.Hour))) // a clock may be behind AWS's
		r.KeyDays, r.AtLeast, r.KeyTooOld = &n, key.MadeAt.IsZero(), old
	}
}

// broken says why a profile gives no credentials.
func (r *row) broken(err error) {
	r.Problem, r.Hint, r.short = err.Error(), fault.HintOf(err), "see below"
}

// lives says what is in the cache for the profile.
func (r *row) lives(cached *provider.Cached) {
	times, ok := cached.Cached()
	if !ok {
		r.Expired = !times.Expires.IsZero()
		return
	}
	renewal := cached.Renewal(times)
	r.Issued, r.Expires, r.Renewal = &times.Issued, &times.Expires, &renewal
}

// advice is what to do about the key, for below the table.
func (r *row) advice() string {
	switch {
	case r.Rotation != "":
		return fmt.Sprintf("the rotation of its key is not finished: %s\n  run: awsmint rotate %s", r.Rotation, r.Profile)
	case r.KeyTooOld:
		return fmt.Sprintf("its key …%s is %s%d days old\n  replace it: awsmint rotate %s", r.Key, atLeast(r.AtLeast), *r.KeyDays, r.Profile)
	}
	return ""
}

// atLeast stands before an age that may be more.
func atLeast(may bool) string {
	if may {
		return "at least "
	}
	return ""
}

// describe says what kind of credentials a chain gives.
func (r *row) describe(link provider.Link) {
	from := link
	if source := link.Source(); source != nil {
		from = source
	}
	if from.Profile() != r.Profile {
		r.Source = from.Profile()
	}
	r.Kind, r.codeless = provider.Kind(link), isKey(provider.Root(link))
	if r.SessionOff {
		r.Account = accountIn(r.Serial)
	} else {
		r.Serial = deviceOf(link)
	}
	switch l := link.(type) {
	case *provider.Session:
		r.Kind = provider.Kind(l.Source())
		r.Account = accountIn(l.Serial)
		r.plaintext(l.Source())
	case *provider.Static:
		r.plaintext(l)
	case *provider.Role:
		r.Role, r.Account = l.RoleARN, accountIn(l.RoleARN)
		r.what = "role " + roleName(l.RoleARN) + " from " + origin(l.Source(), r.Profile)
	case *provider.WebIdentity:
		r.Role, r.Account = l.RoleARN, accountIn(l.RoleARN)
		r.what = "role " + roleName(l.RoleARN) + " by web identity"
	case *provider.SSO:
		r.Account, r.SSORole = l.AccountID, l.RoleName
		r.what = fmt.Sprintf("sso %s in %s", l.RoleName, l.AccountID)
	case *provider.Login:
		r.Account = accountIn(l.Session)
		if strings.Contains(l.Session, ":user/") {
			r.User = l.Session
		}
		r.what = "aws login of " + afterSlash(l.Session)
	case *provider.Process:
		r.what = "process " + filepath.Base(l.Command[0])
	}
	if sso, ok := provider.Root(link).(*provider.SSO); ok {
		r.SignInURL = sso.StartURL
	}
}

// plaintext names the key of a link, where it stands in a file.
func (r *row) plaintext(link provider.Link) {
	if static, ok := link.(*provider.Static); ok {
		r.Key = strings.TrimPrefix(provider.LastFour(static.AccessKeyID), "…")
	}
}

// signedIn says whether somebody is signed in, and for how long.
func (r *row) signedIn(state provider.SignInState) {
	is := state.IsSignedIn()
	r.SignedIn = &is
	end := state.Expires
	if end.IsZero() {
		end = state.CLIExpires
	}
	if !end.IsZero() {
		r.SignInEnd = &end
	}
}

// deviceOf is the serial number of the MFA device whose code a chain's
// credentials take: that of the role that has a code of its own, or of the
// session that it is assumed with.
func deviceOf(link provider.Link) string {
	for ; link != nil; link = link.Source() {
		switch l := link.(type) {
		case *provider.Role:
			if l.Serial != "" {
				return l.Serial
			}
		case *provider.Session:
			return l.Serial
		}
	}
	return ""
}

// isKey reports whether a chain begins with a key that awsmint has, so that it
// is awsmint's affair whether there is MFA.
func isKey(root provider.Link) bool {
	switch root.(type) {
	case *provider.Key, *provider.Static, *provider.Environment:
		return true
	}
	return false
}

// origin is what a role is assumed with, for a person: a profile, or where the
// credentials come from without one.
func origin(source provider.Link, profile string) string {
	switch source.(type) {
	case *provider.Environment:
		return "the environment"
	case *provider.Instance:
		return "the instance"
	case *provider.Container:
		return "the container"
	}
	if source.Profile() != profile {
		return source.Profile()
	}
	switch source.(type) {
	case *provider.Session, *provider.Key, *provider.Static:
		return "its own key"
	}
	return "its own " + provider.Kind(source)
}

// roleName is a role as a person knows it: "Admin in 111122223333".
func roleName(arn string) string { return afterSlash(arn) + " in " + accountIn(arn) }

// afterSlash is the last part of an ARN's resource: its name.
func afterSlash(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

// resourceIn is an ARN's last part, a user or role, without its path.
func resourceIn(arn string) string {
	resource := arn[strings.LastIndex(arn, ":")+1:]
	if kind, _, ok := strings.Cut(resource, "/"); ok {
		return kind + "/" + afterSlash(resource)
	}
	return resource
}

// accountIn is the account in an ARN; empty where there is none.
func accountIn(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 {
		return parts[4]
	}
	return ""
}
