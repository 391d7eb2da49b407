// Package keycheck tells what is wrong with credentials as far as their form
// tells it, without the network: the mistakes that come with copying them.
//
// What it says never holds a value, nor a part of one; lengths it tells. One
// mistake is one problem: a secret with a space behind it is not also said to
// be too long.
package keycheck

import (
	"time"

	"github.com/awsmint/awsmint/internal/secret"
)

// The names of the variables, which are Where a problem is. Whoever checks
// credentials of a config file knows how these are written there.
const (
	AccessKeyID     = "AWS_ACCESS_KEY_ID"
	SecretAccessKey = "AWS_SECRET_ACCESS_KEY"
	SessionToken    = "AWS_SESSION_TOKEN"
	SecurityToken   = "AWS_SECURITY_TOKEN" // the session token's name until 2014, which botocore still prefers
	Expiration      = "AWS_CREDENTIAL_EXPIRATION"
)

// Values is credentials as they were found, with whatever stands round them. A
// value that is empty is not there: no SDK takes it for one. All are held as
// secrets, since people put secrets in wrong places.
type Values struct {
	AccessKeyID     secret.String
	SecretAccessKey secret.String
	SessionToken    secret.String
	SecurityToken   secret.String
	Expiration      secret.String // as text, in any form
	Now             time.Time     // what Expiration is compared with
}

// FromVariables returns the values that get finds for the variables' names: in
// an environment, or in a .env file.
func FromVariables(get func(name string) secret.String, now time.Time) Values {
	return Values{get(AccessKeyID), get(SecretAccessKey), get(SessionToken), get(SecurityToken), get(Expiration), now}
}

// Severity says what a problem does.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // requests fail, with some SDK at least
	Warning Severity = "warning" // requests may work
)

// The identifiers of problems. They are part of awsmint's interface: scripts
// depend on them.
const (
	// One of the three parts without another.
	KeyIDMissing           = "key-id-missing"
	SecretMissing          = "secret-missing"
	SessionTokenMissing    = "session-token-missing"    // beside a temporary key
	SessionTokenUnexpected = "session-token-unexpected" // beside a permanent key
	OldSecurityToken       = "old-security-token"

	// What came into a value by copying it.
	ValueHasSpace     = "value-has-space" // of any kind, and what shows as nothing
	ValueHasLineBreak = "value-has-line-break"
	ValueQuoted       = "value-quoted"

	// What a value is, without that.
	KeyIDForm      = "key-id-form"
	SecretLength   = "secret-length"
	SecretAlphabet = "secret-alphabet"
	TokenAlphabet  = "token-alphabet"
	TokenCutShort  = "token-cut-short"
	Expired        = "expired"
	ExpirationForm = "expiration-form"
)

// Problem is one thing that is wrong, and what to do about it. Fact and Advice
// are lowercase, without a full stop.
type Problem struct {
	ID       string   `json:"id"`
	Severity Severity `json:"severity"`
	Where    string   `json:"where"` // a variable's name
	Fact     string   `json:"fact"`
	Advice   string   `json:"advice"`
}

// Check returns what is wrong with v, first what is wrong with each value and
// then with them together; nothing for no credentials at all. The credentials
// of a local stand-in for AWS may be anything: they are not for Check.
func Check(v Values) []Problem {
	if v.AccessKeyID.IsZero() && v.SecretAccessKey.IsZero() && v.SessionToken.IsZero() && v.SecurityToken.IsZero() {
		return nil
	}
	c := &check{now: v.Now}
	id := c.clean(AccessKeyID, v.AccessKeyID)
	key := c.clean(SecretAccessKey, v.SecretAccessKey)
	token := c.clean(SessionToken, v.SessionToken)
	old := c.clean(SecurityToken, v.SecurityToken)
	expires := c.clean(Expiration, v.Expiration)

	c.keyID(id, key)
	c.secretKey(id, key)
	c.token(token)
	c.pair(id, key, token)
	c.kind(id, token, old)
	c.securityToken(id, token, old)
	c.expiration(expires)
	return c.problems
}

// check collects problems.
type check struct {
	now      time.Time
	problems []Problem
}

func (c *check) add(id string, severity Severity, where, fact, advice string) {
	c.problems = append(c.problems, Problem{id, severity, where, fact, advice})
}
