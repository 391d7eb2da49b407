package ststest

import (
	"net/http"
	"strings"
	"time"
)

// deviceLifetime is how long a device code and its user code are good for.
const deviceLifetime = 600 * time.Second

// slowDown is what each poll that comes too soon adds to the interval.
// https://www.rfc-editor.org/rfc/rfc8628#section-3.5
const slowDown = 5 * time.Second

// decision is what the user said.
type decision int

const (
	undecided decision = iota
	allowed
	denied
)

// deviceRequest is a device that waits for the user.
type deviceRequest struct {
	userCode string
	clientID string
	startURL string
	expires  time.Time
	interval time.Duration
	polled   time.Time // when last; zero, which is long ago: never
	decision decision
}

type startDeviceAuthorizationInput struct {
	ClientID     string
	ClientSecret string
	StartURL     string
}

type startDeviceAuthorizationOutput struct {
	DeviceCode              string `json:"deviceCode"`
	UserCode                string `json:"userCode"`
	VerificationURI         string `json:"verificationUri"`
	VerificationURIComplete string `json:"verificationUriComplete"`
	ExpiresIn               int64  `json:"expiresIn"`
	Interval                int64  `json:"interval"`
}

func (s *Server) startDeviceAuthorization(req *request, now time.Time) (reply, error) {
	var in startDeviceAuthorizationInput
	if err := readJSON(req, &in); err != nil {
		return reply{}, err
	}
	c, err := s.sso.client(in.ClientID, in.ClientSecret, now)
	if err != nil {
		return reply{}, err
	}
	if !c.may(grantDevice) {
		return reply{}, errUnauthorizedClient()
	}
	i := s.sso.instance(in.StartURL)
	if i == nil {
		return reply{}, errInvalidRequest("Invalid start url provided")
	}
	d := &deviceRequest{
		userCode: s.sso.unusedUserCode(), clientID: c.id, startURL: i.StartURL,
		expires: now.Add(deviceLifetime), interval: i.Interval.Truncate(time.Second),
	}
	code := opaque("", 48)
	s.sso.devices[code] = d
	page := s.url + devicePath
	return jsonReply(http.StatusOK, startDeviceAuthorizationOutput{
		DeviceCode: code, UserCode: d.userCode,
		VerificationURI: page, VerificationURIComplete: page + "?user_code=" + d.userCode,
		ExpiresIn: int64(deviceLifetime / time.Second), Interval: int64(d.interval / time.Second),
	}), nil
}

// unusedUserCode draws a code such as BDFG-HJKL, without vowels so that it
// spells nothing, until it has one that no device has.
// https://www.rfc-editor.org/rfc/rfc8628#section-6.1
func (st *ssoStore) unusedUserCode() string {
	const letters = "BCDFGHJKLMNPQRSTVWXZ"
	for {
		b := randomBytes(8)
		for i := range b {
			b[i] = letters[int(b[i])%len(letters)]
		}
		if code := string(b[:4]) + "-" + string(b[4:]); st.device(code) == nil {
			return code
		}
	}
}

// device finds a device by its user code, typed with or without the hyphen,
// large or small.
func (st *ssoStore) device(userCode string) *deviceRequest {
	plain := strings.NewReplacer("-", "", " ", "")
	for _, d := range st.devices {
		if strings.EqualFold(plain.Replace(d.userCode), plain.Replace(userCode)) {
			return d
		}
	}
	return nil
}

// waiting returns the device that waits with that user code for an answer.
func (st *ssoStore) waiting(userCode string, now time.Time) (*deviceRequest, error) {
	d := st.device(userCode)
	if d == nil || d.decision != undecided || !now.Before(d.expires) {
		return nil, errInvalidRequest("Invalid user code provided")
	}
	return d, nil
}

// redeemDevice turns a device code into a session once the user has allowed
// it, and the code is gone.
func (s *Server) redeemDevice(c *client, in *createTokenInput, now time.Time) (*ssoSession, error) {
	if in.DeviceCode == "" {
		return nil, errInvalidRequest("No device code provided")
	}
	d := s.sso.devices[in.DeviceCode]
	if d == nil || d.clientID != c.id {
		return nil, errInvalidGrant("device code")
	}
	if !now.Before(d.expires) {
		return nil, refused("ExpiredTokenException", "Device code expired")
	}
	switch d.decision {
	case undecided:
		return nil, d.poll(now)
	case denied:
		return nil, refused("AccessDeniedException", "User denied the request")
	}
	delete(s.sso.devices, in.DeviceCode)
	return s.sso.begin(s.sso.instance(d.startURL), c.id, now), nil
}

// poll answers a device that asks before the user has decided.
func (d *deviceRequest) poll(now time.Time) error {
	tooSoon := now.Sub(d.polled) < d.interval
	d.polled = now
	if tooSoon {
		d.interval += slowDown
		return refused("SlowDownException", "Polling too fast")
	}
	return refused("AuthorizationPendingException", "Authorization pending")
}
