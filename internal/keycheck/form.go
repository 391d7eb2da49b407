package keycheck

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"sync"
)

const (
	// secretLength is the length in characters of every secret access key seen:
	// base64 of 30 bytes. AWS documents none.
	secretLength = 40
	// leastToken is a length in characters below which no session token of
	// AWS's was ever seen; usual are 300 to 1,500. AWS documents none.
	leastToken = 100
)

// The forms of ids. All that AWS documents is the first.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html
var (
	anyIDs = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\w{16,128}$`) })
	awsIDs = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^A[KS]IA[A-Z0-9]{16}$`) })
)

// otherIDs begin the unique ids of things that are no access keys.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
var otherIDs = map[string]string{"AIDA": "a user", "AROA": "a role", "AGPA": "a group", "AIPA": "an instance profile", "ANPA": "a policy", "ASCA": "a certificate", "APKA": "a public key"}

func (c *check) keyID(id, key string) {
	wrong := func(fact, advice string) { c.add(KeyIDForm, Error, AccessKeyID, fact, advice) }
	beginning := strings.ToUpper(id[:min(4, len(id))])
	switch {
	case id == "":
	case areSwapped(id, key):
		wrong(fmt.Sprintf("%s is no access key id, and %s is one", AccessKeyID, SecretAccessKey), "the two were swapped: set each to the other's value")
	case isTemporary(beginning) || isPermanent(beginning):
		if !awsIDs().MatchString(id) {
			wrong(fmt.Sprintf("%s has %d characters, or some that none has", AccessKeyID, len(id)), "an access key id is 20 capital letters and digits; copy it again, whole")
		}
	case otherIDs[beginning] != "":
		wrong(fmt.Sprintf("%s is the id of %s, not of an access key", AccessKeyID, otherIDs[beginning]), "an access key id begins with AKIA or ASIA; the console shows it under the user's security credentials")
	case !anyIDs().MatchString(id):
		wrong(AccessKeyID+" is no access key id", "an access key id is 20 capital letters and digits and begins with AKIA or ASIA; copy it again")
	}
}

// areSwapped reports whether the secret is an id where the id is none.
func areSwapped(id, key string) bool {
	return id != "" && !awsIDs().MatchString(id) && awsIDs().MatchString(key)
}

func (c *check) secretKey(id, key string) {
	wrong := func(id, fact, advice string) { c.add(id, Error, SecretAccessKey, fact, advice) }
	switch {
	case key == "" || areSwapped(id, key):
	case isInURL(key):
		wrong(SecretAlphabet, SecretAccessKey+" is written as in a URL", urlAdvice)
	case strings.Contains(key, "$"):
		wrong(SecretAlphabet, SecretAccessKey+" has a $ in it: a variable that was not replaced by its value", "set it to the secret itself, or in double quotes where a shell replaces variables")
	case !isBase64(key):
		wrong(SecretAlphabet, SecretAccessKey+" has characters that no secret has", "a secret access key is 40 letters, digits, / and +; copy it again, whole")
	case len(key) != secretLength:
		wrong(SecretLength, fmt.Sprintf("%s has %d characters", SecretAccessKey, len(key)), fmt.Sprintf("a secret access key has %d; copy it again, whole", secretLength))
	}
}

// isInURL reports whether text has /, + or = as they are written in URLs.
func isInURL(text string) bool {
	text = strings.ToUpper(text)
	return strings.Contains(text, "%2F") || strings.Contains(text, "%2B") || strings.Contains(text, "%3D")
}

const urlAdvice = "write %2F as /, %2B as + and %3D as =, or copy it again from where it was made"

// token checks a session token. They are opaque by AWS's word, so what speaks
// against one is but a warning, unless it begins as AWS's have in these years.
func (c *check) token(token string) {
	const where = SessionToken
	severity := Warning
	for _, beginning := range []string{"IQoJ", "FwoG", "AQo"} {
		if strings.HasPrefix(token, beginning) {
			severity = Error
		}
	}
	advice := "copy it again, whole: it ends where the next line or the closing quote begins"
	switch {
	case token == "":
	case isInURL(token):
		c.add(TokenAlphabet, Error, where, where+" is written as in a URL", urlAdvice)
	case !isBase64(token):
		c.add(TokenAlphabet, severity, where, where+" has characters that no session token has", "a session token is letters, digits, /, + and, at its end, =; copy it again, whole")
	case len(token) < leastToken:
		c.add(TokenCutShort, severity, where, fmt.Sprintf("%s has %d characters, fewer than any session token: it was cut short", where, len(token)), advice)
	case !isWhole(token):
		c.add(TokenCutShort, severity, where, fmt.Sprintf("%s has %d characters and no proper end: it was cut short", where, len(token)), advice)
	}
}

// isBase64 reports whether text has the characters of base64, and = at its end
// alone.
func isBase64(text string) bool {
	text = strings.TrimRight(text, "=")
	return strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") == ""
}

// isWhole reports whether text is base64 to its end: in groups of four, the
// last one filled up with =, without a bit set that stands for nothing.
func isWhole(text string) bool {
	_, err := base64.StdEncoding.Strict().DecodeString(text)
	return err == nil
}

func isTemporary(id string) bool { return strings.HasPrefix(id, "ASIA") }

func isPermanent(id string) bool { return strings.HasPrefix(id, "AKIA") }
