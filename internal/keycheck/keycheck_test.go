package keycheck_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/keycheck"
	"github.com/awsmint/awsmint/internal/secret"
)

const (
	akia      = "AKIAIOSFODNN7EXAMPLE"
	asia      = "ASIAIOSFODNN7EXAMPLE"
	secretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
)

var (
	now   = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	token = "IQoJb3JpZ2luX2Vj" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("a token's bytes ", 20)+"+?"))
)

// vars are the variables of one case.
type vars map[string]string

func check(v vars) []keycheck.Problem {
	return keycheck.Check(keycheck.FromVariables(func(name string) secret.String { return secret.New(v[name]) }, now))
}

func key(id, secret string) vars {
	return vars{keycheck.AccessKeyID: id, keycheck.SecretAccessKey: secret}
}

func session(id, secret, token string) vars {
	v := key(id, secret)
	v[keycheck.SessionToken] = token
	return v
}

// and returns v with one more variable.
func (v vars) and(name, value string) vars {
	v[name] = value
	return v
}

func TestGoodCredentialsHaveNoProblem(t *testing.T) {
	for name, v := range map[string]vars{
		"none":                     {},
		"none, with a time":        {keycheck.Expiration: "yesterday"},
		"a permanent key":          key(akia, secretKey),
		"a temporary key":          session(asia, secretKey, token),
		"with a time":              session(asia, secretKey, token).and(keycheck.Expiration, "2026-01-02T03:04:06Z"),
		"with a time of Python's":  session(asia, secretKey, token).and(keycheck.Expiration, "2026-01-02T05:04:06+02:00"),
		"with a time with a blank": session(asia, secretKey, token).and(keycheck.Expiration, "2026-01-02 03:04:06+00:00"),
		"an id of another kind":    key("LKIAQAAAAAAAABCDEFGH", secretKey),
		"an unknown kind of token": session(asia, secretKey, strings.Repeat("abcd", 50)),
	} {
		if got := check(v); len(got) != 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestProblems(t *testing.T) {
	const id, sec, tok, old, exp = keycheck.AccessKeyID, keycheck.SecretAccessKey, keycheck.SessionToken, keycheck.SecurityToken, keycheck.Expiration
	for _, c := range []struct {
		name string
		vars vars
		want string // where: id severity (fact), one a line
		fact string // a part of the first one's
	}{
		{"a secret alone", key("", secretKey), id + ": key-id-missing error", sec + " is set, and " + id + " is not"},
		{"a token alone", session("", "", token), id + ": key-id-missing error", tok + " is set, and " + id + " is not"},
		{"an id alone", key(akia, ""), sec + ": secret-missing error", ""},
		{"a temporary key without token", key(asia, secretKey), tok + ": session-token-missing error", "session token required for temporary credentials"},
		{"a temporary key with the older name alone", key(asia, secretKey).and(old, token), tok + ": session-token-missing error", ""},
		{"a permanent key with token", session(akia, secretKey, token), tok + ": session-token-unexpected error", ""},
		{"a permanent key with the older name", key(akia, secretKey).and(old, token), old + ": old-security-token error", "left over"},
		{"a token in both names", session(asia, secretKey, token).and(old, token), old + ": old-security-token warning", ""},
		{"another token in the older name", session(asia, secretKey, token).and(old, token[4:]), old + ": old-security-token error", "boto3"},
		{"an older name alone", vars{old: token}, old + ": old-security-token error", ""},

		{"a space behind", key(akia, secretKey+" "), sec + ": value-has-space error", "has a space at its end"},
		{"a tab in front", key("\t"+akia, secretKey), id + ": value-has-space error", "has a tab at its beginning"},
		{"a no-break space within", session(asia, secretKey, token[:9]+"\u00a0"+token[9:]), tok + ": value-has-space error", "a no-break space (U+00A0) within it"},
		{"spaces at both ends", key(" "+akia+" ", secretKey), id + ": value-has-space error", "at both ends"},
		{"a byte order mark", key("\ufeff"+akia, secretKey), id + ": value-has-space error", "a byte order mark (U+FEFF) at its beginning"},
		{"a mark without width", key(akia, secretKey+"\u200b"), sec + ": value-has-space error", "(U+200B) at its end"},
		{"a soft hyphen", key(akia, secretKey[:20]+"\u00ad"+secretKey[20:]), sec + ": value-has-space error", "(U+00AD) within it"},
		{"a space round a time", session(asia, secretKey, token).and(exp, "2026-01-02 03:04:06+00:00 "), exp + ": value-has-space error", "at its end"},
		{"quotes", key(akia, `"`+secretKey+`"`), sec + ": value-quoted error", "a quote at both ends"},
		{"bent quotes", key("“"+akia+"”", secretKey), id + ": value-quoted error", ""},
		{"one quote", key(akia, secretKey+"'"), sec + ": value-quoted error", "at its end"},
		{"a line break", session(asia, secretKey, token[:76]+"\n"+token[76:]), tok + ": value-has-line-break error", "a line break within it"},
		{"a carriage return", key(akia+"\r", secretKey), id + ": value-has-line-break error", "a file with Windows line breaks"},
		{"a line separator", key(akia, "\u2028"+secretKey), sec + ": value-has-line-break error", "a line break at its beginning"},
		{"each in its turn", key(akia, "\" "+secretKey+"\" \n"), sec + ": value-has-line-break error\n" + sec + ": value-has-space error\n" + sec + ": value-quoted error", ""},
		{"nothing but quotes", session(akia, secretKey, `""`), tok + ": value-quoted error", ""},

		{"an id cut short", key(akia[:19], secretKey), id + ": key-id-form error", "has 19 characters"},
		{"an id too long", session(asia+"X", secretKey, token), id + ": key-id-form error", "has 21 characters"},
		{"an id in small letters", key(strings.ToLower(akia), secretKey), id + ": key-id-form error", "has 20 characters, or some that none has"},
		{"a user's id", key("AIDAIOSFODNN7EXAMPLE", secretKey), id + ": key-id-form error", "the id of a user"},
		{"a placeholder", key("your-access-key-id", secretKey), id + ": key-id-form error", ""},
		{"a short id", key("AB", secretKey), id + ": key-id-form error", ""},
		{"an id of 129", key(strings.Repeat("x", 129), secretKey), id + ": key-id-form error", ""},
		{"the two swapped", key(secretKey, akia), id + ": key-id-form error", sec + " is one"},
		{"the id twice", key(akia, akia), sec + ": secret-length error", "has 20 characters"},
		{"a secret cut short", key(akia, secretKey[:39]), sec + ": secret-length error", "has 39 characters"},
		{"a secret too long", key(akia, secretKey+"x"), sec + ": secret-length error", "has 41 characters"},
		{"a secret of a URL", key(akia, strings.ReplaceAll(secretKey, "/", "%2f")), sec + ": secret-alphabet error", "as in a URL"},
		{"a variable not replaced", key(akia, "${AWS_SECRET}"), sec + ": secret-alphabet error", "a variable that was not replaced"},
		{"a secret with dots", key(akia, secretKey[:37]+"..."), sec + ": secret-alphabet error", ""},
		{"padding within a secret", key(akia, "=="+secretKey[2:]), sec + ": secret-alphabet error", ""},
		{"a token without its end", session(asia, secretKey, token[:len(token)-1]), tok + ": token-cut-short error", fmt.Sprintf("has %d characters and no proper end", len(token)-1)},
		{"a token without its beginning", session(asia, secretKey, token[5:]), tok + ": token-cut-short warning", ""},
		{"a token with stray bits", session(asia, secretKey, token[:len(token)-3]+"x=="), tok + ": token-cut-short error", ""},
		{"a token of one line", session(asia, secretKey, token[:76]), tok + ": token-cut-short error", "has 76 characters, fewer than any session token"},
		{"a token of a URL", session(asia, secretKey, strings.ReplaceAll(token, "=", "%3D")), tok + ": token-alphabet error", "as in a URL"},
		{"a token with dots", session(asia, secretKey, token[:200]+"..."), tok + ": token-alphabet error", ""},
		{"padding within a token", session(asia, secretKey, token[:100]+"===="+token[100:]), tok + ": token-alphabet error", ""},

		{"an end in the past", session(asia, secretKey, token).and(exp, "2026-01-02T02:04:05Z"), exp + ": expired error", "expired 1 hour ago, at 2026-01-02T02:04:05Z"},
		{"an end now", session(asia, secretKey, token).and(exp, "2026-01-02T05:04:05+02:00"), exp + ": expired error", "expired less than a minute ago, at 2026-01-02T03:04:05Z"},
		{"an end long ago, beside a permanent key", key(akia, secretKey).and(exp, "2025-12-02T02:04:05Z"), exp + ": expired error", "expired 31 days ago"},
		{"an end minutes ago", key(akia, secretKey).and(exp, "2026-01-02T02:58:59Z"), exp + ": expired error", "expired 5 minutes ago"},
		{"an end without a zone", session(asia, secretKey, token).and(exp, "2030-01-02T03:04:05"), exp + ": expiration-form error", ""},
		{"an end that is no time", session(asia, secretKey, token).and(exp, "soon"), exp + ": expiration-form error", ""},

		{"two mistakes", session(asia, secretKey[:30], ""), sec + ": secret-length error\n" + tok + ": session-token-missing error", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			problems := check(c.vars)
			var got []string
			for _, p := range problems {
				got = append(got, fmt.Sprintf("%s: %s %s", p.Where, p.ID, p.Severity))
				if p.Advice == "" || strings.HasSuffix(p.Fact, ".") || strings.HasSuffix(p.Advice, ".") || !strings.Contains(p.Fact, "AWS_") && p.ID != keycheck.Expired {
					t.Errorf("%+v", p)
				}
			}
			if diff := cmp.Diff(c.want, strings.Join(got, "\n")); diff != "" {
				t.Fatalf("(-want +got):\n%s%+v", diff, problems)
			}
			if !strings.Contains(problems[0].Fact, c.fact) {
				t.Errorf("got %q; want %q", problems[0].Fact, c.fact)
			}
			wantNoValue(t, c.vars, problems)
		})
	}
}

// wantNoValue looks for six characters in a row of any value but a time.
func wantNoValue(t *testing.T, v vars, problems []keycheck.Problem) {
	t.Helper()
	text, err := json.Marshal(problems)
	if err != nil {
		t.Fatal(err)
	}
	shown := string(text) + fmt.Sprintf("%+v", problems)
	for name, value := range v {
		value = strings.NewReplacer("your-access-key-id", "", "AWS_SECRET", "").Replace(value)
		for i := range len(value) - 5 {
			if name != keycheck.Expiration && strings.Contains(shown, value[i:i+6]) {
				t.Errorf("%s is shown: %s", name, shown)
				return
			}
		}
	}
}

// Wherever a token is cut but at a group of four, it is seen.
func TestTokensCutAnywhere(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		data := make([]byte, 150+random.IntN(900))
		for i := range data {
			data[i] = byte(random.Uint32())
		}
		whole := "IQoJ" + base64.StdEncoding.EncodeToString(data)
		if got := check(session(asia, secretKey, whole)); len(got) != 0 {
			t.Fatalf("a whole token: %+v", got)
		}
		cut := 1 + random.IntN(len(whole)-1)
		got := check(session(asia, secretKey, whole[:cut]))
		if seen := len(got) == 1 && got[0].ID == keycheck.TokenCutShort; !seen && (cut%4 != 0 || cut < 100) {
			t.Fatalf("cut after %d of %d: %+v", cut, len(whole), got)
		}
	}
}

// Values of any kind: every problem is of a known form, and shows nothing.
func FuzzCheck(f *testing.F) {
	f.Add(akia, secretKey, token, "", "2026-01-02T03:04:05Z")
	f.Add("\ufeff"+asia, "\""+secretKey+"\" ", token+"\r\n", token, "soon")
	f.Add("A", "%2F$", "IQoJ%3d", "x", " ")
	f.Fuzz(func(t *testing.T, id, key, token, old, expires string) {
		for _, p := range check(vars{keycheck.AccessKeyID: id, keycheck.SecretAccessKey: key, keycheck.SessionToken: token, keycheck.SecurityToken: old, keycheck.Expiration: expires}) {
			if p.ID == "" || p.Fact == "" || p.Advice == "" || p.Where == "" || strings.ContainsAny(p.Fact+p.Advice, "\n\r") {
				t.Errorf("%+v", p)
			}
			if len(key) > 20 && strings.Contains(p.Fact+p.Advice, key) {
				t.Errorf("the secret is shown: %+v", p)
			}
		}
	})
}
