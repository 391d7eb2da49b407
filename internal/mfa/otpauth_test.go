package mfa

import (
	"net/url"
	"strings"
	"testing"

	"github.com/pquerna/otp"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/secret"
)

const someSeed = "QABLZLCKEG6WTVYGMRNI33LXM5VFYR6YLLVEVLNTN7MIUHSW4CFUNGSADFEHWBJR"

func TestSeedsAsPeopleHaveThem(t *testing.T) {
	for name, text := range map[string]string{
		"base32":                  someSeed,
		"lower case, in groups":   "qabl zlck-EG6W TVYG MRNI33LXM5VFYR6YLLVEVLNTN7MIUHSW4CFUNGSADFEHWBJR\r\n",
		"padded":                  someSeed + "====",
		"a URL":                   "otpauth://totp/Amazon%20Web%20Services:alice@111122223333?secret=" + someSeed + "&issuer=Amazon%20Web%20Services",
		"a URL with all of it":    "otpauth://totp/AWS:alice?secret=" + strings.ToLower(someSeed) + "&algorithm=SHA1&digits=6&period=30",
		"SHA-1 in other letters":  "otpauth://totp/a?algorithm=sha-1&secret=" + someSeed,
		"a URL in other letters":  " OTPAUTH://TOTP/a?secret=" + someSeed + "\n",
		"spaces within the URL's": "otpauth://totp/a?secret=" + someSeed[:8] + "+" + someSeed[8:],
	} {
		got, err := ParseSeed(secret.New(text))
		if err != nil || got.Reveal() != someSeed {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSeedsThatAWSHasNoUseFor(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"nothing":               {"", "not a TOTP seed"},
		"words":                 {"my secret words", "not a TOTP seed"},
		"too short":             {someSeed[:20], "not a TOTP seed"},
		"HOTP":                  {"otpauth://hotp/a?counter=1&secret=" + someSeed, "HOTP"},
		"SHA-256":               {"otpauth://totp/a?algorithm=SHA256&secret=" + someSeed, "not SHA-1"},
		"eight digits":          {"otpauth://totp/a?digits=8&secret=" + someSeed, "six digits"},
		"a minute":              {"otpauth://totp/a?period=60&secret=" + someSeed, "30 s"},
		"no seed":               {"otpauth://totp/a?issuer=AWS", "holds no seed"},
		"a seed that is none":   {"otpauth://totp/a?secret=0189" + someSeed, "not a TOTP seed"},
		"a URL that is none":    {"otpauth://totp/%zz?secret=" + someSeed, "can't be parsed"},
		"an export of accounts": {"otpauth-migration://offline?data=" + someSeed, "export of Google Authenticator"},
	} {
		got, err := ParseSeed(secret.New(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) || fault.StatusOf(err) != fault.Usage || !got.IsZero() {
			t.Errorf("%s: %v, want %q", name, err, c.want)
			continue
		}
		if text := err.Error() + fault.HintOf(err); strings.Contains(text, someSeed[:12]) || strings.Contains(text, "words") {
			t.Errorf("%s: the error quotes it: %s", name, text)
		}
	}
}

// What is shown is read by another library as what it is, and by ParseSeed.
func TestTheURLOfASeed(t *testing.T) {
	shown := SeedURL(secret.New(someSeed), "AWS", "alice+x y/z@111122223333")
	key, err := otp.NewKeyFromURL(shown.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	if key.Type() != "totp" || key.Issuer() != "AWS" || key.AccountName() != "alice+x y/z@111122223333" || key.Secret() != someSeed {
		t.Errorf("type %q, issuer %q, account %q", key.Type(), key.Issuer(), key.AccountName())
	}
	if _, err := url.Parse(shown.Reveal()); err != nil {
		t.Error(err)
	}
	if got, err := ParseSeed(shown); err != nil || got.Reveal() != someSeed {
		t.Error(err)
	}
}
