package ststest

import "encoding/xml"

// iamOperation lists what IAM can do here.
func iamOperation(action string) (run func(*Server, *call) (any, error), ok bool) {
	run, ok = map[string]func(*Server, *call) (any, error){
		"GetUser":                (*Server).getUser,
		"CreateAccessKey":        (*Server).createAccessKey,
		"ListAccessKeys":         (*Server).listAccessKeys,
		"UpdateAccessKey":        (*Server).updateAccessKey,
		"DeleteAccessKey":        (*Server).deleteAccessKey,
		"GetAccessKeyLastUsed":   (*Server).getAccessKeyLastUsed,
		"CreateVirtualMFADevice": (*Server).createVirtualMFADevice,
		"EnableMFADevice":        (*Server).enableMFADevice,
		"DeactivateMFADevice":    (*Server).deactivateMFADevice,
		"DeleteVirtualMFADevice": (*Server).deleteVirtualMFADevice,
		"ListMFADevices":         (*Server).listMFADevices,
	}[action]
	return run, ok
}

// self is the user that a call is about, who must be the caller: no policy here
// allows more. limits has what the action says of its other parameters.
func (s *Server) self(c *call, action string, limits *constraints) (User, error) {
	limits.text("UserName", 1, 128, `[\w+=,.@-]+`)
	if err := limits.err(); err != nil {
		return User{}, err
	}
	own := c.caller.identity.user
	wanted := own
	if c.form.Has("UserName") {
		wanted = c.form.Get("UserName")
	}
	if wanted == "" {
		return User{}, refused("ValidationError", "Must specify userName when calling with non-User credentials")
	}
	if wanted != own {
		return User{}, refused("AccessDenied", "User: %s is not authorized to perform: iam:%s on resource: user %s "+
			"because no identity-based policy allows the iam:%s action", c.caller.identity.arn, action, wanted, action)
	}
	return s.users[own], nil
}

type userXML struct {
	Path, UserName, UserId, Arn, CreateDate string
}

type getUserResult struct {
	XMLName xml.Name `xml:"GetUserResult"`
	User    userXML
}

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html
func (s *Server) getUser(c *call) (any, error) {
	u, err := s.self(c, "GetUser", &constraints{form: c.form})
	if err != nil {
		return nil, err
	}
	return getUserResult{User: userXML{Path: "/", UserName: u.Name, UserId: u.UserID, Arn: u.ARN, CreateDate: u.Created.Format(timeFormat)}}, nil
}
