package ststest

import (
	"encoding/xml"
	"time"
)

// maxAccessKeys is IAM's quota of access keys per user, active or not.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const maxAccessKeys = 2

type accessKeyXML struct {
	UserName        string
	AccessKeyId     string
	Status          string
	SecretAccessKey string `xml:",omitempty"`
	CreateDate      string
}

func (c *credential) accessKey() accessKeyXML {
	return accessKeyXML{UserName: c.identity.user, AccessKeyId: c.id, Status: c.status.String(), CreateDate: c.created.Format(timeFormat)}
}

type createAccessKeyResult struct {
	XMLName   xml.Name `xml:"CreateAccessKeyResult"`
	AccessKey accessKeyXML
}

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html
func (s *Server) createAccessKey(c *call) (any, error) {
	u, err := s.self(c, "CreateAccessKey", &constraints{form: c.form})
	if err != nil {
		return nil, err
	}
	made, err := s.newKey(u, c.now)
	if err != nil {
		return nil, err
	}
	answer := made.accessKey()
	answer.SecretAccessKey = made.secret
	return createAccessKeyResult{AccessKey: answer}, nil
}

// newKey makes a key for a user. The caller holds s.mu.
func (s *Server) newKey(u User, now time.Time) (*credential, error) {
	if len(s.keysOf(u.Name)) >= maxAccessKeys {
		return nil, refused("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: %d", maxAccessKeys)
	}
	now = now.UTC()
	made := &credential{
		id: s.unusedKeyID("AKIA", AccountID), secret: newSecret(), kind: longTerm, identity: u.identity(),
		history: history{created: now.Truncate(time.Second), settled: now.Add(s.propagation)},
	}
	s.credentials[made.id] = made
	return made, nil
}

func errNoUser(name string) error {
	return refused("NoSuchEntity", "The user with name %s cannot be found.", name)
}

type listAccessKeysResult struct {
	XMLName           xml.Name       `xml:"ListAccessKeysResult"`
	AccessKeyMetadata []accessKeyXML `xml:"AccessKeyMetadata>member"`
	IsTruncated       bool
}

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html
func (s *Server) listAccessKeys(c *call) (any, error) {
	u, err := s.self(c, "ListAccessKeys", &constraints{form: c.form})
	if err != nil {
		return nil, err
	}
	var result listAccessKeysResult
	for _, key := range s.keysOf(u.Name) {
		result.AccessKeyMetadata = append(result.AccessKeyMetadata, key.accessKey())
	}
	return result, nil
}

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html
func (s *Server) updateAccessKey(c *call) (any, error) {
	limits := keyID(c)
	limits.required("Status")
	limits.text("Status", 1, 8, `Active|Inactive`)
	key, err := s.ownKey(c, "UpdateAccessKey", limits)
	if err != nil {
		return nil, err
	}
	to := active
	if c.form.Get("Status") != to.String() {
		to = inactive
	}
	s.change(key, c.now, to)
	return nil, nil
}

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccessKey.html
func (s *Server) deleteAccessKey(c *call) (any, error) {
	key, err := s.ownKey(c, "DeleteAccessKey", keyID(c))
	if err != nil {
		return nil, err
	}
	s.change(key, c.now, deleted)
	return nil, nil
}

// keyID are the limits of the parameter that names a key.
func keyID(c *call) *constraints {
	limits := &constraints{form: c.form}
	limits.required("AccessKeyId")
	limits.text("AccessKeyId", 16, 128, `[\w]+`)
	return limits
}

// ownKey is the caller's key that a call names.
func (s *Server) ownKey(c *call, action string, limits *constraints) (*credential, error) {
	u, err := s.self(c, action, limits)
	if err != nil {
		return nil, err
	}
	id := c.form.Get("AccessKeyId")
	for _, key := range s.keysOf(u.Name) {
		if key.id == id {
			return key, nil
		}
	}
	return nil, refused("NoSuchEntity", "The Access Key with id %s cannot be found", id)
}

type lastUsedXML struct {
	LastUsedDate string `xml:",omitempty"`
	ServiceName  string
	Region       string
}

type getAccessKeyLastUsedResult struct {
	XMLName           xml.Name `xml:"GetAccessKeyLastUsedResult"`
	UserName          string
	AccessKeyLastUsed lastUsedXML
}

// getAccessKeyLastUsed takes no user's name, so a key that is not the caller's
// is one that no policy speaks of.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html
func (s *Server) getAccessKeyLastUsed(c *call) (any, error) {
	limits := keyID(c)
	if err := limits.err(); err != nil {
		return nil, err
	}
	id := c.form.Get("AccessKeyId")
	key := s.credentials[id]
	if key == nil || key.kind != longTerm || key.status == deleted || key.identity.user != c.caller.identity.user {
		return nil, refused("AccessDenied", "User: %s is not authorized to perform: iam:GetAccessKeyLastUsed on resource: access key %s",
			c.caller.identity.arn, id)
	}
	used := lastUsedXML{ServiceName: "N/A", Region: "N/A"}
	if !key.used.at.IsZero() {
		used = lastUsedXML{LastUsedDate: key.used.at.Format(timeFormat), ServiceName: key.used.service, Region: key.used.region}
	}
	return getAccessKeyLastUsedResult{UserName: key.identity.user, AccessKeyLastUsed: used}, nil
}
