package ststest

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"regexp"
	"time"
)

// loginClient is the client that `aws login` is where the browser runs on the
// same machine.
const loginClient = "arn:aws:signin:::devtools/same-device"

// loginCredentials is how long the credentials of a login session last; the
// session itself goes on.
// https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sign-in.html
const loginCredentials = 15 * time.Minute

// login is a session of `aws login`.
type login struct {
	identity identity
	key      *ecdsa.PublicKey // the one that its requests are proved by
	refresh  string           // the refresh token that holds
	spent    map[string]bool  // refresh tokens that held before
	proofs   map[string]bool  // ids of the proofs used
	ended    bool
}

// loginFile is the cache file of a session, as `aws login` writes it.
type loginFile struct {
	AccessToken struct {
		AccessKeyID     string `json:"accessKeyId"`
		SecretAccessKey string `json:"secretAccessKey"`
		SessionToken    string `json:"sessionToken"`
		AccountID       string `json:"accountId"`
		ExpiresAt       string `json:"expiresAt"`
	} `json:"accessToken"`
	TokenType    string `json:"tokenType"`
	RefreshToken string `json:"refreshToken"`
	IDToken      string `json:"idToken"`
	ClientID     string `json:"clientId"`
	DPoPKey      string `json:"dpopKey"`
}

// Login signs in with `aws login` and returns the bytes of the cache file
// that it writes for the session, with credentials for 15 minutes. The
// session is named by the ARN of who signed in, as login_session in a profile
// does; the ARN of a user of this server makes it that user's, and a name
// that is no ARN is taken for a user's. A second login ends what the first
// gave, but not its credentials.
func (s *Server) Login(session string) []byte {
	now := s.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	key := newKey()
	l := &login{
		identity: s.loginIdentity(session), key: &key.PublicKey, refresh: newRefreshToken(),
		spent: map[string]bool{}, proofs: map[string]bool{},
	}
	s.logins[session] = l
	c := s.issue(roleSession, l.identity, false, now, loginCredentials)

	var file loginFile
	file.AccessToken.AccessKeyID, file.AccessToken.SecretAccessKey = c.AccessKeyId, c.SecretAccessKey
	file.AccessToken.SessionToken, file.AccessToken.ExpiresAt = c.SessionToken, c.Expiration
	file.AccessToken.AccountID = l.identity.account
	file.TokenType, file.RefreshToken, file.ClientID = signinTokenType, l.refresh, loginClient
	file.IDToken = s.issuer.sign(webClaims{
		Issuer: webIssuerURL, Audience: loginClient, Subject: l.identity.arn,
		IssuedAt: now.Unix(), Expires: now.Add(loginCredentials).Unix(),
	})
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		panic(err) // never: the key is of P-256
	}
	file.DPoPKey = string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}))
	b, _ := json.Marshal(file) // never fails: it is all strings
	return b
}

// EndLogin ends a login session: its credentials live on until they expire,
// but are not renewed. An unknown session changes nothing.
func (s *Server) EndLogin(session string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.logins[session]; l != nil {
		l.ended = true
	}
}

var arnForm = regexp.MustCompile(`^arn:aws[a-z-]*:(?:iam|sts)::([0-9]{12}):[\x21-\x7e]+$`)

// loginIdentity is who signed in. The caller holds s.mu.
func (s *Server) loginIdentity(session string) identity {
	for _, u := range s.users {
		if u.ARN == session {
			return u.identity()
		}
	}
	if m := arnForm.FindStringSubmatch(session); m != nil {
		return identity{account: m[1], arn: session, userID: newUniqueID("AIDA")}
	}
	return identity{account: AccountID, arn: "arn:aws:iam::" + AccountID + ":user/" + session, userID: newUniqueID("AIDA")}
}

// newRefreshToken makes an opaque token of 200 characters.
func newRefreshToken() string { return base64url.EncodeToString(randomBytes(150)) }
