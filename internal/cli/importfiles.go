package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/keycheck"
	"github.com/awsmint/awsmint/internal/secret"
)

// inFileNames are what the variables are called in the config files.
var inFileNames = strings.NewReplacer(
	keycheck.AccessKeyID, "aws_access_key_id", keycheck.SecretAccessKey, "aws_secret_access_key",
	keycheck.SessionToken, "aws_session_token", keycheck.SecurityToken, "aws_security_token",
	"unset ", "take out ",
	keycheck.Expiration, tokenExpires,
)

// tokenExpires is where saml2aws, gimme-aws-creds and others write when a
// session ends. SDKs pass it over.
const tokenExpires = "x_security_token_expires"

// keysInFiles are the plaintext keys of a profile, one at most of each file, in
// the order in which SDKs look for them. None is put together from both files:
// a session token that was left in one would spoil the key of the other.
func keysInFiles(config *awsconfig.Config, profile string) (found []foundKey, err error) {
	sections, err := config.InFiles(profile)
	for _, section := range sections {
		get := func(variable string) secret.String { return secret.New(section.Get(inFileNames.Replace(variable))) }
		f := foundKey{inFiles: true, place: func(variable string) string {
			file, line := section.Origin(inFileNames.Replace(variable))
			if file == "" {
				return ""
			}
			return fmt.Sprintf("%s:%d", tilde(file), line)
		}}
		f.AccessKeyID, f.SecretAccessKey = get(keycheck.AccessKeyID), get(keycheck.SecretAccessKey)
		f.SessionToken, f.SecurityToken = get(keycheck.SessionToken), get(keycheck.SecurityToken)
		if _, err := keycheck.ParseTime(section.Get(tokenExpires)); err == nil && f.endsByItself() {
			f.Expiration = get(keycheck.Expiration)
		}
		if !f.isNone() {
			found = append(found, f)
		}
	}
	return found, err
}

// taken is the one of these that an import takes: the first, as SDKs do; but a
// permanent one rather than a temporary one, which ends by itself and keeps SDKs
// from the permanent one until somebody takes it out. Without any it is none.
func taken(found []foundKey) foundKey {
	if len(found) == 0 {
		return foundKey{}
	}
	if i := slices.IndexFunc(found, func(f foundKey) bool { return !f.endsByItself() }); i > 0 {
		return found[i]
	}
	return found[0]
}

// stale are those that go with an import of another key: the temporary ones,
// which are nobody's only copy of anything and would keep SDKs from awsmint.
func stale(found []foundKey, imported foundKey) (others []foundKey) {
	for _, f := range found {
		if f.endsByItself() && f.id() != imported.id() {
			others = append(others, f)
		}
	}
	return others
}
