package mfa

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

// seedScheme begins the URLs that authenticator apps read out of QR codes.
// https://github.com/google/google-authenticator/wiki/Key-Uri-Format
const seedScheme = "otpauth://"

// exportScheme begins the URLs in which Google Authenticator exports all of its
// accounts, in a format of its own.
const exportScheme = "otpauth-migration:"

// ParseSeed reads a seed as a person has it: base32, as AWS shows it, in groups
// or not, or an otpauth:// URL, as it stands in a QR code. It returns the seed
// as it is stored. What AWS would not take codes of is a Usage fault. Errors
// never hold the text.
func ParseSeed(text secret.String) (secret.String, error) {
	trimmed := strings.TrimSpace(text.Reveal())
	switch lower := strings.ToLower(trimmed); {
	case strings.HasPrefix(lower, exportScheme):
		return secret.String{}, fault.New(fault.Usage, "this is an export of Google Authenticator, which holds all of its accounts",
			"give the seed of the one account: the \"secret key\" or QR code with which it was set up")
	case !strings.HasPrefix(lower, seedScheme):
		return CleanSeed(text)
	}
	u, err := url.Parse(trimmed)
	if err != nil {
		// The parser's own words quote the URL.
		return secret.String{}, fault.New(fault.Usage, "this otpauth:// URL can't be parsed", "copy it again, whole")
	}
	if !strings.EqualFold(u.Host, "totp") {
		return secret.String{}, notAWS("it makes codes by counting (HOTP), not by the clock (TOTP)")
	}
	query := u.Query()
	for _, parameter := range []struct{ name, want, wrong string }{
		{"algorithm", "SHA1", "its algorithm is not SHA-1"},
		{"digits", fmt.Sprint(codeLength), "its codes do not have six digits"},
		{"period", fmt.Sprint(int(step.Seconds())), "its codes do not last 30 s"},
	} {
		value := strings.ReplaceAll(strings.ToUpper(query.Get(parameter.name)), "-", "")
		if value != "" && value != parameter.want {
			return secret.String{}, notAWS(parameter.wrong)
		}
	}
	if query.Get("secret") == "" {
		return secret.String{}, fault.New(fault.Usage, "this otpauth:// URL holds no seed", "it has the form otpauth://totp/NAME?secret=SEED")
	}
	return CleanSeed(secret.New(query.Get("secret")))
}

func notAWS(why string) error {
	return fault.New(fault.Usage, "this seed is of no device of AWS: "+why, "AWS takes SHA-1, six digits and 30 s alone; look whether it is another account's")
}

// SeedURL is the otpauth:// URL of a seed, for an authenticator app. It is
// short, so that its QR code fits on a terminal. The app shows issuer and
// account.
func SeedURL(seed secret.String, issuer, account string) secret.String {
	label := url.PathEscape(issuer) + ":" + url.PathEscape(account)
	return secret.New(seedScheme + "totp/" + label + "?secret=" + seed.Reveal() + "&issuer=" + url.QueryEscape(issuer))
}
