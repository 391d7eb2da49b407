package provider

import (
	"fmt"
	"strings"
)

// explainRole is for a refusal of AssumeRole that the words for a session do
// not fit; nil for every other.
func (c call) explainRole(err error, code, message string) error {
	has := func(words string) bool { return strings.Contains(message, words) }
	role, source := c.role, c.role.source
	switch {
	case code == "ExpiredToken" || code == "ExpiredTokenException":
		return c.refused(err, fmt.Sprintf("the credentials of profile %q, which the role is assumed with, have expired (%s)", source.Profile(), Describe(role)), renewal(source))
	case code == "InvalidClientTokenId" && isTemporary(source):
		if fact, hint := c.elsewhere(); fact != "" {
			return c.refused(err, fact, hint)
		}
		return c.refused(err, fmt.Sprintf("AWS no longer accepts the credentials %s of profile %q (%s)", LastFour(c.keyID), source.Profile(), Describe(role)),
			"they were revoked, or the key behind them was deleted or disabled; "+renewal(source))
	case code == "AccessDenied" && has("sts:"):
		return c.refused(err, fmt.Sprintf("AWS refused the role %q to profile %q%s: %s", role.RoleARN, source.Profile(), c.withMFA(), message), c.trustHint())
	case code == "ValidationError" && has("role chaining"):
		return c.refused(err, fmt.Sprintf("role credentials minted from temporary ones last %s at most, and profile %q asks for %s", Span(ChainedDuration), c.profile, Span(role.Duration)),
			role.otherDuration())
	case code == "ValidationError" && has("MaxSessionDuration"):
		return c.refused(err, fmt.Sprintf("the role %q does not allow %s", role.RoleARN, Span(role.Duration)),
			fmt.Sprintf("ask for less (%s), or have the role's maximum session duration raised", c.durationFrom()))
	case code == "PackedPolicyTooLarge" || code == "MalformedPolicyDocument":
		return c.refused(err, "AWS refused the session policy or tags: "+message,
			fmt.Sprintf("look at awsmint_policy, awsmint_policy_arns and awsmint_session_tags in profile %q", c.profile))
	}
	return nil
}

// withMFA says whether the caller had shown a second factor, where that is for
// awsmint to show.
func (c call) withMFA() string {
	session, ok := c.role.source.(*Session)
	switch {
	case c.serial != "":
		return ", with an MFA code"
	case ok && session.Serial != "":
		return ", whose session has MFA"
	case c.couldHaveMFA():
		return ", without MFA"
	}
	return ""
}

// couldHaveMFA reports whether a device in the profile of the key would give the
// caller MFA. Other temporary credentials than a session can carry none.
func (c call) couldHaveMFA() bool {
	_, ok := c.role.source.(*Session)
	return ok || !isTemporary(c.role.source) && !strings.HasPrefix(c.keyID, "ASIA")
}

// trustHint begins with what is wrong most often: to AWS a role that does not
// exist is one that it does not allow.
func (c call) trustHint() string {
	hint := "check the account and the role's name; the role's trust policy must allow the caller, with the external id if it asks for one (awsmint_external_id), and a policy of the caller must allow sts:AssumeRole"
	if c.withMFA() == ", without MFA" {
		return hint + fmt.Sprintf("; if the role asks for MFA, set awsmint_mfa_serial in profile %q", c.role.source.Profile())
	}
	return hint
}

// renewal is the command that renews the credentials of a link.
func renewal(l Link) string {
	switch l.(type) {
	case *Static:
		return fmt.Sprintf("put new ones into profile %q of the credentials file", l.Profile())
	case *Environment:
		return "set new AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN"
	case *Process:
		return fmt.Sprintf("look at the credential_process of profile %q", l.Profile())
	}
	return "run: awsmint login " + l.Profile() + " --force"
}

// keyProfile is the profile whose key signed the request.
func (c call) keyProfile() string {
	if c.role != nil {
		return c.role.source.Profile()
	}
	return c.profile
}
