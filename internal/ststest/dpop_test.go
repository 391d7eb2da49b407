package ststest_test

import (
	"crypto/ecdsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/awsmint/awsmint/internal/ststest"
)

// renew sends a request to renew a login, with the proof in its header.
func renew(t *testing.T, s *ststest.Server, body map[string]string, proofs ...string) (int, http.Header, map[string]any) {
	t.Helper()
	b, _ := json.Marshal(body)
	return postToken(t, s, string(b), proofs...)
}

func postToken(t *testing.T, s *ststest.Server, body string, proofs ...string) (int, http.Header, map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(within(t), http.MethodPost, s.URL()+"/v1/token", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header["Dpop"] = proofs
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var got map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, got
}

// jwkOf is a public key as a proof carries it.
func jwkOf(t *testing.T, key *ecdsa.PrivateKey) map[string]string {
	t.Helper()
	point, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{"kty": "EC", "crv": "P-256",
		"x": base64.RawURLEncoding.EncodeToString(point[1:33]), "y": base64.RawURLEncoding.EncodeToString(point[33:])}
}

func TestARenewalMustBeProved(t *testing.T) {
	s, c, _ := frozen(t)
	file := parseLogin(t, s.Login("work"))
	key, stranger := file.key(t), testKey(t)
	ids := 0
	// proof is a good proof, with changes to its header and claims; nil takes
	// a member away.
	proof := func(signer *ecdsa.PrivateKey, changes map[string]any) string {
		ids++
		header := map[string]any{"typ": "dpop+jwt", "alg": "ES256", "jwk": jwkOf(t, key)}
		claims := map[string]any{"jti": fmt.Sprint("proof-", ids), "htm": "POST", "htu": s.URL() + "/v1/token", "iat": c.Now().Unix()}
		for name, value := range changes {
			part := claims
			if _, ok := header[name]; ok {
				part = header
			}
			if part[name] = value; value == nil {
				delete(part, name)
			}
		}
		return jwsOf(t, signer, header, claims)
	}
	jwk := func(name, value string) map[string]any {
		changed := maps.Clone(jwkOf(t, key))
		changed[name] = value
		return map[string]any{"jwk": changed}
	}
	at := func(d time.Duration) map[string]any { return map[string]any{"iat": c.Now().Add(d).Unix()} }
	used := proof(key, nil)
	if status, _, got := renew(t, s, map[string]string{"clientId": file.ClientID, "grantType": "refresh_token", "refreshToken": file.RefreshToken}, used); status != 200 {
		t.Fatalf("a good proof: %d %v", status, got)
	} else {
		file.RefreshToken = got["refreshToken"].(string)
	}
	good := map[string]string{"clientId": file.ClientID, "grantType": "refresh_token", "refreshToken": file.RefreshToken}
	for _, test := range []struct {
		name   string
		proofs []string
		text   string
	}{
		{"none", nil, "must have one DPoP header"},
		{"two", []string{proof(key, nil), proof(key, nil)}, "must have one DPoP header"},
		{"no JWS", []string{"x"}, "not a JWS"},
		{"another algorithm", []string{proof(key, map[string]any{"alg": "none"})}, "not a JWS with ES256"},
		{"another type", []string{proof(key, map[string]any{"typ": "JWT"})}, "not of type dpop+jwt"},
		{"no key", []string{proof(key, map[string]any{"jwk": nil})}, "no public key"},
		{"a key of another curve", []string{proof(key, jwk("crv", "P-384"))}, "no public key"},
		{"a key of another type", []string{proof(key, jwk("kty", "RSA"))}, "no public key"},
		{"a coordinate too short", []string{proof(key, jwk("x", "AAAA"))}, "no public key"},
		{"a point off the curve", []string{proof(key, jwk("x", jwkOf(t, stranger)["x"]))}, "no public key"},
		{"a private key", []string{proof(key, jwk("d", "AAAA"))}, "no public key"},
		{"a signature by another key", []string{proof(stranger, nil)}, "not signed by its own key"},
		{"another key that signed", []string{proof(stranger, map[string]any{"jwk": jwkOf(t, stranger)})}, "another key than the session's"},
		{"another method", []string{proof(key, map[string]any{"htm": "GET"})}, "for another request"},
		{"another path", []string{proof(key, map[string]any{"htu": s.URL() + "/v1/other"})}, "for another request"},
		{"another host", []string{proof(key, map[string]any{"htu": "https://signin.example/v1/token"})}, "for another request"},
		{"no id", []string{proof(key, map[string]any{"jti": nil})}, "no jti"},
		{"no time", []string{proof(key, map[string]any{"iat": nil})}, "not of this time"},
		{"a time before", []string{proof(key, at(-5*time.Minute-time.Second))}, "not of this time"},
		{"a time to come", []string{proof(key, at(5*time.Minute+time.Second))}, "not of this time"},
		{"one that was used", []string{used}, "used before"},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, header, got := renew(t, s, good, test.proofs...)
			if status != 400 || header.Get("X-Amzn-Errortype") != "ValidationException" || got["error"] != "INVALID_REQUEST" ||
				!strings.Contains(got["message"].(string), test.text) {
				t.Errorf("%d %v", status, got)
			}
		})
	}
	for _, off := range []time.Duration{-5 * time.Minute, 5 * time.Minute} {
		status, header, got := renew(t, s, good, proof(key, at(off)))
		if status != 200 || header.Get("Cache-Control") != "no-store" || got["expiresIn"] != 900.0 || got["tokenType"] != "aws_sigv4" {
			t.Fatalf("%v off: %d %v", off, status, got)
		}
		good["refreshToken"] = got["refreshToken"].(string)
	}
	for _, test := range []struct{ name, member, value, code string }{
		{"a refresh token that was never given", "refreshToken", "x", "INVALID_REQUEST"},
		{"another client", "clientId", "x", "INVALID_REQUEST"},
		{"another grant", "grantType", "authorization_code", "unsupported_grant_type"},
	} {
		t.Run(test.name, func(t *testing.T) {
			body := maps.Clone(good)
			body[test.member] = test.value
			if status, _, got := renew(t, s, body, proof(key, nil)); status != 400 || got["error"] != test.code {
				t.Errorf("%d %v", status, got)
			}
		})
	}
	if status, header, got := postToken(t, s, "grantType=refresh_token"); status != 400 || got["error"] != "invalid_request" || header.Get("X-Amzn-Errortype") != "" {
		t.Errorf("a form: %d %v", status, got)
	}
}
