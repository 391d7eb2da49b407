package ststest

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

func errInvalidToken() error {
	return refused("InvalidClientTokenId", "The security token included in the request is invalid.")
}

func errSignature() error {
	return refused("SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. "+
		"Check your AWS Secret Access Key and signing method. Consult the service documentation for details.")
}

// authenticate finds out who signed req, and whether what came is what they
// signed. The caller holds s.mu.
func (s *Server) authenticate(req *request, service string, now time.Time) (*credential, error) {
	a, err := parseAuthorization(req.http.Header)
	if err != nil {
		return nil, err
	}
	at, err := a.signedAt(now)
	if err != nil {
		return nil, err
	}
	if err := a.checkScope(service); err != nil {
		return nil, err
	}
	if err := a.checkSignedHeaders(req.http.Header); err != nil {
		return nil, err
	}
	c, err := s.lookUp(a.keyID, req.http.Header.Values("X-Amz-Security-Token"), now)
	if err != nil {
		return nil, err
	}
	if err := s.checkSignature(req, a, c, at); err != nil {
		return nil, err
	}
	c.used = use{at: now.UTC().Truncate(time.Second), service: service, region: a.region}
	return c, nil
}

// checkSignature signs the request again with the secret on record, from
// exactly those headers that the client named, and compares.
func (s *Server) checkSignature(req *request, a authorization, c *credential, at time.Time) error {
	sum := sha256.Sum256(req.body)
	hash := hex.EncodeToString(sum[:])
	if declared := req.http.Header.Values("X-Amz-Content-Sha256"); len(declared) > 0 && !slices.Equal(declared, []string{hash}) {
		return errSignature()
	}
	again := rebuild(req.http, a.signedHeaders)
	err := s.signer.SignHTTP(again.Context(), aws.Credentials{AccessKeyID: c.id, SecretAccessKey: c.secret},
		again, hash, a.service, a.region, at, func(o *v4.SignerOptions) { o.DisableSessionToken = true })
	if err != nil {
		return errSignature()
	}
	want, err := parseAuthorization(again.Header)
	if err != nil {
		return err
	}
	// The names must be equal too: a header that was named but did not come,
	// or names out of order, give another canonical request.
	if !slices.Equal(a.signedHeaders, want.signedHeaders) ||
		subtle.ConstantTimeCompare([]byte(a.signature), []byte(want.signature)) != 1 {
		return errSignature()
	}
	return nil
}

// rebuild makes a request of the parts that the signature covers.
func rebuild(r *http.Request, signedHeaders []string) *http.Request {
	again := (&http.Request{
		Method: r.Method,
		URL:    &url.URL{Scheme: "http", Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery},
		Host:   r.Host,
		Header: http.Header{},
	}).WithContext(r.Context())
	if r.TLS != nil {
		again.URL.Scheme = "https" // the signer leaves out a default port by scheme
	}
	for _, name := range signedHeaders {
		key := http.CanonicalHeaderKey(name)
		if values := r.Header.Values(key); len(values) > 0 {
			again.Header[key] = slices.Clone(values)
		}
		if key == "Content-Length" {
			again.ContentLength = r.ContentLength
		}
	}
	return again
}
