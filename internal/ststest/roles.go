package ststest

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// Role is a role with its trust policy.
type Role struct {
	ARN        string        // arn:aws:iam::ACCOUNT:role/NAME, of any account
	MaxSession time.Duration // MaxSessionDuration; 0: one hour, as AWS's
	RequireMFA bool          // the caller's session, or the request, must carry MFA

	// TrustedARNs are those who may assume it: users, roles, role sessions,
	// or a whole account by its ":root". Empty: anyone of the users' account
	// or of the role's own.
	TrustedARNs []string

	ExternalID  string // what the request must give; empty: nothing
	WebIdentity bool   // the bearer of a token from WebIdentityToken may assume it
}

// role is a Role on record.
type role struct {
	Role
	id            string // AROA…
	account, name string
}

var roleARNForm = regexp.MustCompile(`^arn:aws[a-z-]*:iam::([0-9]{12}):role/(?:[\x21-\x7e]*/)?([\w+=,.@-]{1,64})$`)

// AddRole adds a role, or replaces the one with the same ARN. A role whose
// ARN is malformed can't be assumed by any request.
func (s *Server) AddRole(r Role) {
	if r.MaxSession == 0 {
		r.MaxSession = time.Hour
	}
	r.TrustedARNs = slices.Clone(r.TrustedARNs)
	added := &role{Role: r, id: newUniqueID("AROA")}
	if m := roleARNForm.FindStringSubmatch(r.ARN); m != nil {
		added.account, added.name = m[1], m[2]
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.roles[r.ARN] = added
}

// trusts reports whether the role's trust policy admits the caller, who may
// carry MFA or not and give an external id or none.
func (r *role) trusts(who identity, mfa bool, externalID string) bool {
	if r.RequireMFA && !mfa {
		return false
	}
	if r.ExternalID != "" && externalID != r.ExternalID {
		return false
	}
	if len(r.TrustedARNs) == 0 {
		return who.account == AccountID || who.account == r.account
	}
	return slices.ContainsFunc(r.TrustedARNs, func(trusted string) bool {
		if account, ok := strings.CutSuffix(trusted, ":root"); ok {
			return strings.HasSuffix(account, "::"+who.account)
		}
		return trusted == who.arn || (who.roleARN != "" && trusted == who.roleARN)
	})
}

// session is who the caller becomes under a role session name.
func (r *role) session(name string) identity {
	partition, _, _ := strings.Cut(strings.TrimPrefix(r.ARN, "arn:"), ":")
	return identity{
		account: r.account,
		arn:     "arn:" + partition + ":sts::" + r.account + ":assumed-role/" + r.name + "/" + name,
		userID:  r.id + ":" + name,
		roleARN: r.ARN,
	}
}
