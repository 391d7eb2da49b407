package ststest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/json"
	"net/http"
	"time"
)

// dpopWindow is how far a proof's time may be from the server's clock, either
// way. RFC 9449 leaves it open.
const dpopWindow = 5 * time.Minute

// verifyDPoP checks the request's proof that it was made by the holder of key
// (RFC 9449, section 4.3): its signature, that it was made for this method and
// this URL, now, and not used before. It returns the proof's id, or a reason.
func verifyDPoP(r *http.Request, key *ecdsa.PublicKey, now time.Time) (jti, reason string) {
	values := r.Header.Values("DPoP")
	if len(values) != 1 {
		return "", "The request must have one DPoP header"
	}
	proof, ok := parseJWS(values[0])
	if !ok {
		return "", "The DPoP proof is not a JWS with ES256"
	}
	var header struct {
		Type string                     `json:"typ"`
		JWK  map[string]json.RawMessage `json:"jwk"`
	}
	if json.Unmarshal(proof.header, &header) != nil || header.Type != "dpop+jwt" {
		return "", "The DPoP proof is not of type dpop+jwt"
	}
	own, ok := publicKey(header.JWK)
	if !ok {
		return "", "The DPoP proof has no public key of P-256"
	}
	if !proof.signedBy(own) {
		return "", "The DPoP proof is not signed by its own key"
	}
	if !own.Equal(key) {
		return "", "The DPoP proof is by another key than the session's"
	}
	var claims struct {
		ID     string `json:"jti"`
		Method string `json:"htm"`
		URL    string `json:"htu"`
		At     int64  `json:"iat"`
	}
	if json.Unmarshal(proof.payload, &claims) != nil || claims.ID == "" {
		return "", "The DPoP proof has no jti"
	}
	if claims.Method != r.Method || claims.URL != urlOf(r) {
		return "", "The DPoP proof is for another request"
	}
	if off := now.Sub(time.Unix(claims.At, 0)); off > dpopWindow || off < -dpopWindow {
		return "", "The DPoP proof is not of this time"
	}
	return claims.ID, ""
}

// urlOf is the URL that the client asked for, without query and fragment.
func urlOf(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host + r.URL.EscapedPath()
	}
	return "http://" + r.Host + r.URL.EscapedPath()
}

// publicKey reads a JSON Web Key. Each coordinate must have its full length
// (RFC 7518, section 6.2.1.2), and the private part must not be there.
func publicKey(jwk map[string]json.RawMessage) (*ecdsa.PublicKey, bool) {
	text := func(name string) string {
		var s string
		_ = json.Unmarshal(jwk[name], &s) // what is no string is empty, and refused below
		return s
	}
	x, errX := base64url.DecodeString(text("x"))
	y, errY := base64url.DecodeString(text("y"))
	_, private := jwk["d"]
	if text("kty") != "EC" || text("crv") != "P-256" || errX != nil || errY != nil || private ||
		len(x) != coordinate || len(y) != coordinate {
		return nil, false
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), bytes.Join([][]byte{{4}, x, y}, nil))
	return key, err == nil
}
