package provider

import (
	"encoding/json"
	"time"

	"github.com/awsmint/awsmint/internal/secret"
)

// tokenWindow is how much of its life an access token must have left to be
// used without a thought of another.
const tokenWindow = 5 * time.Minute

// registrationWindow is how much of its life a client's registration must have
// left for a sign-in to begin with it: longer than a sign-in may take.
const registrationWindow = 15 * time.Minute

// oidcClient is awsmint as it registered with IAM Identity Center. AWS keeps a
// registration for 90 days, and registers whoever asks.
type oidcClient struct {
	id      string
	secret  secret.String
	expires time.Time
	device  bool // registered for device codes, not for the browser
}

// signedIn is what a sign-in leaves: an access token, most often a refresh
// token, and the client that both belong to. Any of them may be missing.
type signedIn struct {
	access  secret.String
	expires time.Time // of the access token
	refresh secret.String
	client  oidcClient
}

// usable reports whether the access token lives for longer than window.
func (s *signedIn) usable(now time.Time, window time.Duration) bool {
	return !s.access.IsZero() && s.expires.Sub(now) > window
}

// renewable reports whether a refresh may be tried.
func (s *signedIn) renewable(now time.Time) bool {
	return !s.refresh.IsZero() && now.Before(s.client.expires)
}

// useless is when nothing of it can be of use any more.
func (s *signedIn) useless() time.Time {
	if s.client.expires.After(s.expires) {
		return s.client.expires
	}
	return s.expires
}

// sealedToken is a signedIn as it is sealed in the cache. Times are seconds
// since 1970.
type sealedToken struct {
	AccessToken  string       `json:"access_token,omitempty"`
	Expires      int64        `json:"expires,omitempty"`
	RefreshToken string       `json:"refresh_token,omitempty"`
	Client       sealedClient `json:"client"`
}

type sealedClient struct {
	ID      string `json:"id"`
	Secret  string `json:"secret"`
	Expires int64  `json:"expires"`
	Device  bool   `json:"device,omitempty"`
}

func (s *signedIn) encode() []byte {
	// Marshal can't fail: texts and numbers.
	data, _ := json.Marshal(sealedToken{
		AccessToken: s.access.Reveal(), Expires: s.expires.Unix(), RefreshToken: s.refresh.Reveal(),
		Client: sealedClient{s.client.id, s.client.secret.Reveal(), s.client.expires.Unix(), s.client.device},
	})
	return data
}

// decodeSignedIn gives nothing for what another version sealed.
func decodeSignedIn(plain []byte) signedIn {
	var s sealedToken
	if json.Unmarshal(plain, &s) != nil {
		return signedIn{}
	}
	return signedIn{
		access: secret.New(s.AccessToken), expires: time.Unix(s.Expires, 0).UTC(), refresh: secret.New(s.RefreshToken),
		client: oidcClient{s.Client.ID, secret.New(s.Client.Secret), time.Unix(s.Client.Expires, 0).UTC(), s.Client.Device},
	}
}
