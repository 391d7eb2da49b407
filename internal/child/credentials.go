package child

import (
	"slices"
	"strings"

	"github.com/awsmint/awsmint/internal/secret"
)

// Variable is an environment variable for a program that awsmint starts. An
// empty one is unset.
type Variable = secret.Variable

// identityVariables say who the caller is, or was: an SDK that finds one of
// them would use it in place of, or mixed with, the credentials that awsmint
// gives a program.
var identityVariables = []string{
	// Static credentials.
	// https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html
	"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
	// What export-credentials of the AWS CLI prints beside them; botocore and
	// the SDK for JavaScript read it.
	"AWS_CREDENTIAL_EXPIRATION",
	// Whose they are; the SDKs make account-based endpoints of it.
	// https://docs.aws.amazon.com/sdkref/latest/guide/feature-account-endpoints.html
	"AWS_ACCOUNT_ID",
	// Their scope: credential-provider-env of the SDK for JavaScript.
	"AWS_CREDENTIAL_SCOPE",
	// Older names that are still read: the session token by botocore, the
	// pair by the SDKs for Go and Java.
	"AWS_SECURITY_TOKEN", "AWS_ACCESS_KEY", "AWS_SECRET_KEY",
	// The SDK for Ruby, version 2.
	"AMAZON_ACCESS_KEY_ID", "AMAZON_SECRET_ACCESS_KEY", "AMAZON_SESSION_TOKEN",
	// A file with a pair: boto, and botocore's "original EC2" provider.
	"AWS_CREDENTIAL_FILE",

	// Profiles. AWS_DEFAULT_PROFILE is botocore's and Go's older name.
	// https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
	"AWS_PROFILE", "AWS_DEFAULT_PROFILE",

	// Roles by web identity.
	// https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
	"AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_WEB_IDENTITY_TOKEN_FILE",

	// Containers, and an outer awsmint's endpoint.
	// https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
	"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
	"AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",

	// What aws-vault tells a prompt of credentials that are no longer there:
	// the profile, and (before version 7) when they expire.
	"AWS_VAULT", "AWS_SESSION_EXPIRATION",
}

// bearerTokens begins the variables with a bearer token for one service, which
// goes before all other credentials there (AWS_BEARER_TOKEN_BEDROCK).
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-bearer-token.html
const bearerTokens = "AWS_BEARER_TOKEN_"

// Credentials returns the environment for a program that is to act as what set
// says: environ (of the form of os.Environ) without awsmint's own secrets and
// without any other identity of the caller's, and then the variables of set in
// their order. Everything else stays, such as AWS_REGION and AWS_CONFIG_FILE,
// unless set names it.
func Credentials(environ []string, set []Variable) []string {
	replaced := func(name string) bool {
		return isIdentity(name) || slices.ContainsFunc(set, func(v Variable) bool { return sameName(name, v.Name) })
	}
	kept := slices.DeleteFunc(Environ(environ), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return replaced(name)
	})
	for _, v := range set {
		if !v.Value.IsZero() {
			kept = append(kept, v.Name+"="+v.Value.Reveal())
		}
	}
	return kept
}

func isIdentity(name string) bool {
	if len(name) > len(bearerTokens) && sameName(name[:len(bearerTokens)], bearerTokens) {
		return true
	}
	return slices.ContainsFunc(identityVariables, func(v string) bool { return sameName(name, v) })
}
