package keycheck

import (
	"fmt"
	"time"
)

// pair tells of one half without the other.
func (c *check) pair(id, key, token string) {
	switch {
	case id == "" && (key != "" || token != ""):
		held := SecretAccessKey
		if key == "" {
			held = SessionToken
		}
		c.add(KeyIDMissing, Error, AccessKeyID, fmt.Sprintf("%s is set, and %s is not", held, AccessKeyID),
			fmt.Sprintf("set %s to the id that belongs to it, or unset %s", AccessKeyID, held))
	case id != "" && key == "":
		c.add(SecretMissing, Error, SecretAccessKey, fmt.Sprintf("%s is set, and %s is not", AccessKeyID, SecretAccessKey),
			fmt.Sprintf("set %s to the secret that belongs to it, or unset %s", SecretAccessKey, AccessKeyID))
	}
}

// kind tells whether the token fits the kind of key, by the id's beginning.
func (c *check) kind(id, token, old string) {
	switch {
	case isTemporary(id) && token == "":
		advice := fmt.Sprintf("set %s to the third value that came with the key; each temporary key has its own", SessionToken)
		if old != "" {
			advice = fmt.Sprintf("set %s to the value of %s, and unset that", SessionToken, SecurityToken)
		}
		c.add(SessionTokenMissing, Error, SessionToken,
			fmt.Sprintf("session token required for temporary credentials: %s begins with ASIA, and %s is not set", AccessKeyID, SessionToken), advice)
	case isPermanent(id) && token != "":
		c.add(SessionTokenUnexpected, Error, SessionToken,
			fmt.Sprintf("%s is set beside a permanent key, whose id begins with AKIA: AWS answers \"the security token included in the request is invalid\"", SessionToken),
			fmt.Sprintf("unset %s, which another key has left there", SessionToken))
	}
}

// securityToken tells of the older name. botocore, and so the AWS CLI, looks
// there first; other SDKs don't look there any more.
func (c *check) securityToken(id, token, old string) {
	switch {
	case old == "" || isTemporary(id) && token == "": // see kind
	case old == token:
		c.add(OldSecurityToken, Warning, SecurityToken,
			fmt.Sprintf("%s, the older name, holds the session token too, and would outlive it", SecurityToken),
			fmt.Sprintf("unset %s", SecurityToken))
	default:
		c.add(OldSecurityToken, Error, SecurityToken,
			fmt.Sprintf("%s is left over from another key: the AWS CLI and boto3 take it for the session token", SecurityToken),
			fmt.Sprintf("unset %s", SecurityToken))
	}
}

// expiration checks the time that the AWS CLI prints beside credentials.
// botocore and the SDK for JavaScript read it, also beside a permanent key.
func (c *check) expiration(text string) {
	if text == "" {
		return
	}
	at, err := ParseTime(text)
	switch {
	case err != nil:
		c.add(ExpirationForm, Error, Expiration,
			Expiration+" is not a time with a time zone: the AWS CLI and boto3 fail over it",
			fmt.Sprintf("write it as 2006-01-02T15:04:05Z, or unset %s", Expiration))
	case !at.After(c.now):
		c.add(Expired, Error, Expiration,
			fmt.Sprintf("the credentials expired %s ago, at %s", ago(c.now.Sub(at)), at.UTC().Format(time.RFC3339)),
			fmt.Sprintf("get new ones where these came from; if the key is a permanent one, unset %s", Expiration))
	}
}

// ParseTime reads a time as people and programs write it who mean AWS's; boto3
// reads some further forms.
func ParseTime(text string) (at time.Time, err error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05Z0700"} {
		if at, err = time.Parse(layout, text); err == nil {
			break
		}
	}
	return at, err
}

// ago is a duration in its largest unit.
func ago(d time.Duration) string {
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}} {
		switch n := d / unit.size; {
		case n == 1:
			return "1 " + unit.name
		case n > 1:
			return fmt.Sprintf("%d %ss", n, unit.name)
		}
	}
	return "less than a minute"
}
