package ststest

import (
	"path"
	"time"

	"github.com/pquerna/otp/totp"
)

// User is an IAM user with the access key and the virtual MFA device that it
// begins with; IAM's operations may add others and remove these. The fields are
// a copy: changing them changes nothing in the server, which is a way to make a
// wrong secret or seed.
type User struct {
	Name            string
	UserID          string // AIDA…, 21 characters
	AccountID       string // AccountID
	ARN             string
	AccessKeyID     string // AKIA…, 20 characters
	SecretAccessKey string // 40 characters
	MFASerial       string // the device's ARN
	Seed            string // the device's secret, base32
	Created         time.Time
}

// AddUser makes a user. Before the name there may be a path: team/alice. A name
// that is there already gives the same user again.
func (s *Server) AddUser(name string) *User {
	now := s.Now()
	resource := "user/" + name
	name = path.Base(resource)
	s.mu.Lock()
	defer s.mu.Unlock()
	if u, ok := s.users[name]; ok {
		return &u
	}
	u := User{
		Name:            name,
		UserID:          newUniqueID("AIDA"),
		AccountID:       AccountID,
		ARN:             "arn:aws:iam::" + AccountID + ":" + resource,
		AccessKeyID:     s.unusedKeyID("AKIA", AccountID),
		SecretAccessKey: newSecret(),
		MFASerial:       "arn:aws:iam::" + AccountID + ":mfa/" + name,
		Seed:            newSeed(),
		Created:         now.UTC().Truncate(time.Second),
	}
	s.users[name] = u
	s.devices[u.MFASerial] = &device{user: name, seed: u.Seed, enabled: u.Created}
	s.credentials[u.AccessKeyID] = &credential{
		id: u.AccessKeyID, secret: u.SecretAccessKey, kind: longTerm, identity: u.identity(),
		history: history{created: u.Created},
	}
	return &u
}

func (u *User) identity() identity {
	return identity{account: u.AccountID, arn: u.ARN, userID: u.UserID, user: u.Name}
}

// Code is what the user's MFA device shows at that time: six digits, after
// RFC 6238 with SHA-1 and steps of 30 s. It panics when Seed is not base32.
func (u *User) Code(at time.Time) string {
	code, err := totp.GenerateCode(u.Seed, at)
	if err != nil {
		panic("ststest: the user's seed is not base32")
	}
	return code
}
