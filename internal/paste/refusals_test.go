package paste_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/fault"
	"github.com/awsmint/awsmint/internal/paste"
)

const otherSecret = "Zz9lrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEZZZ"

func TestWhatIsUnclearIsRefused(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing", " \n\n", "there is no access key in that text"},
		{"prose", "See AWS_ACCESS_KEY_ID and the secret access key of your user's page.", "there is no access key in that text"},
		{"profiles without keys", "[profile a]\nregion = x\n", "there is no access key in that text"},
		{"JSON without keys", `{"Version": 1, "Token": "x"}`, "there is no access key in that text"},
		{"no secret", "x\nexport AWS_ACCESS_KEY_ID=AKIA…\n", "the key that begins in line 2 has no secret access key"},
		{"no id", "AWS_SECRET_ACCESS_KEY=SECRET…\n", "the key that begins in line 1 has no access key id"},
		{"a token alone", "AWS_SESSION_TOKEN=TOKEN…", "the key that begins in line 1 has no access key id and no secret access key"},
		{"a section with half a key", "[a]\naws_access_key_id = AKIA…\naws_secret_access_key = SECRET…\n[b]\naws_access_key_id = AKIA…\n", "the key that begins in line 5 has no secret access key"},
		{"JSON with half a key", "{\n\"AccessKey\": {\"AccessKeyId\": \"AKIA…\"}}", "the key that begins in line 2 has no secret access key"},
		{"a row with half a key", "Access key ID,Secret access key\nAKIA…\n", "there is no access key in that text"},
		{"a row with an empty secret", "Access key ID,Secret access key\nAKIA…,\n", "the key that begins in line 2 has no secret access key"},
		{"a secret that the console hides", "Access key ID\nAKIA…\nSecret access key\n***************\nShow\n", "the key that begins in line 2 has no secret access key"},
		{"a secret that the console's table hides", "Access key\tSecret access key\nAKIA…\t*************** Show\n", "the key that begins in line 2 has no secret access key"},
		{"two ids", "AWS_ACCESS_KEY_ID=AKIA…\nAWS_SECRET_ACCESS_KEY=SECRET…\nAWS_ACCESS_KEY_ID=ASIA…\n", "the access key id stands there twice, in lines 1 and 3, with different values"},
		{"two secrets", "[a]\naws_secret_access_key=SECRET…\naws_secret_access_key=" + otherSecret, "the secret access key stands there twice, in lines 2 and 3, with different values"},
		{"two tokens", "AWS_SESSION_TOKEN=TOKEN…\nAWS_SECURITY_TOKEN=x", "the session token stands there twice, in lines 1 and 2, with different values"},
		{"two secrets in JSON", "{\"AccessKeyId\": \"AKIA…\",\n\"SecretAccessKey\": \"SECRET…\", \"SecretAccessKey\": \"" + otherSecret + "\"}", "the secret access key stands there twice, in lines 2 and 2, with different values"},
		{"JSON broken off", "{\"AccessKeyId\": \"AKIA…\",\n\"SecretAccessKey\": \"SECRET…", "the JSON is broken off or wrong in line"},
		{"JSON with a line break in a value", "{\"AccessKeyId\": \"AKIA…\",\n\"SecretAccessKey\": \"SECR\nET…\"}", "the JSON is broken off or wrong in line"},
		{"something behind JSON", `{"AccessKeyId": "AKIA…", "SecretAccessKey": "SECRET…"} SECRET…`, "the JSON is broken off or wrong in line 1"},
		{"JSON of great depth", strings.Repeat(`{"a":`, 1000) + `{"AccessKeyId": "AKIA…", "SecretAccessKey": "SECRET…"}` + strings.Repeat("}", 1000), "the JSON is broken off or wrong in line 1"},
		{"a space in the secret", "AWS_ACCESS_KEY_ID=AKIA…\nAWS_SECRET_ACCESS_KEY=wJalrXUtn FEMI/K7MDENG\n", "line 2 has something behind the secret access key"},
		{"a command behind the secret", "AWS_ACCESS_KEY_ID=AKIA… AWS_SECRET_ACCESS_KEY=SECRET… aws s3 ls\n", "line 1 has something behind the secret access key"},
		{"a quote that is not closed", "export AWS_ACCESS_KEY_ID=AKIA…\nexport AWS_SECRET_ACCESS_KEY=\"SECRET…\n", "the quote before the secret access key in line 2 is not closed"},
		{"a token over two lines", "AWS_ACCESS_KEY_ID=ASIA…\nAWS_SECRET_ACCESS_KEY=SECRET…\nAWS_SESSION_TOKEN=IQoJb3JpZ2luX2Vj\nEXAMPLE+abc\n", "line 4 looks like the rest of the value in line 3"},
		{"a token over two lines, the end of it", "AWS_ACCESS_KEY_ID=ASIA…\nAWS_SECRET_ACCESS_KEY=SECRET…\nAWS_SESSION_TOKEN=IQoJb3JpZ2luX2Vj\nZw==\n", "line 4 looks like the rest of the value in line 3"},
		{"a token over two lines, capitals at the end of it", "AWS_SESSION_TOKEN=IQoJb3JpZ2luX2Vj\nQQ==\n", "line 2 looks like the rest of the value in line 1"},
		{"a token over two lines in quotes", "AWS_ACCESS_KEY_ID=ASIA…\nAWS_SECRET_ACCESS_KEY=SECRET…\nAWS_SESSION_TOKEN=\"IQoJb3JpZ2luX2Vj\nEXAMPLE+abc\"\n", "the quote before the session token in line 3 is not closed"},
		{"a token over two lines of PowerShell's list", "AccessKeyId     : ASIA…\nSecretAccessKey : SECRET…\nSessionToken    : IQoJb3JpZ2luX2VjAAAA\n                  EXAMPLEexampleEXAMPLE\n", "line 4 looks like the rest of the value in line 3"},
		{"quotes in a table", "Access key ID,Secret access key\n\nAKIA…,\"SECRET…\n", "the quotes in line 3 of the table are not closed"},
		{"an expiration without a zone", "AWS_ACCESS_KEY_ID=AKIA…\nAWS_SECRET_ACCESS_KEY=SECRET…\nAWS_CREDENTIAL_EXPIRATION=2030-01-02T03:04:05\n", "the expiration in line 3 is not a time with a time zone"},
		{"an expiration that is a secret", "{\"AccessKeyId\": \"AKIA…\", \"SecretAccessKey\": \"SECRET…\",\n\"Expiration\": \"" + otherSecret + "\"}", "the expiration in line 2 is not a time with a time zone"},
		{"no text", "AWS_ACCESS_KEY_ID=\x00", "that is no text in UTF-8"},
		{"bytes", "\x89PNG\xff", "that is no text in UTF-8"},
		{"too much", strings.Repeat("# c\n", 1<<18) + "x", "the text is larger than 1 MiB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := paste.Read([]byte(fill.Replace(c.text)))
			if err == nil || !strings.Contains(err.Error(), c.want) || fault.StatusOf(err) != fault.Usage || fault.HintOf(err) == "" {
				t.Errorf("got %v, %v; want %q and a hint", got, err, c.want)
			}
			wantNoSecret(t, err)
		})
	}
}

func wantNoSecret(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	text := fmt.Sprintf("%v %+v %s", err, err, fault.HintOf(err))
	for _, hidden := range []string{secretKey, otherSecret, token} {
		for i := range len(hidden) - 7 {
			if strings.Contains(text, hidden[i:i+8]) {
				t.Errorf("the error shows a part of a secret: %s", text)
				return
			}
		}
	}
}

// Pieces in every order, cut and joined anywhere: whatever Read makes of them,
// its errors show nothing, and what it finds is whole.
func TestNoErrorShowsASecret(t *testing.T) {
	pieces := []string{
		"export AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY=", "SET AWS_SESSION_TOKEN=", "$Env:AWS_SECRET_ACCESS_KEY=", "set -gx AWS_SECRET_ACCESS_KEY ",
		"aws_secret_access_key = ", "[", "]", "[profile ", "{", "}", "\"AccessKeyId\": ", "\"SecretAccessKey\":", "\"Expiration\": ", ",", ":", "=", ";", "\"", "'", "“",
		"Access key ID,Secret access key\n", "Access key\tSecret access key\n", "Secret access key", "Access key ID: ", "AWS session token\n",
		"\n", "\r\n", "\n", " ", "\u00a0", "\\", "#", "Hide", "\ufeff",
		akia, asia, secretKey, otherSecret, token, secretKey[:20], secretKey[20:], token[30:],
	}
	random := rand.New(rand.NewPCG(1, 2))
	found := 0
	for range 30_000 {
		var text strings.Builder
		for n := 1 + random.IntN(12); n > 0; n-- {
			text.WriteString(pieces[random.IntN(len(pieces))])
		}
		got, err := paste.Read([]byte(text.String()))
		wantNoSecret(t, err)
		for _, f := range got {
			if found++; f.AccessKeyID == "" || f.SecretAccessKey.IsZero() || f.Line < 1 {
				t.Fatalf("found half a key in %q: %+v", text.String(), f)
			}
		}
		if t.Failed() {
			t.Fatalf("in %q", text.String())
		}
	}
	if found < 30 {
		t.Errorf("%d texts had a key in them: the pieces no longer meet", found)
	}
}

// A large text takes no longer because of what is in it.
func TestTimeIsInProportionToTheText(t *testing.T) {
	for _, piece := range []string{
		"„ ", "\" ' ", "AWS_REGION=x ", "AWS_REGION: ", "set ", "- ", "Access key ", "x; ", "AWS_REGION=x y ", "Region=x ; ", "Access key ID\n", "[a]\n", "\",\"", ",\n", "$Env:",
		`{"a":1} `, `{"Region":"x"}`, `[{`, `{"Region":"x",` + "\n",
	} {
		text := strings.Repeat(piece, (1<<18)/len(piece))
		began := time.Now()
		if _, err := paste.Read([]byte(text)); err == nil {
			t.Errorf("%q has a key", piece)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%q took %v", piece, took)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"export AWS_ACCESS_KEY_ID=AKIA…\nexport AWS_SECRET_ACCESS_KEY='SECRET…'", "[a]\naws_access_key_id=AKIA…\naws_secret_access_key=SECRET…",
		`{"a":[{"AccessKeyId":"AKIA…","SecretAccessKey":"SECRET…","Expiration":1e300}]}`, "Access key ID,Secret access key\nAKIA…,\"SECRET…\"",
		"Access key\nSecret access key\nAKIA…\nSECRET… Hide", "set \"AWS_ACCESS_KEY_ID=AKIA…\"&&set -x", "\xff\xfea\x00b",
	} {
		f.Add([]byte(fill.Replace(seed)))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := paste.Read(text)
		if (err == nil) != (len(got) > 0) {
			t.Fatalf("%d keys and %v", len(got), err)
		}
		wantNoSecret(t, err)
	})
}
