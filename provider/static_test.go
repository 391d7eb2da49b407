package provider_test

import (
	"strings"
	"testing"

	"github.com/awsmint/awsmint/internal/awsconfig"
	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/provider"
)

// A plaintext key is one file's, whole: the credentials file's if it has one.
// What another key has left in the other file does not spoil it.
func TestAPlaintextKeyIsOneFilesOwn(t *testing.T) {
	const token = "aws_session_token = left\n"
	temporary := strings.Replace(keyC, "AKIA", "ASIA", 1)
	for _, c := range []struct{ name, config, credentials, want, fails string }{
		{"a token is left in the config file", token, keyB, "session A ← plaintext key A …MPLB", ""},
		{"a token is left in the credentials file", keyB, token, "session A ← plaintext key A …MPLB", ""},
		{"a session before a key", keyB, temporary + token, "temporary key A …MPLC", ""},
		{"a key before a session", temporary + token, keyB, "session A ← plaintext key A …MPLB", ""},
		{"the token of a session is in the other file", token, temporary, "", "session token"},
		{"each has half", "aws_access_key_id = AKIAIOSFODNN7EXAMPLB\n", "aws_secret_access_key = bbbb\n", "", "credentials:2: profile \"A\" has aws_secret_access_key and no aws_access_key_id"},
		{"half before a whole one", keyB, "aws_access_key_id = AKIAIOSFODNN7EXAMPLC\n", "", "credentials:2: profile \"A\" has aws_access_key_id and no aws_secret_access_key"},
		{"an empty one before a whole one", keyB, "aws_access_key_id =\naws_secret_access_key =\n", "session A ← plaintext key A …MPLB", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			config, err := awsconfig.Parse([]byte("[profile A]\n"+c.config), []byte("[A]\n"+c.credentials))
			if err != nil {
				t.Fatal(err)
			}
			link, err := provider.Resolve(config, environment{}.get, provider.Request{Profile: "A"})
			if c.fails != "" {
				wantFault(t, err, fault.Usage, c.fails)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			key, ok := provider.Root(link).(*provider.Static)
			if !ok {
				t.Fatalf("the root is %s", provider.Describe(link))
			}
			if got := provider.Describe(link) + " " + provider.LastFour(key.AccessKeyID); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}
