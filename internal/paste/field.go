package paste

import "strings"

// field is what a value can be.
type field int

const (
	keyID field = iota
	secretKey
	sessionToken
	bareToken // "Token", which is a session token beside a key only
	region
	defaultRegion
	mfaSerial
	expiration
	userName
)

// String returns the words for a field in errors.
func (f field) String() string {
	return [...]string{"access key id", "secret access key", "session token", "session token", "region", "default region", "MFA serial", "expiration", "user name"}[f]
}

// isCredential reports whether f is one of the three parts of a key.
func (f field) isCredential() bool { return f <= sessionToken }

// fields are the names of fields as normal returns them.
var fields = map[string]field{
	"accesskeyid": keyID,
	"accesskey":   keyID, // the console's column, and AWS_ACCESS_KEY of older SDKs

	"secretaccesskey": secretKey,
	"secretkey":       secretKey, // AWSSecretKey of rootkey.csv, AWS_SECRET_KEY of older SDKs

	"sessiontoken":  sessionToken,
	"securitytoken": sessionToken, // AWS_SECURITY_TOKEN of older SDKs
	"token":         bareToken,    // what the instance metadata service answers

	"region":        region,
	"defaultregion": defaultRegion,

	"mfaserial":     mfaSerial,
	"mintmfaserial": mfaSerial, // awsmint_mfa_serial

	"expiration":            expiration,
	"credentialexpiration":  expiration,
	"sessionexpiration":     expiration, // aws-vault before version 7
	"xsecuritytokenexpires": expiration, // saml2aws

	"username": userName,
}

// fieldOf tells the field that a name or label stands for, however it is
// written: AWS_ACCESS_KEY_ID, aws_access_key_id, AccessKeyId, "Access key ID".
func fieldOf(normalName string) (field, bool) {
	f, known := fields[strings.TrimPrefix(normalName, "aws")]
	return f, known
}

// normal returns the letters and digits of a name, in lower case. What has
// anything but the usual marks between them is no name.
func normal(name string) string {
	var out strings.Builder
	for _, r := range name {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			out.WriteRune(r)
		case 'A' <= r && r <= 'Z':
			out.WriteRune(r - 'A' + 'a')
		case r == '_', r == '-', isBlank(r):
		default:
			return "?"
		}
	}
	return out.String()
}
