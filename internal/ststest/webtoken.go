package ststest

import (
	"crypto/ecdsa"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

const (
	webIssuerURL = "https://oidc.ststest.example"
	webAudience  = "sts.amazonaws.com"
)

// webClaims are what a web identity token says.
type webClaims struct {
	Issuer   string `json:"iss"`
	Audience string `json:"aud"`
	Subject  string `json:"sub"`
	IssuedAt int64  `json:"iat"` // seconds since 1970
	Expires  int64  `json:"exp"`
}

// webIssuer is the one identity provider that all accounts know.
type webIssuer struct{ key *ecdsa.PrivateKey }

// private makes the key when it is first needed.
func (i *webIssuer) private() *ecdsa.PrivateKey {
	if i.key == nil {
		i.key = newKey()
	}
	return i.key
}

func (i *webIssuer) sign(claims webClaims) string {
	return signJWS(i.private(), map[string]string{"alg": "ES256", "typ": "JWT"}, claims)
}

func errWebToken(format string, args ...any) error {
	return refused("InvalidIdentityToken", format, args...)
}

// verifyWebToken checks a token's form, issuer, signature, audience and time,
// and returns what it says. The caller holds s.mu.
func (s *Server) verifyWebToken(token string, now time.Time) (webClaims, error) {
	var claims webClaims
	parsed, ok := parseJWS(token)
	if !ok || json.Unmarshal(parsed.payload, &claims) != nil || claims.Issuer == "" {
		return claims, errWebToken("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
	}
	if claims.Issuer != webIssuerURL {
		return claims, errWebToken("No OpenIDConnect provider found in your account for %s", claims.Issuer)
	}
	if !parsed.signedBy(&s.issuer.private().PublicKey) {
		return claims, errWebToken("The signature of the ID Token provided is not its issuer's")
	}
	if claims.Audience != webAudience {
		return claims, errWebToken("Incorrect token audience")
	}
	if now.Unix() >= claims.Expires {
		// Other expired tokens get a 403, this one a 400.
		return claims, &refusal{Status: http.StatusBadRequest, Code: "ExpiredTokenException", Message: fmt.Sprintf(
			"Token expired: current date/time %d must be before the expiration date/time %d", now.Unix(), claims.Expires)}
	}
	return claims, nil
}
