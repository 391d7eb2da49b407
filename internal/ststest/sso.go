package ststest

import (
	"slices"
	"strings"
	"time"
)

// SSO is an instance of IAM Identity Center with one user.
type SSO struct {
	StartURL string // the access portal's; "/", "#" or "#/" at its end makes no difference
	Region   string // where it is, which the ARNs of its roles follow; empty: us-east-1
	User     string // the name of the user, and so of all role sessions; empty: alice

	Assignments []Assignment // what the user may become

	TokenLifetime        time.Duration // of an access token; 0: one hour
	RefreshLifetime      time.Duration // of refresh tokens, counted from the login; 0: eight hours, AWS's default for a session
	RoleLifetime         time.Duration // of role credentials; 0: one hour, AWS's default
	RegistrationLifetime time.Duration // of a client; 0: 90 days, AWS's
	Interval             time.Duration // between two polls of a device, in whole seconds; 0: one second
}

// Assignment is a permission set that the user has in an account.
type Assignment struct {
	AccountID string // twelve digits
	RoleName  string // the permission set's
}

// The defaults of an SSO.
const (
	defaultAccessToken  = time.Hour
	defaultSSOSession   = 8 * time.Hour
	defaultSSORole      = time.Hour
	defaultRegistration = 90 * 24 * time.Hour
	defaultInterval     = time.Second
)

// instance is an SSO on record.
type instance struct {
	SSO
	roles map[Assignment]*role
}

// ssoStore is all that IAM Identity Center has on record.
type ssoStore struct {
	instances []*instance                // in the order in which they were added
	clients   map[string]*client         // by id
	codes     map[string]*authorizedCode // by code
	devices   map[string]*deviceRequest  // by device code
	access    map[string]*accessToken    // by token
	refresh   map[string]*ssoSession     // by token; a rotated one is gone
}

func newSSOStore() ssoStore {
	return ssoStore{
		clients: map[string]*client{},
		codes:   map[string]*authorizedCode{},
		devices: map[string]*deviceRequest{},
		access:  map[string]*accessToken{},
		refresh: map[string]*ssoSession{},
	}
}

// AddSSO adds an instance of IAM Identity Center, or replaces the one with
// the same StartURL: its tokens live on, under the new assignments.
func (s *Server) AddSSO(o SSO) {
	o.StartURL = plainStartURL(o.StartURL)
	o.Assignments = slices.Clone(o.Assignments)
	for _, text := range []struct {
		field     *string
		byDefault string
	}{{&o.Region, "us-east-1"}, {&o.User, "alice"}} {
		if *text.field == "" {
			*text.field = text.byDefault
		}
	}
	for _, d := range []struct {
		field     *time.Duration
		byDefault time.Duration
	}{
		{&o.TokenLifetime, defaultAccessToken}, {&o.RefreshLifetime, defaultSSOSession}, {&o.RoleLifetime, defaultSSORole},
		{&o.RegistrationLifetime, defaultRegistration}, {&o.Interval, defaultInterval},
	} {
		if *d.field == 0 {
			*d.field = d.byDefault
		}
	}
	added := &instance{SSO: o, roles: map[Assignment]*role{}}
	for _, a := range o.Assignments {
		added.roles[a] = added.role(a)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.sso.index(o.StartURL); i >= 0 {
		for a, r := range s.sso.instances[i].roles {
			if kept := added.roles[a]; kept != nil {
				kept.id = r.id
			}
		}
		s.sso.instances[i] = added
		return
	}
	s.sso.instances = append(s.sso.instances, added)
}

// role is the role that IAM Identity Center keeps in an account for a
// permission set. Its name ends in 16 digits by chance, which are always the
// same here; its path has the region, but for us-east-1.
// https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
func (i *instance) role(a Assignment) *role {
	partition, path := "aws", "/aws-reserved/sso.amazonaws.com/"
	switch {
	case strings.HasPrefix(i.Region, "cn-"):
		partition = "aws-cn"
	case strings.HasPrefix(i.Region, "us-gov-"):
		partition = "aws-us-gov"
	}
	if i.Region != "us-east-1" {
		path += i.Region + "/"
	}
	name := "AWSReservedSSO_" + a.RoleName + "_0123456789abcdef"
	return &role{
		Role: Role{ARN: "arn:" + partition + ":iam::" + a.AccountID + ":role" + path + name},
		id:   newUniqueID("AROA"), account: a.AccountID, name: name,
	}
}

// plainStartURL takes away what people leave at the end of a start URL that
// they copied from the browser.
func plainStartURL(startURL string) string { return strings.TrimRight(startURL, "#/") }

// index finds an instance by its start URL; -1 is none.
func (st *ssoStore) index(startURL string) int {
	startURL = plainStartURL(startURL)
	return slices.IndexFunc(st.instances, func(i *instance) bool { return i.StartURL == startURL })
}

// instance finds an instance by its start URL, or returns nil.
func (st *ssoStore) instance(startURL string) *instance {
	if i := st.index(startURL); i >= 0 {
		return st.instances[i]
	}
	return nil
}
