package ststest_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/awsmint/awsmint/internal/ststest"
)

const webARN = "arn:aws:iam::444455556666:role/Web"

func withToken(token string) *sts.AssumeRoleWithWebIdentityInput {
	return &sts.AssumeRoleWithWebIdentityInput{RoleArn: aws.String(webARN), RoleSessionName: aws.String("build-7"), WebIdentityToken: &token}
}

// nobody is a client without credentials.
func nobody(s *ststest.Server) *sts.Client {
	return sts.New(sts.Options{Region: "eu-west-1", BaseEndpoint: aws.String(s.URL()), Retryer: aws.NopRetryer{}})
}

func TestABearerOfATokenAssumesARole(t *testing.T) {
	s, c, _ := frozen(t)
	s.AddRole(ststest.Role{ARN: webARN, WebIdentity: true, MaxSession: 12 * time.Hour})
	s.AddRole(ststest.Role{ARN: secondARN})
	in := withToken(s.WebIdentityToken("repo:me/it", time.Minute))
	in.DurationSeconds, in.Policy = aws.Int32(43200), aws.String("{}")
	out, err := nobody(s).AssumeRoleWithWebIdentity(within(t), in)
	if err != nil {
		t.Fatal(err)
	}
	const arn = "arn:aws:sts::444455556666:assumed-role/Web/build-7"
	want := []string{arn, "repo:me/it", "https://oidc.ststest.example", "sts.amazonaws.com"}
	if diff := cmp.Diff(want, []string{*out.AssumedRoleUser.Arn, *out.SubjectFromWebIdentityToken, *out.Provider, *out.Audience}); diff != "" {
		t.Error(diff)
	}
	k := sessionKeys(out.Credentials)
	who, err := stsClient(s, k).GetCallerIdentity(within(t), &sts.GetCallerIdentityInput{})
	if err != nil || *who.Arn != arn || *who.UserId != *out.AssumedRoleUser.AssumedRoleId {
		t.Errorf("%v: it is %+v", err, who)
	}
	got, _ := s.Session(k.id)
	kept := ststest.Session{ARN: arn, RoleARN: webARN, SessionName: "build-7", Policy: "{}", Duration: 12 * time.Hour, Expires: c.Now().Add(12 * time.Hour)}
	if diff := cmp.Diff(kept, got); diff != "" {
		t.Error(diff)
	}
	chains(t, s, k)
}

// chains checks that the keys count as a role's where they assume another.
func chains(t *testing.T, s *ststest.Server, k keys) {
	t.Helper()
	s.AddRole(ststest.Role{ARN: secondARN, MaxSession: 12 * time.Hour})
	_, err := stsClient(s, k).AssumeRole(within(t), assume(secondARN, seconds(3601)))
	wantError(t, err, "ValidationError", "exceeds the 1 hour session limit for roles assumed by role chaining")
	become(t, s, k, secondARN, seconds(3600))
	_, err = stsClient(s, k).GetSessionToken(within(t), &sts.GetSessionTokenInput{})
	wantError(t, err, "AccessDenied", "Cannot call GetSessionToken with session credentials")
}

func TestTheSDKsWebIdentityProvider(t *testing.T) {
	s := start(t, ststest.Options{})
	s.AddRole(ststest.Role{ARN: webARN, WebIdentity: true})
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(s.WebIdentityToken("me", time.Hour)), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := stscreds.NewWebIdentityRoleProvider(nobody(s), webARN, stscreds.IdentityTokenFile(file)).Retrieve(within(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := whoami(within(t), stsClient(s, keys{got.AccessKeyID, got.SecretAccessKey, got.SessionToken})); err != nil {
		t.Error(err)
	}
}

// testKey makes a P-256 key.
func testKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// jwsOf signs header and claims, written as JSON, with code that shares
// nothing with the server's.
func jwsOf(t *testing.T, key *ecdsa.PrivateKey, header, claims any) string {
	t.Helper()
	var parts []string
	for _, v := range []any{header, claims} {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, base64.RawURLEncoding.EncodeToString(b))
	}
	signed := strings.Join(parts, ".")
	digest := sha256.Sum256([]byte(signed))
	r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	pad := func(n *big.Int) []byte { return n.FillBytes(make([]byte, 32)) }
	return signed + "." + base64.RawURLEncoding.EncodeToString(append(pad(r), pad(s)...))
}

func TestWebIdentityTokensAreVerified(t *testing.T) {
	s, c, _ := frozen(t)
	s.AddRole(ststest.Role{ARN: webARN, WebIdentity: true})
	good := s.WebIdentityToken("me", time.Minute)
	header, rest, _ := strings.Cut(good, ".")
	payload, signature, _ := strings.Cut(rest, ".")
	stranger := testKey(t)
	claims := func(name string, value any) map[string]any {
		all := map[string]any{"iss": "https://oidc.ststest.example", "aud": "sts.amazonaws.com", "sub": "me", "iat": c.Now().Unix(), "exp": c.Now().Unix() + 60}
		all[name] = value
		return all
	}
	es256 := map[string]string{"alg": "ES256"}
	unsigned := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + payload + "."
	const noJWT = "The ID Token provided is not a valid JWT."
	for _, test := range []struct{ name, token, code, text string }{
		{"no token", "an-access-token", "InvalidIdentityToken", noJWT},
		{"two parts", header + "." + payload, "InvalidIdentityToken", noJWT},
		{"a line break at its end", good + "\n", "InvalidIdentityToken", noJWT},
		{"padding", good + "==", "InvalidIdentityToken", noJWT},
		{"no algorithm", unsigned, "InvalidIdentityToken", noJWT},
		{"claims that are no JSON", header + "." + base64.RawURLEncoding.EncodeToString([]byte("x")) + "." + signature, "InvalidIdentityToken", noJWT},
		{"another issuer", jwsOf(t, stranger, es256, claims("iss", "https://x.example")), "InvalidIdentityToken", "No OpenIDConnect provider found in your account for https://x.example"},
		{"another key", jwsOf(t, stranger, es256, claims("sub", "me")), "InvalidIdentityToken", "signature"},
		{"other claims under the signature", header + "." + base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"iss":"https://oidc.ststest.example","aud":"sts.amazonaws.com","sub":"root","exp":%d}`, c.Now().Unix()+60)) + "." + signature, "InvalidIdentityToken", "signature"},
		{"a short signature", header + "." + payload + "." + signature[:20], "InvalidIdentityToken", "signature"},
		{"another audience", parseLogin(t, s.Login("work")).IDToken, "InvalidIdentityToken", "Incorrect token audience"},
		{"over", s.WebIdentityToken("me", -10*time.Second), "ExpiredTokenException", fmt.Sprintf("Token expired: current date/time %d must be before the expiration date/time %d", c.Now().Unix(), c.Now().Unix()-10)},
		{"over this second", s.WebIdentityToken("me", 0), "ExpiredTokenException", "Token expired"},
		{"good", good, "", ""},
		{"good, again", good, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := do(t, unsignedPost(t, s, params("Action", "AssumeRoleWithWebIdentity", "RoleArn", webARN, "RoleSessionName", "me", "WebIdentityToken", test.token)))
			if test.code == "" {
				a.want(t, 200, "", "")
				return
			}
			a.want(t, 400, test.code, test.text)
		})
	}
	c.advance(59 * time.Second)
	if _, err := nobody(s).AssumeRoleWithWebIdentity(within(t), withToken(good)); err != nil {
		t.Error(err)
	}
	c.advance(time.Second)
	_, err := nobody(s).AssumeRoleWithWebIdentity(within(t), withToken(good))
	wantError(t, err, "ExpiredTokenException", "")
	_, err = nobody(s).AssumeRoleWithWebIdentity(within(t), withToken(start(t, ststest.Options{}).WebIdentityToken("me", time.Hour)))
	wantError(t, err, "InvalidIdentityToken", "signature")
}

func unsignedPost(t *testing.T, s *ststest.Server, form url.Values) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(within(t), http.MethodPost, s.URL()+"/", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func TestOnlyRolesForWebIdentitiesAreGivenToThem(t *testing.T) {
	s, _, _ := frozen(t)
	s.AddRole(ststest.Role{ARN: webARN, WebIdentity: true})
	s.AddRole(ststest.Role{ARN: firstARN})
	token := s.WebIdentityToken("me", time.Minute)
	for _, arn := range []string{firstARN, "arn:aws:iam::444455556666:role/Nobody"} {
		in := withToken(token)
		in.RoleArn = &arn
		_, err := nobody(s).AssumeRoleWithWebIdentity(within(t), in)
		wantError(t, err, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
	}
	// Nobody looks at a signature that comes all the same, good or not.
	in := params("Action", "AssumeRoleWithWebIdentity", "RoleArn", webARN, "RoleSessionName", "me", "WebIdentityToken", token)
	do(t, signed(t, s, keys{"AKIAQQQQQQQQQQQQQQQQ", "x", ""}, "sts", time.Unix(0, 0), in)).want(t, 200, "", "")
	// The other actions go on asking for one.
	do(t, unsignedPost(t, s, params("Action", "GetCallerIdentity"))).want(t, 403, "MissingAuthenticationToken", "")
	do(t, unsignedPost(t, s, params("Action", "AssumeRole", "RoleArn", webARN, "RoleSessionName", "me"))).want(t, 403, "MissingAuthenticationToken", "")
	if s.Calls("AssumeRoleWithWebIdentity") != 3 || s.Succeeded("AssumeRoleWithWebIdentity") != 1 {
		t.Errorf("%d calls, %d succeeded", s.Calls("AssumeRoleWithWebIdentity"), s.Succeeded("AssumeRoleWithWebIdentity"))
	}
}

func TestWebIdentityParametersAreChecked(t *testing.T) {
	s, _, _ := frozen(t)
	s.AddRole(ststest.Role{ARN: webARN, WebIdentity: true, MaxSession: 2 * time.Hour})
	secret := strings.Repeat("s", 20001)
	for _, test := range []struct{ name, parameter, value, code, text string }{
		{"no token", "WebIdentityToken", "", "ValidationError", "Value '***' at 'webIdentityToken' failed to satisfy constraint: Member must have length greater than or equal to 4"},
		{"a token of 20001", "WebIdentityToken", secret, "ValidationError", "Member must have length less than or equal to 20000"},
		{"a session name with a slash", "RoleSessionName", "a/b", "ValidationError", "at 'roleSessionName' failed to satisfy constraint"},
		{"a user's ARN", "RoleArn", "arn:aws:iam::444455556666:user/Admin", "ValidationError", "is invalid"},
		{"899 seconds", "DurationSeconds", "899", "ValidationError", "greater than or equal to 900"},
		{"43201 seconds", "DurationSeconds", "43201", "ValidationError", "less than or equal to 43200"},
		{"over the role's maximum", "DurationSeconds", "7201", "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."},
		{"a provider of OAuth", "ProviderId", "www.amazon.com", "ValidationError", "ProviderId"},
		{"a policy that is no JSON", "Policy", "{", "MalformedPolicyDocument", ""},
		{"a role's ARN for a policy's", "PolicyArns.member.1.arn", webARN, "ValidationError", "is invalid"},
	} {
		t.Run(test.name, func(t *testing.T) {
			form := params("Action", "AssumeRoleWithWebIdentity", "RoleArn", webARN, "RoleSessionName", "me",
				"WebIdentityToken", s.WebIdentityToken("me", time.Minute), test.parameter, test.value)
			a := do(t, unsignedPost(t, s, form))
			a.want(t, 400, test.code, test.text)
			if strings.Contains(a.body, secret) {
				t.Error("the error holds the token")
			}
		})
	}
	do(t, unsignedPost(t, s, params("Action", "AssumeRoleWithWebIdentity"))).want(t, 400, "ValidationError",
		"3 validation errors detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null")
}
