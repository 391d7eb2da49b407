package ststest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/awsmint/awsmint/internal/ststest"
)

// replaceBody changes what is sent without signing again.
func replaceBody(r *http.Request, body string) {
	r.Body = io.NopCloser(strings.NewReader(body))
	r.ContentLength = int64(len(body))
}

// editAuth changes the Authorization header.
func editAuth(old, replacement string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, replacement, 1))
	}
}

// flipLast changes one bit of the last hex digit, keeping it a hex digit.
func flipLast(s string) string {
	last := s[len(s)-1]
	flipped := byte('0')
	if last == '0' {
		flipped = '1'
	}
	return s[:len(s)-1] + string(flipped)
}

func TestARequestBrokenInOnePlaceIsRefused(t *testing.T) {
	s, c, u := frozen(t)
	now := c.Now()
	day := now.Format("20060102")
	identity := params("Action", "GetCallerIdentity")
	session := mint(t, s, u, "")

	for _, test := range []struct {
		name   string
		change func(*http.Request)
		status int
		code   string
		text   string
	}{
		{"nothing changed", func(*http.Request) {}, 200, "", ""},
		{"a byte of the body", func(r *http.Request) { replaceBody(r, identity.Encode()[:len(identity.Encode())-1]+"6") }, 400, "InvalidAction", ""},
		{"a byte of the body that changes no meaning", func(r *http.Request) { replaceBody(r, identity.Encode()+"&") }, 403, "SignatureDoesNotMatch", wrongSignature},
		{"a byte of a signed header", func(r *http.Request) {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-9")
		}, 403, "SignatureDoesNotMatch", wrongSignature},
		{"a signed header taken away", func(r *http.Request) { r.Header.Del("Content-Type") }, 403, "SignatureDoesNotMatch", wrongSignature},
		{"the host", func(r *http.Request) { r.Host = "sts.amazonaws.com" }, 403, "SignatureDoesNotMatch", wrongSignature},
		{"the query", func(r *http.Request) { r.URL.RawQuery = "a=b" }, 403, "SignatureDoesNotMatch", wrongSignature},
		{"the last digit of the signature", func(r *http.Request) {
			r.Header.Set("Authorization", flipLast(r.Header.Get("Authorization")))
		}, 403, "SignatureDoesNotMatch", wrongSignature},
		{"a signature in capitals", func(r *http.Request) {
			head, signature, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
			r.Header.Set("Authorization", head+"Signature="+strings.ToUpper(signature))
		}, 403, "SignatureDoesNotMatch", wrongSignature},
		{"no signature", editAuth("Signature=", "Sig="), 400, "IncompleteSignature", "requires 'Signature' parameter."},
		{"an empty signature", func(r *http.Request) {
			head, _, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
			r.Header.Set("Authorization", head+"Signature=")
		}, 400, "IncompleteSignature", "requires 'Signature' parameter."},
		{"two Authorization headers", func(r *http.Request) { r.Header.Add("Authorization", r.Header.Get("Authorization")) }, 400, "IncompleteSignature", ""},
		{"no Authorization header", func(r *http.Request) { r.Header.Del("Authorization") }, 403, "MissingAuthenticationToken", "Request is missing Authentication Token"},
		{"another algorithm", editAuth("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"), 400, "IncompleteSignature", "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1'."},
		{"no date", func(r *http.Request) { r.Header.Del("X-Amz-Date") }, 400, "IncompleteSignature", "requires existence of either a 'X-Amz-Date'"},
		{"a date in another format", func(r *http.Request) { r.Header.Set("X-Amz-Date", now.Format(time.RFC3339)) }, 400, "IncompleteSignature", "ISO-8601 'basic format'"},
		{"another date near by", func(r *http.Request) {
			r.Header.Set("X-Amz-Date", now.Add(time.Second).Format("20060102T150405Z"))
		}, 403, "SignatureDoesNotMatch", wrongSignature},
		{"the key id in the scope", editAuth(u.AccessKeyID, u.AccessKeyID[:19]+"0"), 403, "InvalidClientTokenId", invalidToken},
		{"a scope of four parts", editAuth("/aws4_request", ""), 400, "IncompleteSignature", "exactly 5 slash-delimited elements"},
		{"the scope's day", editAuth(day, "20200101"), 403, "SignatureDoesNotMatch", "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20200101' != '" + day + "'"},
		{"the scope's region, another one", editAuth("eu-west-1", "us-east-1"), 403, "SignatureDoesNotMatch", wrongSignature},
		{"the scope's region, a pseudo-region", editAuth("eu-west-1", "aws-global"), 403, "SignatureDoesNotMatch", "Credential should be scoped to a valid region. "},
		{"the scope's service", editAuth("/sts/", "/iam/"), 403, "SignatureDoesNotMatch", "Credential should be scoped to correct service: 'sts'. "},
		{"the scope's end", editAuth("aws4_request", "aws5_request"), 403, "SignatureDoesNotMatch", "valid terminator: 'aws4_request', not 'aws5_request'"},
		{"the host not signed", editAuth(";host", ""), 403, "SignatureDoesNotMatch", "'Host' or ':authority' must be a 'SignedHeader'"},
		{"the date not signed", editAuth(";x-amz-date", ""), 403, "SignatureDoesNotMatch", "'x-amz-date' must be a 'SignedHeader'"},
		{"signed headers in another order", editAuth("content-type;host", "host;content-type"), 403, "SignatureDoesNotMatch", wrongSignature},
		{"a header signed that did not come", editAuth(";host", ";date;host"), 403, "SignatureDoesNotMatch", wrongSignature},
		{"an X-Amz header put in", func(r *http.Request) { r.Header.Set("X-Amz-Target", "x") }, 403, "SignatureDoesNotMatch", "'x-amz-target' must be a 'SignedHeader'"},
		{"a session's token put in", func(r *http.Request) { r.Header.Set("X-Amz-Security-Token", session.token) }, 403, "SignatureDoesNotMatch", "'x-amz-security-token' must be"},
		{"another method", func(r *http.Request) { r.Method = http.MethodPut }, 404, "UnknownOperationException", ""},
		{"another path", func(r *http.Request) { r.URL.Path = "/x" }, 404, "UnknownOperationException", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := signed(t, s, keysOf(u), "sts", now, identity)
			if auth := r.Header.Get("Authorization"); !strings.Contains(auth, "SignedHeaders=content-length;content-type;host;x-amz-date,") {
				t.Fatalf("the signer has changed what it signs: %s", auth)
			}
			test.change(r)
			a := do(t, r)
			a.want(t, test.status, test.code, test.text)
			if test.status != 200 && a.Type != "Sender" {
				t.Errorf("the blame is on %q", a.Type)
			}
		})
	}
}

// A declared payload hash is no way round the body's own.
func TestADeclaredPayloadHashMustBeTheBodys(t *testing.T) {
	s, c, u := frozen(t)
	form := params("Action", "GetCallerIdentity")
	for declared, status := range map[string]int{
		"UNSIGNED-PAYLOAD": 403,
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855": 403, // of nothing
	} {
		r := signed(t, s, keysOf(u), "sts", c.Now(), form)
		r.Header.Set("X-Amz-Content-Sha256", declared)
		sign(t, r, keysOf(u), "sts", form.Encode(), c.Now())
		do(t, r).want(t, status, "SignatureDoesNotMatch", wrongSignature)
	}
}

func TestAWrongSecretIsRefused(t *testing.T) {
	s, c, u := frozen(t)
	other := s.AddUser("bob")
	for name, secret := range map[string]string{
		"cut short": u.SecretAccessKey[:39], "with a space": u.SecretAccessKey + " ", "of somebody else": other.SecretAccessKey, "empty": "",
	} {
		k := keys{u.AccessKeyID, secret, ""}
		a := do(t, signed(t, s, k, "sts", c.Now(), params("Action", "GetCallerIdentity")))
		if a.want(t, 403, "SignatureDoesNotMatch", wrongSignature); t.Failed() {
			t.Fatal(name)
		}
	}
}

func TestASignatureHoldsFifteenMinutesEitherWay(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 30, 0, 0, time.UTC)
	s := start(t, ststest.Options{Now: func() time.Time { return now }})
	u := s.AddUser("alice")
	for _, test := range []struct {
		off    time.Duration
		status int
		text   string
	}{
		{0, 200, ""},
		{-15 * time.Minute, 200, ""},
		{15 * time.Minute, 200, ""},
		{-15*time.Minute - time.Second, 403, "Signature expired: 20260101T001459Z is now earlier than 20260101T001500Z (20260101T003000Z - 15 min.)"},
		{15*time.Minute + time.Second, 403, "Signature not yet current: 20260101T004501Z is still later than 20260101T004500Z (20260101T003000Z + 15 min.)"},
	} {
		code := ""
		if test.status != 200 {
			code = "SignatureDoesNotMatch"
		}
		do(t, signed(t, s, keysOf(u), "sts", now.Add(test.off), params("Action", "GetCallerIdentity"))).want(t, test.status, code, test.text)
	}
}

func TestSkewMovesDateHeaderSignatureCheckAndExpiration(t *testing.T) {
	s, c, u := frozen(t)
	const skew = 20 * time.Minute
	s.SetSkew(skew)
	ahead := c.Now().Add(skew)
	if !s.Now().Equal(ahead) {
		t.Errorf("Now is %v, want %v", s.Now(), ahead)
	}
	a := do(t, signed(t, s, keysOf(u), "sts", c.Now(), params("Action", "GetSessionToken")))
	a.want(t, 403, "SignatureDoesNotMatch", "Signature expired: ")
	if got := a.header.Get("Date"); got != ahead.Format(http.TimeFormat) {
		t.Errorf("the Date header is %q, want %v", got, ahead)
	}
	a = do(t, signed(t, s, keysOf(u), "sts", ahead, params("Action", "GetSessionToken", "DurationSeconds", "900")))
	if want := ahead.Add(900 * time.Second).Format("2006-01-02T15:04:05Z"); !strings.Contains(a.body, "<Expiration>"+want+"<") {
		t.Errorf("no expiration %s in the answer of status %d", want, a.status)
	}
	s.SetSkew(0)
	do(t, signed(t, s, keysOf(u), "sts", c.Now(), params("Action", "GetCallerIdentity"))).want(t, 200, "", "")
}

func TestAnSDKClientWithTheWrongSecretIsRefused(t *testing.T) {
	s, _, u := frozen(t)
	_, err := stsClient(s, keys{u.AccessKeyID, flipLast(u.SecretAccessKey), ""}).GetCallerIdentity(within(t), &sts.GetCallerIdentityInput{})
	wantError(t, err, "SignatureDoesNotMatch", wrongSignature)
}

// A GET carries the parameters in its query.
func TestAGetIsSignedByItsQuery(t *testing.T) {
	s, c, u := frozen(t)
	for _, test := range []struct {
		addition string
		status   int
		code     string
	}{{"", 200, ""}, {"&DurationSeconds=900", 403, "SignatureDoesNotMatch"}} {
		r, err := http.NewRequestWithContext(within(t), http.MethodGet, s.URL()+"/?"+params("Action", "GetCallerIdentity").Encode(), nil)
		if err != nil {
			t.Fatal(err)
		}
		sign(t, r, keysOf(u), "sts", "", c.Now())
		r.URL.RawQuery += test.addition
		do(t, r).want(t, test.status, test.code, "")
	}
}
